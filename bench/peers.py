"""The peers' side of bench/run.

    python peers.py CONTENDER CASE WORK STEPS DEVICE

CONTENDER is plain (a PyTorch loop, with PEFT where the method needs it), trainer (transformers' Trainer) or trl (its
SFTTrainer): each learns from the data in WORK and writes a JSON line an optimiser step to WORK/events.jsonl. Or it is
machine: tells what a step of the case is made of, and how fast the processor multiplies matrices of its shapes.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TRANSFORMERS_VERBOSITY="error")

import torch
import transformers

from cases import CASES, flops, products

CONTENDER, NAME, WORK, STEPS, DEVICE = *sys.argv[1:3], Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
CASE = CASES[NAME]
IGNORED = -100
tokenizer = transformers.AutoTokenizer.from_pretrained(CASE.model)


def tell(event, **figures):
    with (WORK / "events.jsonl").open("a") as events:
        events.write(json.dumps({"event": event} | figures) + "\n")


def stepped(step, tokens, loss):
    device = {"deviceBytes": torch.cuda.max_memory_allocated()} if DEVICE == "cuda" else {}
    tell("Stepped", step=step, tokens=tokens, loss=loss, **device)


def evaluated(step, model):
    """Tells the mean loss of the held-out answers' tokens, when it is time to."""
    if not CASE.evaluate or step % CASE.evaluate:
        return
    some = list(answers([json.loads(line) for line in (WORK / "held-out.jsonl").open()]))
    total = count = 0
    model.eval()
    with torch.no_grad(), torch.autocast(DEVICE, torch.bfloat16, enabled=CASE.bf16):
        for first in range(0, len(some), CASE.batch):
            batch = {key: value.to(DEVICE) for key, value in collate(some[first : first + CASE.batch]).items()}
            learnt = int((batch["labels"][:, 1:] != IGNORED).sum())
            total, count = total + model(**batch).loss.item() * learnt, count + learnt
    model.train()
    tell("Evaluated", step=step, metrics={"loss": total / count})


def blocks():
    ids = tokenizer((WORK / CASE.data).read_text(), add_special_tokens=False)["input_ids"]
    rows = [ids[i : i + CASE.length] for i in range(0, STEPS * CASE.batch * CASE.length, CASE.length)]
    return [{"input_ids": row, "labels": row} for row in rows]


def answers(records):
    for record in records:
        prompt = tokenizer(record["prompt"])["input_ids"]
        ids = (tokenizer(record["prompt"] + record["completion"])["input_ids"] + [tokenizer.eos_token_id])
        labels = [IGNORED] * len(prompt) + ids[len(prompt) :]
        yield {"input_ids": ids[: CASE.length], "labels": labels[: CASE.length]}


def topics(records):
    classes = sorted({record["label"] for record in records})
    for record in records:
        ids = tokenizer(record["text"], truncation=True, max_length=CASE.length)["input_ids"]
        yield {"input_ids": ids, "labels": classes.index(record["label"])}


def examples():
    if CASE.objective == "languageModeling":
        return blocks()
    records = [json.loads(line) for line in (WORK / CASE.data).open()]
    return list((answers if CASE.objective == "instruction" else topics)(records))


def collate(some):
    """A batch as long as its longest example."""
    longest = max(len(e["input_ids"]) for e in some)

    def filled(key, filling):
        return torch.tensor([e[key] + [filling] * (longest - len(e[key])) for e in some])

    mask = torch.tensor([[1] * len(e["input_ids"]) + [0] * (longest - len(e["input_ids"])) for e in some])
    classes = CASE.objective == "classification"
    labels = torch.tensor([e["labels"] for e in some]) if classes else filled("labels", IGNORED)
    return {"input_ids": filled("input_ids", tokenizer.pad_token_id), "attention_mask": mask, "labels": labels}


def model(some):
    if CASE.objective == "classification":
        return transformers.AutoModelForSequenceClassification.from_pretrained(
            CASE.model, dtype=torch.float32, num_labels=1 + max(e["labels"] for e in some), hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0)
    base = transformers.AutoModelForCausalLM.from_pretrained(CASE.model, dtype=torch.float32)
    base.config.use_cache = False
    return base


def adapter():
    """PEFT's configuration of the method; None: every weight is trained."""
    (method, settings), *_ = CASE.method.items()
    if method == "full":
        return None
    import peft

    if method == "lora":
        return peft.LoraConfig(
            task_type="CAUSAL_LM", r=settings["rank"], lora_alpha=settings["alpha"], lora_dropout=0.0,
            target_modules=settings["targets"])
    kind = {"prefixTuning": peft.PrefixTuningConfig, "promptTuning": peft.PromptTuningConfig}[method]
    return kind(task_type="CAUSAL_LM", num_virtual_tokens=settings["length"])


def adapted(base):
    config = adapter()
    if config is None:
        return base
    import peft

    return peft.get_peft_model(base, config)


def plain():
    some = examples()
    trained = adapted(model(some)).to(DEVICE).train()
    weights = [p for p in trained.parameters() if p.requires_grad]
    decays = {0.01: [p for p in weights if p.dim() > 1], 0.0: [p for p in weights if p.dim() <= 1]}
    optimiser = torch.optim.AdamW(
        [{"params": group, "weight_decay": decay} for decay, group in decays.items() if group], lr=CASE.rate,
        fused=True)
    step = tokens = 0
    for _ in range(CASE.epochs):
        order = torch.randperm(len(some)).tolist()
        for first in range(0, len(order), CASE.batch):
            batch = collate([some[i] for i in order[first : first + CASE.batch]])
            tokens += int(batch["attention_mask"].sum())
            with torch.autocast(DEVICE, torch.bfloat16, enabled=CASE.bf16):
                loss = trained(**{key: value.to(DEVICE) for key, value in batch.items()}).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            value = loss.item()
            del loss  # would keep the graph alive through the next forward: 0.8 GiB
            step += 1
            stepped(step, tokens, value)
            evaluated(step, trained)


class Counting:
    """Collates, and keeps count: batches are made before the step that sees them."""

    def __init__(self, collator):
        self.collator, self.tokens = collator, []

    def __call__(self, some):
        self.tokens.append(sum(len(e["input_ids"]) for e in some) + (self.tokens[-1] if self.tokens else 0))
        return self.collator(some)


class Report(transformers.TrainerCallback):
    def __init__(self):
        self.counting = None

    def on_log(self, args, state, control, logs, **kwargs):
        if "loss" in logs:
            stepped(state.global_step, self.counting.tokens[state.global_step - 1], logs["loss"])

    def on_step_end(self, args, state, control, model, **kwargs):
        evaluated(state.global_step, model)


def arguments(batch):
    """What transformers' Trainer and TRL's have in common; for the rest their defaults."""
    return dict(
        output_dir=str(WORK / "out"), num_train_epochs=CASE.epochs, per_device_train_batch_size=batch,
        learning_rate=CASE.rate, lr_scheduler_type="constant", weight_decay=0.01, max_grad_norm=1.0, bf16=CASE.bf16,
        gradient_checkpointing=False, use_cpu=DEVICE == "cpu", logging_steps=1, save_strategy="no", report_to="none",
        disable_tqdm=True,
    )


def train(trainer, report):
    report.counting = trainer.data_collator = Counting(trainer.data_collator)
    trainer.train()


def trainer():
    some, report = examples(), Report()
    train(transformers.Trainer(
        model=adapted(model(some)), args=transformers.TrainingArguments(**arguments(CASE.batch)), train_dataset=some,
        data_collator=collate, callbacks=[report]), report)


def trl():
    """At its strongest: records are packed, a pack a step; logits of labels alone and in chunks are its default."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    some, report, answering = examples(), Report(), CASE.objective == "instruction"
    packing = answering and not CASE.target  # which makes fewer updates of as many records
    config = SFTConfig(
        **arguments(1 if packing else CASE.batch), max_length=CASE.length, packing=packing,
        completion_only_loss=answering)
    train(SFTTrainer(
        model=model(some), args=config, train_dataset=Dataset.from_list(some), processing_class=tokenizer,
        peft_config=adapter(), callbacks=[report]), report)


def machine():
    """Tells a step's tokens and labels, its FLOP, and FLOP/s of its products done one by one and at their best."""
    some = examples()
    steps = STEPS / CASE.epochs
    tokens = sum(len(e["input_ids"]) for e in some) / steps
    labels = 0 if CASE.objective == "classification" else sum(
        sum(label != IGNORED for label in e["labels"][1:]) for e in some) / steps
    work = products(CASE, tokens, labels)
    dtype = torch.bfloat16 if CASE.bf16 else torch.float32
    best = {}
    for shape in {(round(rows), *shape) for rows, *shape, _ in work}:
        rows, inputs, outputs = shape
        x = torch.randn(rows, inputs, dtype=dtype, device=DEVICE)
        weight = torch.randn(outputs, inputs, dtype=dtype, device=DEVICE)
        repeats = max(5, int(4e10 / (2 * rows * inputs * outputs)))
        seconds = []
        for _ in range(2 + repeats):
            began = time.perf_counter()
            torch.nn.functional.linear(x, weight)
            if DEVICE == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
        best[shape] = min(seconds[2:])
    least = sum(best[round(rows), inputs, outputs] * times for rows, inputs, outputs, times in work)
    result = {"tokens": tokens, "labels": labels, "flop": flops(work), "peak": flops(work) / least}
    (WORK / "machine.json").write_text(json.dumps(result))


torch.manual_seed(0)
torch.set_grad_enabled(CONTENDER != "machine")
{"plain": plain, "trainer": trainer, "trl": trl, "machine": machine}[CONTENDER]()
