"""The peer's side of bench/saving: full fine-tuning's weights and AdamW state, saved with torch.save.

    python saving_peer.py MODEL FOLDER REPEATS     prints a JSON list: [seconds, seconds with fsync] of each repeat
"""

import json
import os
import sys
import time

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
import transformers

MODEL, FOLDER, REPEATS = sys.argv[1], sys.argv[2], int(sys.argv[3])


def save(synced):
    """Seconds of a save into an empty folder, nothing else waiting for the disk."""
    files = {os.path.join(FOLDER, name): part for name, part in (("model.pt", model), ("optimizer.pt", optimiser))}
    for file in filter(os.path.exists, files):
        os.remove(file)
    os.sync()
    began = time.monotonic()
    for file, part in files.items():
        torch.save(part.state_dict(), file)
        if synced:
            with open(file, "rb") as written:
                os.fsync(written)
    return time.monotonic() - began


model = transformers.AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-5)
for parameter in model.parameters():
    parameter.grad = torch.randn_like(parameter)
optimiser.step()
print(json.dumps([[save(False), save(True)] for _ in range(REPEATS)]))
