"""How near to the physical limit columns are located: ours and peers on the same noisy images.

    python benchmarks/atoms/limit.py FOLDER [--quick] [--model NAME] [--only NAME ...]
        [--atomap PYTHON] [--list-failures PNG]

The folder holds what `limit_images.py` wrote; `limit_cases.py` says what becomes of it, and
`colonnade.atoms.bench.crlb` what the limit is, the Cramér-Rao lower bound (CRLB). Ours is told
nothing of the scale. Peers are told the true spacing, and Laplacian of Gaussian with fits also the
true width, the best of its thresholds and widths being chosen for each image with sight of the
truth. `--atomap` names a Python that has atomap.

Recall, precision and errors are of detectable columns, away from the border. Errors are
taken on each axis and divided by the CRLB of that column and axis; for the median that is scaled
so that errors at the CRLB, normally distributed, have 1. Shares within one and two standard
errors are of those that a method gives itself, along y and along x: 68 and 95 are right.
Seconds are of the processor, for 1024² pixels.
"""

import argparse
import csv
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import signature
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
from limit_cases import MULTISLICE, Case, Setting, cases
from limit_failures import draw_failures

import colonnade
from colonnade import Columns, Micrograph, Model
from colonnade.atoms.bench.adapters.log_gaussian import fit_peaks, log_peaks
from colonnade.atoms.locate.locate import Refinement
from colonnade.atoms.score import NOTHING, Score, pair_columns, score
from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeWarning

GATE = 0.06
"""Largest distance of a column from the truth [nm]."""

BORDER = 0.15
"""What is nearer than this to the border is not scored [nm]."""

HEIGHTS, WIDTHS = (1.0, 2.0, 3.0, 4.0, 6.0, 9.0), (0.5, 0.7, 0.85, 1.0)
"""Thresholds of LoG, in standard deviations, and its widths, relative to the columns'."""

NORMAL_MEDIAN = 0.67449
"""Median of the absolute value of a normally distributed number."""

LOG, ATOMAP = "LoG + Gaussian fits", "atomap"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one method made of one image, or of several.

    Parameters
    ----------
    score
        Found, missed and false columns; distances in units of pm.
    excess
        Errors along y and x of the columns found, in units of the CRLB (column, axis).
    claimed
        The same in units of the standard errors that the method gives; NaN where none.
    seconds, pixels
        Of processor time, and how many.
    """

    score: Score
    excess: Array
    claimed: Array
    seconds: float
    pixels: int

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.score + other.score,
            np.concatenate([self.excess, other.excess]),
            np.concatenate([self.claimed, other.claimed]),
            self.seconds + other.seconds,
            self.pixels + other.pixels,
        )


EMPTY = Outcome(NOTHING, np.empty((0, 2)), np.empty((0, 2)), 0.0, 0)


def outcome(case: Case, found: Columns, seconds: float) -> Outcome:
    """Compare what was found with the truth and the CRLB."""
    truth, pixel = case.truth, case.setting.pixel
    gate, border = GATE / pixel, BORDER / pixel
    shape = (case.image.shape[0], case.image.shape[1])
    result = score(truth, found, gate, shape=shape, border=border)
    pairs = pair_columns(truth, found.positions, gate, shape=shape, border=border)
    errors = found.positions[pairs.found] - truth.positions[pairs.true]
    sigma = np.stack([found.sigma_y, found.sigma_x], 1)[pairs.found]
    picometres = Score(result.found, result.missed, result.false, 1000 * pixel * result.errors)
    return Outcome(
        picometres, errors / case.bounds[pairs.true], errors / sigma, seconds, case.image.size
    )


def timed(case: Case, find: Callable[[], Columns]) -> tuple[Columns, Outcome]:
    """Find columns and score them."""
    start = time.process_time()
    found = find()
    return found, outcome(case, found, time.process_time() - start)


def ours(case: Case, model: Model, refine: Refinement) -> Columns:
    """Find columns with nothing told but the image."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ColonnadeWarning)
        return colonnade.locate(Micrograph(case.image), model=model, refine=refine)


def best_log(case: Case) -> tuple[float, float]:
    """Threshold and width [px] of LoG that find this image's columns best."""
    gate = GATE / case.setting.pixel
    widths = [share * float(np.median(case.truth.width)) for share in WIDTHS]

    def f1(height_and_width: tuple[float, float]) -> float:
        height, width = height_and_width
        peaks = log_peaks(case.image, width, height).T
        return score(case.truth, Columns(*peaks), gate).f1

    return max(product(HEIGHTS, widths), key=f1)


def log_fits(case: Case, height: float, width: float) -> Columns:
    """Peaks of a Laplacian of Gaussian, each then fitted."""
    return fit_peaks(case.image, log_peaks(case.image, width, height), width)


def by_atomap(python: Path, everything: list[Case]) -> list[Outcome]:
    """Run atomap on all images in its own environment; where it fails it finds nothing."""
    script = Path(__file__).with_name("atomap_columns.py")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "spacing.csv").open("w", newline="") as file:
            csv.writer(file).writerows((i, case.spacing) for i, case in enumerate(everything))
        for i, case in enumerate(everything):
            np.save(folder / f"{i}.npy", case.image)
        subprocess.run([python, script, folder], check=True, stderr=subprocess.DEVNULL)
        with (folder / "seconds.csv").open(newline="") as file:
            seconds = {int(i): float(value) for i, value in csv.reader(file)}
        found = {i: Columns.from_csv(folder / f"{i}.csv") for i in seconds}
    nothing = Columns(np.empty(0), np.empty(0))
    return [
        outcome(case, found.get(i, nothing), seconds.get(i, 0.0))
        for i, case in enumerate(everything)
    ]


HEADER = (
    "method | recall | precision | F1 | median error / CRLB | RMS / CRLB | median, pm | "
    "within 1, % (y, x) | within 2, % (y, x) | s"
)


def row(result: Outcome | None) -> str:
    """Scores of one method."""
    if result is None:
        return "missing" + " |" * HEADER.count("|")
    found = result.score
    excess = np.abs(result.excess[np.isfinite(result.excess).all(1)])
    cells = [f"{value:.4f}" for value in (found.recall, found.precision, found.f1)]
    if len(excess):
        cells.append(f"{np.median(excess) / NORMAL_MEDIAN:.2f}")
        cells.append(f"{np.sqrt(np.mean(excess**2)):.2f}")
        cells.append(f"{np.median(found.errors):.2f}")
    else:
        cells += ["-"] * 3
    cells += [shares(result.claimed, limit) for limit in (1.0, 2.0)]
    cells.append(f"{result.seconds / max(result.pixels, 1) * 2**20:.1f}")
    return " | ".join(cells)


def shares(claimed: Array, limit: float) -> str:
    """Percentages within so many standard errors, along y and x."""
    known = claimed[~np.isnan(claimed).any(1)]
    if not len(known):
        return "-"
    along_y, along_x = 100 * np.mean(np.abs(known) <= limit, axis=0)
    return f"{along_y:.1f}, {along_x:.1f}"


Results = dict[str, list[Outcome] | None]


TABLES: tuple[tuple[str, bool, Callable[[Setting], str]], ...] = (
    ("multislice: counts", True, lambda setting: f"{setting.counts:g}"),
    ("multislice: specimen", True, lambda setting: setting.specimen),
    ("multislice: specimen, counts", True, lambda s: f"{s.specimen}, {s.counts:g}"),
    ("multislice: pixel, pm", True, lambda setting: f"{1000 * setting.pixel:g}"),
    ("our simulator: group, counts", False, lambda s: f"{s.group}, {s.counts:g}"),
)
"""Title, whether it is of multislice images, and what its rows are of."""


def table(
    title: str, everything: list[Case], results: Results, key: Callable[[Setting], str]
) -> None:
    """Print a row for every kind of image and method."""
    print(f"\n| {title} | {HEADER} |\n" + "|---" * (HEADER.count("|") + 2) + "|")
    kinds = dict.fromkeys(key(case.setting) for case in everything)
    for kind in kinds if len(kinds) == 1 else [*kinds, ""]:
        chosen = [i for i, case in enumerate(everything) if kind in ("", key(case.setting))]
        for name, outcomes in results.items():
            total = None if outcomes is None else sum((outcomes[i] for i in chosen), EMPTY)
            print(f"| {kind or 'all'} | {name} | {row(total)} |", flush=True)


def run_methods(
    everything: list[Case], model: Model, only: list[str]
) -> tuple[Results, list[Columns]]:
    """Run the methods of this environment; give also what ours found by default."""
    default = signature(colonnade.locate).parameters["refine"].default
    results: dict[str, list[Outcome]] = {}
    kept: list[Columns] = []
    for refine in get_args(Refinement):
        name = f"ours, {refine}"
        if not wanted(name, only):
            continue
        pairs = [timed(case, partial(ours, case, model, refine)) for case in everything]
        results[name] = [result for _, result in pairs]
        if refine == default or not kept:
            kept = [found for found, _ in pairs]
    if wanted(LOG, only):
        results[LOG] = [
            timed(case, partial(log_fits, case, *best_log(case)))[1] for case in everything
        ]
    return dict(results), kept


def wanted(name: str, only: list[str]) -> bool:
    """Whether a method is to be run."""
    return not only or any(name.startswith(start) for start in only)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true", help="one size of pixels")
    parser.add_argument("--model", default="atoms")
    parser.add_argument("--only", nargs="+", default=[], help="how names of methods begin")
    parser.add_argument("--atomap", type=Path, help="Python that has atomap")
    parser.add_argument("--list-failures", type=Path, help="picture of our worst images")
    given = parser.parse_args()
    everything = list(cases(given.folder, given.quick))
    results, found = run_methods(everything, Model.load(given.model), given.only)
    if wanted(ATOMAP, given.only):
        results[ATOMAP] = by_atomap(given.atomap, everything) if given.atomap else None
    if given.list_failures and found:
        draw_failures(list(zip(everything, found, strict=True)), GATE, BORDER, given.list_failures)
    for title, multislice, key in TABLES:
        of_group = [(case.setting.group == MULTISLICE) == multislice for case in everything]
        chosen = np.flatnonzero(of_group)
        part = {
            name: None if outcomes is None else [outcomes[i] for i in chosen]
            for name, outcomes in results.items()
        }
        table(title, [everything[i] for i in chosen], part, key)


if __name__ == "__main__":
    main()
