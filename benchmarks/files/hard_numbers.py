"""Give every command images, tilt series, tables and recipes with hard numbers.

Whatever the numbers, a command must make something of them whose numbers are finite, with a word
where it can be used only with care, or refuse them in one sentence: without a traceback, a warning
of Python's, or a number that is none, in a bounded time.

    python benchmarks/files/hard_numbers.py --out hard/ [--verbs locate upscale ...]
"""

import argparse
import json
import math
import os
import re
import resource
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from hard_inputs import Hard, films, images
from hard_recipes import WINGS, recipes
from hard_series import calibrated_tables, series, tables

import colonnade
from colonnade.cli import app
from colonnade.core.errors import ColonnadeError
from colonnade.core.files.open import describe, read_volume
from colonnade.core.files.signals import SEVERAL

PROCESSOR_TIME = 120
"""Longest that a command may calculate [s]."""

MEMORY = 8 * 2**30
"""Most that the address space of a command may grow to [bytes]."""

USED_UP = -24
"""What is left of a process that has calculated for too long: the signal that ended it."""


OF_THE_FILE = ("pixel size", "ome.")
"""How lines of `info` begin that give what the file says, whatever that is."""

NO_NUMBER = re.compile(r"\b(nan|inf)\b")
"""What a number is printed as that is none."""


@dataclass(frozen=True)
class Answer:
    """What a command made of an input.

    Parameters
    ----------
    status
        With which it ended.
    said, complained
        What it printed, and where to errors.
    seconds
        Of processor time.
    faults
        What must not be, a few words each.
    """

    status: int
    said: str
    complained: str
    seconds: float
    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Its first line, and its notes."""
        if self.status:
            return self.complained.strip().replace("\n", " / ")
        lines = self.said.splitlines()
        first = next(iter(lines), "").strip()
        noted = [line.strip() for line in lines[1:] if line.strip().startswith("note:")]
        return " / ".join([first, *noted])


def answer_of(words: list[str], out: Path, needs_word: bool) -> Answer:
    """Run a command in a process of its own, and look at all that it leaves.

    Parameters
    ----------
    words
        The command.
    out
        Folder for all that it leaves.
    needs_word
        Whether it must give a note if it makes something of its input.
    """
    out.mkdir(parents=True)
    begun = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = os.fork()
    if child == 0:
        _run(words, out)
    _, left = os.waitpid(child, 0)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime
    status = os.waitstatus_to_exitcode(left)
    said, complained = ((out / name).read_text(errors="replace") for name in ("said", "errors"))
    some_failed = status == 1 and any(out.glob("failed-*.csv"))
    judged = 0 if some_failed else status
    faults = [*_faults_of(judged, said, complained, needs_word), *_bad_numbers(out)]
    return Answer(status, said, complained, seconds, tuple(faults))


def _run(words: list[str], out: Path) -> None:
    """Become the command."""
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_TIME, PROCESSOR_TIME + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for number, name in ((1, "said"), (2, "errors")):
        os.dup2(os.open(out / name, os.O_WRONLY | os.O_CREAT), number)
    status = 1
    try:
        status = int(app.meta(words, result_action="return_value") or 0)
    except SystemExit as ended:
        status = int(ended.code or 0)
    except Exception:  # what this command looks for
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _faults_of(status: int, said: str, complained: str, needs_word: bool) -> Iterator[str]:
    if status == USED_UP:
        yield "too long"
    if "Traceback" in complained:
        yield f"traceback: {complained.strip().splitlines()[-1]}"
    elif "Error" in complained:
        yield f"error of its own kind: {complained.strip().splitlines()[-1]}"
    warned = [line for line in complained.splitlines() if "Warning" in line]
    if warned:
        yield warned[0][-90:]
    if status not in (0, 2):
        yield f"ended with {status}"
    if status == 2 and len(complained.strip().splitlines()) != 1:
        yield "not one sentence"
    if status == 0 and needs_word and "note:" not in said and " no " not in said:
        yield "without a word"
    noted = ("note", *OF_THE_FILE)
    results = [line for line in said.splitlines() if not line.strip().startswith(noted)]
    if NO_NUMBER.search("\n".join(results)):
        yield "a number in the report is none"


def _bad_numbers(out: Path) -> Iterator[str]:
    """Look for numbers that are none in all results but trust maps, where NaN is an answer."""
    for path in sorted(out.iterdir()):
        if path.suffix == ".csv" and not path.name.startswith("failed-"):
            if _in_cells(path.read_text(encoding="utf-8")):
                yield f"NaN or infinity in {path.name}"
        elif path.suffix == ".json":
            found: list[str] = []
            json.loads(path.read_text(encoding="utf-8"), parse_constant=found.append)
            if found:
                yield f"{found[0]} in {path.name}"
        elif path.suffix in (".tif", ".mrc") and ".trust" not in path.name:
            share = _share_not_finite(path)
            if share:
                yield f"{share:.0%} of {path.name} is not finite"


def _in_cells(text: str) -> bool:
    cells = (cell for line in text.splitlines() for cell in line.split(","))
    return any(cell.casefold() in ("nan", "inf", "-inf") for cell in cells)


def _share_not_finite(path: Path) -> float:
    try:
        kinds = [signal.kind in SEVERAL for signal in describe(path)]
        if any(kinds):
            pixels: Any = np.asarray(read_volume(path).block((slice(None),) * 3))
        else:
            pixels = colonnade.read(path).pixels
    except ColonnadeError as error:
        return math.nan if error else 0.0
    return float(1 - np.isfinite(pixels).mean())


Command = Callable[[Hard, Path], list[str]]
"""The words of a command for an input and a folder."""


def _verb(verb: str, *more: str) -> Command:
    def words(hard: Hard, out: Path) -> list[str]:
        return [verb, str(hard.path), *hard.words, *more, "--out", str(out)]

    return words


def _info(hard: Hard, out: Path) -> list[str]:
    return ["info", str(hard.path)]


def _map(kind: str) -> Command:
    def words(hard: Hard, out: Path) -> list[str]:
        return ["map", kind, str(hard.path), *hard.words, "--out", str(out)]

    return words


def _export(format: str, ending: str) -> Command:
    def words(hard: Hard, out: Path) -> list[str]:
        target = str(out / f"exported{ending}")
        return ["export", str(hard.path), "--format", format, *hard.words, "--out", target]

    return words


def _simulate(wing: str) -> Command:
    def words(hard: Hard, out: Path) -> list[str]:
        recipe = ["--recipe", str(hard.path), "--count", "1", "--workers", "1"]
        of = "sem" if wing == "stack" else wing
        return ["simulate", of, *recipe, "--out", str(out / "library")]

    return words


MAPS: tuple[str, ...] = (
    "strain",
    "grains",
    "distortion",
    "displacements",
    "planes",
    "sublattices",
)
MAPS += ("polarisation", "tilts", "neighbours", "bonds", "spacings", "counts", "vacancies")
"""Maps of a table alone."""

EXPORTS = {"imagej": ".zip", "parquet": ".parquet", "xyz": ".xyz"}

ALONE = ("--workers", "1")

Inputs = Callable[[Path], Iterator[Hard]]
"""Writes inputs into a folder."""


def runs() -> dict[str, tuple[Command, Inputs]]:
    """Each command by a name, and what it is given."""
    of_atoms, of_sem = partial(images, name="sample.tif"), partial(images, name="sem.tif")
    of_films = partial(films, name="sample.tif")
    sized = partial(tables, words=("--pixel-size", "16pm"))
    found: dict[str, tuple[Command, Inputs]] = {
        "info": (_info, of_atoms),
        "locate": (_verb("locate", *ALONE), of_atoms),
        "locate-film": (_verb("locate", *ALONE), of_films),
        "locate-average": (_verb("locate", "--average", *ALONE), of_films),
        "upscale": (_verb("upscale", *ALONE), of_sem),
        "denoise": (_verb("denoise", *ALONE), of_sem),
        "particles": (_map("particles"), of_sem),
        "reconstruct": (_verb("reconstruct", "--method", "sirt", *ALONE), series),
        "denoise-series": (_verb("denoise", *ALONE), series),
    }
    found |= {f"map-{kind}": (_map(kind), sized) for kind in MAPS}
    found |= {
        f"export-{format}": (_export(format, ending), calibrated_tables)
        for format, ending in EXPORTS.items()
    }
    found |= {f"simulate-{wing}": (_simulate(wing), partial(recipes, wing=wing)) for wing in WINGS}
    return found


@dataclass
class Tally:
    """What came of the inputs of one command: how many it took, and refused, and the rest."""

    taken: int = 0
    refused: int = 0
    faulty: int = 0
    longest: float = 0.0

    def add(self, answer: Answer) -> None:
        """Count one."""
        self.taken += answer.status == 0
        self.refused += answer.status != 0
        self.faulty += bool(answer.faults)
        self.longest = max(self.longest, answer.seconds)


def main() -> None:
    """Print a row for each run, and then one for each command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--verbs", nargs="*")
    given = parser.parse_args()
    tallies: dict[str, Tally] = {}
    print("| command | input | status | processor seconds | answer | must not be |")
    print("|---|---|---|---|---|---|")
    for verb, (command, inputs) in runs().items():
        if given.verbs and verb not in given.verbs:
            continue
        tally = tallies.setdefault(verb, Tally())
        for number, hard in enumerate(inputs(given.out / "inputs" / verb)):
            out = given.out / verb / f"{number:03d}"
            answer = answer_of(command(hard, out), out, hard.needs_word and verb != "info")
            tally.add(answer)
            row = f"| {verb} | {hard.name} | {answer.status} | {answer.seconds:.1f} | "
            print(f"{row}{answer.sentence} | {'; '.join(answer.faults)} |", flush=True)
    print("\n| command | inputs | taken | refused | faulty | longest, processor seconds |")
    print("|---|---|---|---|---|---|")
    for verb, tally in tallies.items():
        count = tally.taken + tally.refused
        print(
            f"| {verb} | {count} | {tally.taken} | {tally.refused} | {tally.faulty} | "
            f"{tally.longest:.1f} |"
        )


if __name__ == "__main__":
    main()
