"""Where the time of `locate` goes, from the start of Python to the picture, step by step.

    python benchmarks/atoms/locate_steps.py OUT IMAGE ... [--runs 3]

Seconds are of the processor, of all threads, the least of some processes, each of which searches
an image once. A profiler counts them, which makes the fit, whose steps are many, some per cent
slower than it is. OUT is a folder for tables and pictures.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

STEPS = {
    "read": ["read"],
    "choice of scale": ["choose_scale"],
    "network": ["candidates@search.py"],
    "row jitter": ["find_row_jitter"],
    "fit": ["fit_columns"],
    "judge": ["fit_and_score", "-fit_columns"],
    "table": ["to_csv"],
    "picture": ["draw_overlay"],
}
"""Functions whose time is that of a step, and those within them that are not of it."""

PROGRAM = """
import time
import colonnade.cli
from colonnade.atoms.locate import files, locate, overlay
model = colonnade.Model.load("atoms")
start = time.process_time()
import cProfile, json, pstats, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
profile = cProfile.Profile(time.process_time)
profile.enable()
image = colonnade.read(sys.argv[1])
found = locate.locate_frame(image, model)
found.columns.to_csv(sys.argv[2] + ".csv")
overlay.draw_overlay(image, found.columns, Path(sys.argv[2] + ".png"))
profile.disable()
seconds = {"start": start}
for (file, _, name), (_, _, _, cumulative, _) in pstats.Stats(profile).stats.items():
    if "colonnade" in file:
        seconds[name + "@" + Path(file).name] = cumulative
print(json.dumps(seconds))
"""


def measured(image: Path, out: Path) -> dict[str, float]:
    """Seconds of each step in one process."""
    command = [sys.executable, "-c", PROGRAM, str(image), str(out / image.stem)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    seconds = {"start": float(answer["start"])}
    for step, functions in STEPS.items():
        seconds[step] = sum(
            (-1 if name.startswith("-") else 1) * _spent(answer, name.lstrip("-"))
            for name in functions
        )
    return seconds


def _spent(answer: dict[str, float], name: str) -> float:
    """Seconds in a function; if its file is not named, in the one of that name."""
    return max(
        (float(value) for key, value in answer.items() if name in (key, key.split("@")[0])),
        default=0.0,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("images", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=3, help="processes for each image")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    table = {}
    for image in given.images:
        runs = [measured(image, given.out) for _ in range(given.runs)]
        least = {step: min(run[step] for run in runs) for step in runs[0]}
        table[image.stem] = {**least, "together": float(np.sum(list(least.values())))}
    print(f"| step | {' | '.join(table)} |\n|---|{'---|' * len(table)}")
    for step in next(iter(table.values())):
        print(f"| {step} | {' | '.join(f'{each[step]:.2f}' for each in table.values())} |")


if __name__ == "__main__":
    main()
