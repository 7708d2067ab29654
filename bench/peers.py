"""The peers' side of bench/run: LoRA on running text with PEFT in a plain loop, or with TRL's SFTTrainer.

    python peers.py ENGINE SETTINGS     ENGINE: peft | trl; SETTINGS: a JSON file that bench/run writes

Writes one JSON line an optimiser step to the file that SETTINGS names as `events`.
"""

import json
import os
import sys

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TRANSFORMERS_VERBOSITY="error")

import peft
import torch
import transformers

ENGINE, SETTINGS = sys.argv[1], json.load(open(sys.argv[2]))
STEPS, BATCH, LENGTH = SETTINGS["steps"], SETTINGS["batch"], SETTINGS["length"]


def stepped(step, loss):
    line = json.dumps({"event": "Stepped", "step": step, "tokens": step * BATCH * LENGTH, "loss": loss})
    with open(SETTINGS["events"], "a") as events:
        events.write(line + "\n")


def blocks(tokenizer):
    ids = tokenizer(open(SETTINGS["text"]).read(), add_special_tokens=False)["input_ids"]
    rows = [ids[i : i + LENGTH] for i in range(0, len(ids) - LENGTH + 1, LENGTH)]
    return [rows[i % len(rows)] for i in range(STEPS * BATCH)]


def plain_loop(model, rows):
    model = peft.get_peft_model(model, lora).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=SETTINGS["lr"], weight_decay=0.01)
    for step in range(STEPS):
        ids = torch.tensor(rows[step * BATCH : (step + 1) * BATCH])
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        value = loss.item()
        del loss  # would keep the graph alive through the next forward: 0.8 GiB
        stepped(step + 1, value)


def sft_trainer(model, rows):
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    class Report(transformers.TrainerCallback):
        def on_log(self, args, state, control, logs, **kwargs):
            if "loss" in logs:
                stepped(state.global_step, logs["loss"])

    config = SFTConfig(
        output_dir=SETTINGS["out"], max_steps=STEPS, per_device_train_batch_size=BATCH, max_length=LENGTH,
        learning_rate=SETTINGS["lr"], lr_scheduler_type="constant", weight_decay=0.01, max_grad_norm=1.0,
        bf16=False, gradient_checkpointing=False, use_cpu=True, logging_steps=1, save_strategy="no",
        report_to="none", disable_tqdm=True,
    )
    SFTTrainer(
        model=model, args=config, train_dataset=Dataset.from_dict({"input_ids": rows}), processing_class=tokenizer,
        peft_config=lora, callbacks=[Report()],
    ).train()


torch.manual_seed(0)
tokenizer = transformers.AutoTokenizer.from_pretrained(SETTINGS["model"])
base = transformers.AutoModelForCausalLM.from_pretrained(SETTINGS["model"], dtype=torch.float32)
base.config.use_cache = False
lora = peft.LoraConfig(task_type="CAUSAL_LM", r=8, lora_alpha=16, lora_dropout=0.0, target_modules=["q_proj", "v_proj"])
{"peft": plain_loop, "trl": sft_trainer}[ENGINE](base, blocks(tokenizer))
