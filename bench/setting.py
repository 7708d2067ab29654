"""What the benches run on: the repository's command line, real models and data, a work folder that git ignores."""

import json
import os
import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path
from string import Template

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
ATTUNE = ROOT / "attune"
QUICKSTART = ROOT / "examples/quickstart/volumes/quickstart"
FIXTURES = ROOT / "trainer-image/src/test/resources/fixtures"
WORK = ROOT / ".attune" / "bench"
CACHE = Path(os.environ.get("ATTUNE_MODELS", Path.home() / ".cache/attune-models"))
LAY_OUT = "lay out models and data with ../shared/models/fetch, or name the folder in ATTUNE_MODELS"


def fail(message):
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def attune(job: Path, events: Path):
    """The command by which a user runs a job, with its events written to a file."""
    subprocess.run([ATTUNE, "--version"], check=True, stdout=subprocess.DEVNULL)  # builds where sources changed
    return [str(ATTUNE), "run", "-f", str(job), "--events", str(events)]


def job(name: str, work: Path, steps: int) -> Path:
    """Fills in jobs/NAME.yaml for a work folder and lays its data there; answers the file to run."""
    template = BENCH / "jobs" / f"{name}.yaml"
    if not template.exists():
        fail(f"there is no job {name}: {', '.join(sorted(p.stem for p in template.parent.glob('*.yaml')))}")
    values = {"fixtures": FIXTURES, "quickstart": QUICKSTART, "work": work, "steps": steps}
    filled = work / f"{name}.yaml"
    filled.write_text(Template(template.read_text()).substitute(values))
    if f"{work}/pairs.jsonl" in filled.read_text():
        pairs(work / "pairs.jsonl")
    return filled


def pairs(file: Path, count: int = 300):
    """Writes prompts and completions of differing length in printable ASCII: sums."""
    sums = ((a * 7919 % 1000, a * 104729 % (10 ** (1 + a % 3))) for a in range(1, count + 1))
    lines = (json.dumps({"prompt": f"{a} + {b} = ", "completion": f"{a + b}."}) for a, b in sums)
    file.write_text("\n".join(lines) + "\n")


def records(data: str, count: int, part: str = "train") -> list[dict]:
    """The first records of a real data set; where there are fewer, they come again."""
    source = CACHE / "data" / data / f"{part}.jsonl"
    if not source.exists():
        fail(f"{source} is missing: {LAY_OUT}")
    return list(islice(cycle(map(json.loads, source.read_text().splitlines())), count))
