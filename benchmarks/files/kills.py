"""Kill a batch at random moments, start it again, and compare what it makes with a quiet run.

    python benchmarks/files/kills.py --kills 6 --scratch FOLDER

Each command works on small files with two processes, where it can. What is killed is the command
itself or one of its processes; or the folder of the results is copied while the command runs, as a
power cut leaves it, and the work goes on in the copy.
"""

import argparse
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from kill_works import Work, differences, write_inputs

psutil = import_module("psutil")

LATEST = 1.2
"""The latest moment of a fault, in the time that a whole run of the command takes."""

FAULTS = ("the command", "one of its processes", "a power cut")


def run_with_faults(
    work: Work, folder: Path, name: str, draw: random.Random, latest: float
) -> Iterator[str]:
    """Run a command until it ends by itself, and say what befell it each time before."""
    out = folder / name
    for attempt in range(100):
        process = work.start(folder, out)
        try:
            process.wait(draw.uniform(0.2, latest))
            break
        except subprocess.TimeoutExpired:
            fault = draw.choice(FAULTS)
        if fault == "a power cut":
            copy = folder / f"{name}-{attempt}"
            _cut_power(process, out, copy)
            if copy.exists():
                copy.rename(out)
            yield fault
        elif fault == "the command":
            process.kill()
            process.wait()
            yield fault
        elif children := psutil.Process(process.pid).children(recursive=True):
            draw.choice(children).kill()
            process.wait()
            yield fault
        if process.returncode == 0:
            return
    else:
        raise RuntimeError(f"{work.name} never ended")
    # What a process that died took with it is tried again by the same command.
    if process.returncode != 0 and work.start(folder, out).wait() != 0:
        raise RuntimeError(f"{work.name} failed")


def _cut_power(process: "subprocess.Popen[bytes]", out: Path, copy: Path) -> None:
    """Copy the results while nothing writes them, then end everything and forget them."""
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for each in everyone:
        each.suspend()
    if out.exists():
        shutil.copytree(out, copy)
    for each in everyone:
        each.kill()
    process.wait()
    psutil.wait_procs(everyone)
    while out.exists():  # a file that another process still had open may come back
        shutil.rmtree(out, ignore_errors=True)


def survive(work: Work, folder: Path, kills: int, draw: random.Random) -> None:
    """Let so many faults befall a command, and print what has come of it."""
    quiet, begun = folder / f"{work.name}-quiet", time.monotonic()
    if work.start(folder, quiet).wait() != 0:
        raise RuntimeError(f"{work.name} fails without any fault")
    latest = LATEST * (time.monotonic() - begun)
    faults, wrong, runs = list[str](), list[str](), 0
    while len(faults) < kills:
        out = folder / f"{work.name}-{runs}"
        faults += run_with_faults(work, folder, out.name, draw, latest)
        wrong += differences(quiet, out)
        shutil.rmtree(out)
        runs += 1
    counts = " | ".join(str(faults.count(fault)) for fault in FAULTS)
    print(f"| {work.name} | {counts} | {runs} | {', '.join(wrong) or 'none'} |", flush=True)


def main() -> None:
    """Read the command line, and print what was survived."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=6, help="of each command, and a few more")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="names of what is killed; by default all")
    parser.add_argument("--scratch", type=Path, required=True)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    folder = arguments.scratch.absolute() / "kills"
    works = write_inputs(folder, workers=2)
    chosen = [work for work in works if arguments.only is None or work.name in arguments.only]
    print("| command | killed | one of its processes | power cut | runs | differences |")
    print("|---|---|---|---|---|---|")
    for work in chosen:
        survive(work, folder, arguments.kills, draw)


if __name__ == "__main__":
    main()
