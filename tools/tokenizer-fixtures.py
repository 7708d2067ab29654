# /// script
# requires-python = ">=3.10"
# dependencies = ["transformers==5.23.0", "tokenizers==0.23.3", "jinja2==3.1.6"]
# ///
"""Makes small tokenizers, and the tokens and labels that transformers and TRL make with them.

    pip install transformers==5.23.0 tokenizers==0.23.3 jinja2==3.1.6
    python tools/tokenizer-fixtures.py trainer-image/src/test/resources/dev/attune/trainer/text

Writes a folder for each tokenizer and tokens.jsonl: texts (ids, with_specials, decoded), pairs (ids, labels: as TRL's
SFTTrainer does for prompt and completion) and chats (text, ids, mask: as apply_chat_template does with
return_assistant_tokens_mask; for a template without generation blocks, what TRL does for each turn as a completion).
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

CORPUS = [
    "The quick brown fox jumps over the lazy dog, and the dog sleeps on.",
    "What is the capital of France? The capital of France is Paris.",
    "Hello there! How are you today? I am fine, thank you. What about you?",
    "caf\u00e9 na\u00efve \u4f60\u597d \U0001f600 one two three four five six seven",
] * 5

CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' +"
    " '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
LLAMA = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}"
    "{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}"
    "{% generation %}{{ ' ' + message['content'] + eos_token }}{% endgeneration %}{% endif %}{% endfor %}"
)

TEXTS = [
    "",
    " ",
    "Hello there!",
    "  leading and trailing  ",
    "one\n\n two\r\n\tthree\u00a0four",
    "caf\u00e9 e\u0301 \U0001f600\U0001f468\u200d\U0001f469 \u4f60\u597d \u05d0 \u0007",
    "<|im_start|>user\nHi<|im_end|>\n</s><s> [INST] x",
    "a\u0000b",
]
PAIRS = [
    ["What is the capital of France?", " Paris."],
    ["What is the capital of France? ", "Paris."],
    ["Trans", "lation"],
    ["", "Hello there!"],
    ["Hello there!", ""],
    ["caf\u00e9 \U0001f600", "\U0001f600 na\u00efve"],
    ["Question\n", "\nAnswer<EOS>"],
]
CHATS = [
    [["user", "Hi"], ["assistant", "Hello there!"]],
    [["user", "caf\u00e9 \U0001f600"], ["assistant", "\U0001f600 na\u00efve "], ["user", "\n\ntwo\n"], ["assistant", "\n three\n\n"]],
    [["user", "One"], ["assistant", "Two"], ["user", "Three"]],
    [["user", "no answer"]],
]


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    # Left in the file, these would cut and fill every text.
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    return tokenizer


def sentencepiece():
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=["<unk>", "<s>", "</s>"], limit_alphabet=60, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    model = json.loads(tokenizer.to_str())
    vocabulary = model["model"]["vocab"]
    for byte in bytes_:
        vocabulary.setdefault(byte, len(vocabulary))
    tokenizer = Tokenizer.from_str(json.dumps(model))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return tokenizer


def write(folder, tokenizer, files):
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content, indent=2) + "\n"
        (folder / name).write_text(text)


def common_prefix(a, b):
    length = 0
    while length < min(len(a), len(b)) and a[length] == b[length]:
        length += 1
    return length


def pair(tokenizer, prompt, completion):
    completion = completion.replace("<EOS>", tokenizer.eos_token)
    with_end = completion if completion.endswith(tokenizer.eos_token) else completion + tokenizer.eos_token
    before = tokenizer(text=prompt)["input_ids"]
    ids = tokenizer(text=prompt + with_end)["input_ids"]
    seam = common_prefix(before, ids)
    return {"prompt": prompt, "completion": completion, "ids": ids, "labels": [-100] * seam + ids[seam:]}


def chat(tokenizer, turns):
    messages = [{"role": role, "content": content} for role, content in turns]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    marked = "{% generation %}" in tokenizer.chat_template
    whole = tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=marked)
    ids = whole["input_ids"]
    mask = whole["assistant_masks"] if marked else [0] * len(ids)
    for i, message in enumerate(messages):
        if not marked and message["role"] == "assistant":
            before = tokenizer.apply_chat_template(messages[:i], add_generation_prompt=True, return_dict=True)["input_ids"]
            after = tokenizer.apply_chat_template(messages[: i + 1], return_dict=True)["input_ids"]
            assert ids[: len(before)] == before and ids[: len(after)] == after
            mask[len(before) : len(after)] = [1] * (len(after) - len(before))
    return {"messages": messages, "text": text, "ids": ids, "mask": mask}


def main(root):
    write(root / "chatml", byte_level(), {
        "tokenizer_config.json": {
            "tokenizer_class": "TokenizersBackend",
            "backend": "tokenizers",
            "bos_token": None,
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "added_tokens_decoder": {
                str(i): {"content": token, "special": True}
                for i, token in enumerate(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
            },
        },
        "chat_template.jinja": CHATML,
        "special_tokens_map.json": {"eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"},
        "generation_config.json": {"eos_token_id": [2, 0]},
        "config.json": {"bos_token_id": 1, "eos_token_id": 0},
    })
    write(root / "llama", sentencepiece(), {
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": {"__type": "AddedToken", "content": "<s>"},
            "eos_token": "<unk>",
            "chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": LLAMA}],
        },
        "special_tokens_map.json": {"eos_token": {"content": "</s>", "lstrip": False}, "unk_token": "<unk>"},
        "config.json": {"eos_token_id": 2, "pad_token_id": 0},
    })
    with open(root / "tokens.jsonl", "w") as out:
        for name, special, template in [
            ("chatml", {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}, CHATML),
            ("llama", {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}, LLAMA),
        ]:
            backend = Tokenizer.from_file(str(root / name / "tokenizer.json"))
            backend.no_truncation()
            backend.no_padding()
            tokenizer = PreTrainedTokenizerFast(
                tokenizer_object=backend, chat_template=template, clean_up_tokenization_spaces=False, **special
            )
            for text in TEXTS:
                ids = tokenizer(text, add_special_tokens=False)["input_ids"]
                print(json.dumps({
                    "kind": "text", "tokenizer": name, "text": text, "ids": ids,
                    "with_specials": tokenizer(text)["input_ids"],
                    "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                    "decoded_with_specials": tokenizer.decode(ids, skip_special_tokens=False),
                }), file=out)
            for prompt, completion in PAIRS:
                print(json.dumps({"kind": "pair", "tokenizer": name} | pair(tokenizer, prompt, completion)), file=out)
            for turns in CHATS:
                print(json.dumps({"kind": "chat", "tokenizer": name} | chat(tokenizer, turns)), file=out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
