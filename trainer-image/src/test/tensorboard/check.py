#!/usr/bin/env python3
"""Reads the event files that TensorBoardSinkTest leaves with TensorBoard's own reader, and checks them.

    python3 -m venv V && V/bin/pip install -r src/test/tensorboard/requirements.txt
    mvn -pl trainer-image -am test -Dtest=TensorBoardSinkTest -Dsurefire.failIfNoSpecifiedTests=false
    V/bin/python trainer-image/src/test/tensorboard/check.py trainer-image/target/tensorboard
"""

import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

TRAINING = {"train/loss", "train/learning_rate", "train/grad_norm", "perf/tokens_per_second"}
EVALUATION = {"eval/loss", "eval/perplexity"}


def main(folder):
    events = EventAccumulator(folder, size_guidance={"scalars": 0}).Reload()
    tags = set(events.Tags()["scalars"])
    assert tags == TRAINING | EVALUATION, tags
    for tag in TRAINING:
        steps = [scalar.step for scalar in events.Scalars(tag)]
        assert steps == list(range(1, 601)), f"{tag}: {len(steps)} steps, {steps[:3]} to {steps[-3:]}"
    for tag in EVALUATION:
        steps = [scalar.step for scalar in events.Scalars(tag)]
        assert steps == [0, 200, 400, 600], f"{tag}: {steps}"
    assert all(abs(scalar.value - 5000) < 0.1 for scalar in events.Scalars("perf/tokens_per_second"))
    print(f"{folder}: {len(tags)} tags, 600 steps, none twice")


main(sys.argv[1])
