"""What bench/run compares: models, data and methods, for Attune as manifests and for its peers as they stand here."""

import json
from dataclasses import dataclass
from pathlib import Path

import setting

PEERS = ("plain", "trainer", "trl")
DECODER, ENCODER = "smollm2-135m-instruct", "minilm-l6"
QV = ["q_proj", "v_proj"]
HELD_OUT = 32  # records to evaluate on
TARGET = 1.2  # their loss, which is 2.9 before training
TOP = [f"layers.{layer}.self_attn.{name}" for layer in range(20, 30) for name in QV]


@dataclass(frozen=True)
class Case:
    title: str
    method: dict  # as in a manifest
    rate: float
    objective: str = "languageModeling"  # or instruction (prompts and completions), classification
    batch: int = 4  # examples a step
    length: int = 256  # tokens of an example at most; running text is cut into blocks of so many
    epochs: int = 1
    stretch: int = 1  # how many times as many steps as are asked for, where they are short
    bf16: bool = False
    evaluate: int = 0  # steps between evaluations on held-out records; 0: none
    target: float = 0.0  # loss that these are to come to

    @property
    def model(self) -> Path:
        return setting.CACHE / "models" / (ENCODER if self.objective == "classification" else DECODER)

    @property
    def contenders(self):
        return ("attune", *(peer for peer in PEERS if peer != "trl" or self.objective != "classification"))

    @property
    def data(self) -> str:
        return "text.txt" if self.objective == "languageModeling" else "train.jsonl"

    def steps(self, wished: int, warm: int) -> int:
        """As many as are wished, but in whole passes, of more steps than are left out to warm up."""
        return self.epochs * max(warm + 1, round(wished * self.stretch / self.epochs))


def lora(targets=QV):
    return {"lora": {"rank": 8, "alpha": 16, "targets": targets}}


CASES = {
    "lora": Case("LoRA r8", lora(), 2e-4),
    "lora-bf16": Case("LoRA r8, bf16", lora(), 2e-4, bf16=True),
    "full": Case("every weight", {"full": {}}, 2e-5),
    "full-bf16": Case("every weight, bf16", {"full": {}}, 2e-5, bf16=True),
    "mixed": Case("LoRA r8, answers of mixed lengths", lora(), 2e-4, "instruction", 8, 512, stretch=3),
    "top": Case("LoRA r8 on the top third, 3 passes", lora(TOP), 2e-4, "instruction", 8, 512, epochs=3, stretch=3),
    "quality": Case(
        "LoRA r8, until held-out answers are learnt", lora(), 1e-3, "instruction", 8, 512, stretch=5, evaluate=5,
        target=TARGET),
    "prefix": Case("prefix tuning", {"prefixTuning": {"length": 20}}, 1e-2),
    "prompt": Case("prompt tuning", {"promptTuning": {"length": 20}}, 3e-2),
    "classify": Case("MiniLM, classification, every weight", {"full": {}}, 5e-5, "classification", 16, 128),
}


def manifest(case: Case, work: Path, steps: int) -> str:
    """The job, in JSON, which is YAML as well."""
    training = {
        "steps": steps, "batchSize": case.batch, "microBatchSize": case.batch, "sequenceLength": case.length,
        "learningRate": case.rate, "schedule": "constant", "warmup": 0,
    }
    return json.dumps({
        "apiVersion": "attune.dev/v1alpha1",
        "kind": "FineTuneJob",
        "metadata": {"name": "bench"},
        "spec": {
            "model": {"from": f"file://{case.model}"},
            "data": {"train": [{"from": f"file://{work}/{case.data}"}]} | ({
                "evaluation": [{"from": f"file://{work}/held-out.jsonl"}]} if case.evaluate else {}),
            "objective": {case.objective: {}},
            "method": case.method,
            "training": training | ({"precision": "bf16"} if case.bf16 else {}),
            "checkpoints": {"every": steps, "keep": 1},
            "evaluation": {"every": case.evaluate} if case.evaluate else {},
            "output": {"to": f"file://{work}/out"},
        },
    }, indent=1)


def lay_data(case: Case, work: Path, steps: int):
    """Writes what a run learns from: of records just those that it sees, so that every order makes the same work."""
    examples = case.batch * steps // case.epochs
    if case.objective == "classification":
        lines = [json.dumps(record) for record in setting.records("topics", examples)]
    elif case.objective == "instruction":
        lines = asked(setting.records("faq", examples))
    else:
        enough = examples * case.length // 16  # records have more tokens on average
        lines = [f"{r['prompt']}\n{r['completion']}\n" for r in setting.records("faq", enough)]
    (work / case.data).write_text("\n".join(lines) + "\n")
    if case.evaluate:
        (work / "held-out.jsonl").write_text("\n".join(asked(setting.records("faq", HELD_OUT, "test"))) + "\n")


def asked(records):
    """As prompts and completions, a line each."""
    return [json.dumps({"prompt": r["prompt"] + "\n", "completion": r["completion"]}) for r in records]


def products(case: Case, tokens: float, labels: float):
    """The matrix products that a step can't do without, from its tokens and those of them that are predicted.

    Answers [(rows, inputs, outputs, times)]: for every linear layer of the model once forward, once more where what it
    was given leads to something trained, and once more where its own weights are trained. Attention's own products and
    those of what a method adds are left out, some hundredths, so that what follows is a lower bound for everyone.
    """
    config = json.loads((case.model / "config.json").read_text())
    width, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    heads = config["num_attention_heads"]
    shared = width * config.get("num_key_value_heads", heads) // heads
    reading = [(width, width), (width, shared), (width, shared)]
    gated = config["model_type"] == "llama"
    rest = [(width, width), *[(width, inner)] * (2 if gated else 1), (inner, width)]
    full, prompt = "full" in case.method, case.method.get("promptTuning", {}).get("length", 0)
    lowest = -1 if full or prompt else 20 if case.method == lora(TOP) else 0  # -1: the embeddings
    rows = tokens * (1 + prompt / case.length)
    found = []
    for layer in range(layers):
        for shape in reading:
            found.append((rows, *shape, 1 + (layer > lowest) + full))
        for shape in rest:
            found.append((rows, *shape, 1 + (layer >= lowest) + full))
    if case.objective != "classification":
        found.append((labels, width, config["vocab_size"], 2 + full))
    return found


def flops(some) -> float:
    return sum(2 * rows * inputs * outputs * times for rows, inputs, outputs, times in some)
