"""The peers' side of bench/methods: classification on MiniLM by transformers, PEFT or adapters, in a plain loop.

    python methods_peer.py SETTINGS     SETTINGS: a JSON file that bench/methods writes
"""

import json
import os
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TRANSFORMERS_VERBOSITY="error")

import torch
import transformers

SETTINGS = json.load(open(sys.argv[1]))
METHOD, STEPS, BATCH = SETTINGS["method"], SETTINGS["steps"], SETTINGS["batch"]


def tell(**event):
    with open(SETTINGS["events"], "a") as events:
        events.write(json.dumps(event) + "\n")


def records(name):
    return [json.loads(line) for line in (Path(SETTINGS["work"]) / name).open()]


def adapt(model):
    """The model with what the method trains, and nothing else, asking for gradients."""
    if METHOD in ("linearProbe", "head"):
        model.requires_grad_(False)
        for part in [model.classifier] + ([model.bert.pooler] if METHOD == "head" else []):
            part.requires_grad_(True)
    elif METHOD == "adapter":
        import adapters

        adapters.init(model)
        model.add_adapter("task", config=adapters.SeqBnConfig(reduction_factor=16))
        model.train_adapter("task")
    elif METHOD != "full":
        import peft

        config = {
            "promptTuning": lambda: peft.PromptTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=20),
            "prefixTuning": lambda: peft.PrefixTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=20),
            "ia3": lambda: peft.IA3Config(task_type="SEQ_CLS"),
            "lora": lambda: peft.LoraConfig(
                task_type="SEQ_CLS", r=8, lora_alpha=16, lora_dropout=0.0, target_modules=["query", "value"]),
        }[METHOD]()
        model = peft.get_peft_model(model, config)
    return model


def main():
    torch.manual_seed(SETTINGS["seed"])
    train, test = records("train.jsonl"), records("test.jsonl")
    labels = sorted({record["label"] for record in train})
    tokenizer = transformers.AutoTokenizer.from_pretrained(SETTINGS["model"])

    def batch(some):
        inputs = tokenizer(
            [r["text"] for r in some], truncation=True, max_length=SETTINGS["length"], padding=True, return_tensors="pt")
        return inputs, torch.tensor([labels.index(r["label"]) for r in some])

    model = adapt(transformers.AutoModelForSequenceClassification.from_pretrained(
        SETTINGS["model"], num_labels=len(labels), hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0))
    trained = [p for p in model.parameters() if p.requires_grad]
    tell(event="Started", trainer={"trainableParameters": sum(p.numel() for p in trained)})
    decayed = [p for p in trained if p.dim() > 1]
    others = [p for p in trained if p.dim() <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=SETTINGS["lr"])
    schedule = transformers.get_linear_schedule_with_warmup(optimiser, round(SETTINGS["warmup"] * STEPS), STEPS)
    order = torch.cat([torch.randperm(len(train)) for _ in range(STEPS * BATCH // len(train) + 1)])
    model.train()
    for step in range(STEPS):
        inputs, targets = batch([train[i] for i in order[step * BATCH : (step + 1) * BATCH]])
        loss = torch.nn.functional.cross_entropy(model(**inputs).logits, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        tell(event="Stepped", step=step + 1, loss=loss.item())
    model.eval()
    right = 0
    with torch.no_grad():
        for first in range(0, len(test), BATCH):
            inputs, targets = batch(test[first : first + BATCH])
            right += (model(**inputs).logits.argmax(-1) == targets).sum().item()
    tell(event="Evaluated", step=STEPS, metrics={"accuracy": right / len(test)})


main()
