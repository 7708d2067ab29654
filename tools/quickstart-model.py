# /// script
# requires-python = ">=3.10"
# dependencies = ["tokenizers==0.23.3"]
# ///
"""Makes the quickstart's tokenizer from its texts; the same texts give the same file.

    pip install tokenizers==0.23.3
    python tools/quickstart-model.py examples/quickstart/volumes/quickstart

The weights come from examples/quickstart/pretrain.yaml.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

VOCABULARY = 2048
END, PAD, TURN, TURN_END = "<|endoftext|>", "<|pad|>", "<|im_start|>", "<|im_end|>"


def texts(data):
    for novel in sorted(data.glob("*.txt")):
        yield from novel.read_text().splitlines(keepends=True)
    for line in (data / "train.jsonl").read_text().splitlines():
        record = json.loads(line)
        yield record["prompt"] + record["completion"]


def main(volume):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END, PAD, TURN, TURN_END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(volume / "data"), trainer)
    assert tokenizer.get_vocab_size() == VOCABULARY
    tokenizer.save(str(volume / "model" / "tokenizer.json"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
