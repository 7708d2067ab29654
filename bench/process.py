"""Runs a trainer in a process of its own and watches it from outside: no contender's clock or count is trusted."""

import json
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Step:
    """An optimiser step as it was seen, and the trainer's event. All in seconds; CPU time counts every core."""

    at: float  # since the process was started
    own_cpu: float  # taken by the process group so far
    machine_cpu: float  # taken by all processes since boot
    event: dict


@dataclass
class Run:
    steps: list[Step] = field(default_factory=list)
    machine_cpu: float = 0.0  # as in Step, when the process was started
    saves: list[Step] = field(default_factory=list)  # checkpoints, likewise
    evaluations: list[Step] = field(default_factory=list)  # likewise
    samples: list[tuple[int, int]] = field(default_factory=list)  # (steps done, resident bytes of the group)
    peak_bytes: int = 0
    seconds: float = 0.0
    exit_code: int = 0
    killed: bool = False


class Events:
    """Reads a growing file of JSON lines."""

    def __init__(self, file: Path):
        self.file, self.offset, self.rest = file, 0, ""

    def fresh(self):
        if not self.file.exists():
            return []
        with self.file.open() as stream:
            stream.seek(self.offset)
            text = stream.read()
            self.offset = stream.tell()
        *lines, self.rest = (self.rest + text).split("\n")
        return [json.loads(line) for line in lines if line.strip()]


def watch(command, events: Path, log: Path, kill_after=None, stop_after=None, sample_every=None) -> Run:
    """Runs `command` to its end, or until `kill_after` seconds have passed and its process group gets SIGKILL.

    Once `stop_after` steps were seen, it is asked to end by a SIGTERM.

    `events` is the file to which the command writes a JSON line an event; `log` takes its output. The command does not
    outlive the watching: a SIGTERM meanwhile ends both. For the main thread, which alone may say what a signal does.
    Peak memory is the kernel's high-water mark for the largest process of the command.
    """
    events.unlink(missing_ok=True)
    reader, run, sampled, stopped = Events(events), Run(), 0.0, False
    with log.open("w") as out, termination_raised():
        run.machine_cpu, began = machine_cpu(), time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                now = time.monotonic() - began
                kept = {"Stepped": run.steps, "Saved": run.saves, "Evaluated": run.evaluations}
                seen = [e for e in reader.fresh() if e.get("event") in kept]
                if seen:
                    own, machine = group(process.pid).cpu, machine_cpu()
                    for e in seen:
                        kept[e["event"]].append(Step(now, own, machine, e))
                if stop_after is not None and len(run.steps) >= stop_after and not stopped:
                    process.terminate()
                    stopped = True
                if pid:
                    break
                if kill_after is not None and now >= kill_after and not run.killed:
                    os.killpg(process.pid, signal.SIGKILL)
                    run.killed = True
                if sample_every and now - sampled >= sample_every and run.steps:
                    run.samples.append((run.steps[-1].event["step"], group(process.pid).resident))
                    sampled = now
                time.sleep(0.002)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    run.exit_code, run.seconds, run.peak_bytes = process.returncode, now, usage.ru_maxrss * 1024
    return run


@contextmanager
def termination_raised():
    """Has SIGTERM raise SystemExit, as SIGINT raises KeyboardInterrupt, so that what is to be tidied up is."""

    def stop(number, frame):
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass
class Group:
    resident: int = 0  # bytes
    cpu: float = 0.0  # seconds


def group(leader: int) -> Group:
    """What the living processes of a process group use."""
    total = Group()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # What follows the command's name, which may itself hold blanks and brackets, begins with field 3.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == leader:
            total.cpu += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            total.resident += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return total


def machine_cpu() -> float:
    """CPU seconds that the machine has spent on anything but idling and waiting since boot."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def others(since: float, until: float, own: float, seconds: float) -> float:
    """Cores that other processes took, between two readings of the machine's CPU time."""
    return (until - since - own) / seconds


def wait_for_calm(patience: float, cores: float):
    """Waits until the machine is used by fewer `cores` than that for two seconds, `patience` seconds at most."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = machine_cpu()
        time.sleep(2)
        if others(before, machine_cpu(), 0, 2) < cores:
            return
