"""All series of the benchmark, drawn once and kept in the folder of a run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Case
from colonnade.core.files.write import write_mrc
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder
from colonnade.tomo.bench import library_series, test_series
from colonnade.tomo.bench.case import TestSeries
from colonnade.tomo.reconstruct.source import open_series

SERIES, TRUTH = "series", "truth"
"""Folders of what methods are given, as MRC with its tilts beside it, and of the truth."""

SAME = 1e-4
"""Series are the same as others' if their fingerprints differ by no more than this share."""


@dataclass(frozen=True)
class TestSet:
    """The series that methods are run on.

    Parameters
    ----------
    cases
        Every series, in its order.
    data
        A library of series, which they come from; None where they are simulated.
    workers
        How many processes draw.
    """

    cases: tuple[Case, ...]
    data: Path | None
    workers: int

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Draw the series that the folder of a run does not hold yet."""
        for part in (SERIES, TRUTH):
            make_folder(folder / part)
        missing = [case for case in self.cases if not _truth(folder, case).exists()]
        done = len(self.cases) - len(missing)
        progress(done, len(self.cases))
        for _ in run(partial(_keep, folder, self.data), missing, workers=self.workers):
            done += 1
            progress(done, len(self.cases))

    def differing(self, folder: Path) -> int:
        """Count the series that are not those that everyone has, beyond rounding."""
        if self.data is not None:
            return 0
        return sum(_differs(read_series(folder, case)) for case in self.cases)


def list_cases(quick: bool, data: Path | None) -> list[Case]:
    """List simulated series, or those of a library; in a quick run a few of them."""
    if data is not None:
        return list(library_series.list_cases(data, quick))
    geometries = (test_series.QUICK,) if quick else test_series.GEOMETRIES
    return [case for one in geometries for case in test_series.list_cases(one)]


def _keep(folder: Path, data: Path | None, case: Case) -> None:
    if data is None:
        made = test_series.draw_test_series(case)
    else:
        made = library_series.draw_library_series(case, data)
    path = _views(folder, case)
    angles = "".join(f"{angle:.6g}\n" for angle in made.series.angles)
    with atomic(path.with_suffix(".rawtlt")) as temporary:
        temporary.write_text(angles, encoding="utf-8")
    write_mrc(path, np.asarray(made.series.views[:, :, :], np.float32))
    with atomic(_truth(folder, case)) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, truth=made.truth, noise=made.noise)


def read_series(folder: Path, case: Case) -> TestSeries:
    """Read a series that was drawn before."""
    series = open_series(_views(folder, case))
    with np.load(_truth(folder, case)) as file:
        return TestSeries(case, series, file["noise"], file["truth"])


def _views(folder: Path, case: Case) -> Path:
    return folder / SERIES / f"{case.name}.mrc"


def _truth(folder: Path, case: Case) -> Path:
    return folder / TRUTH / f"{case.name}.npz"


def fingerprint(test: TestSeries) -> Array:
    """Mean grey levels of four parts of the views, from the first to the last."""
    views = np.asarray(test.series.views[:, :, :], np.float64)
    return np.array([part.mean() for part in np.array_split(views, 4)])


def _differs(test: TestSeries) -> bool:
    expected = expected_fingerprints().get(test.case.name)
    return expected is None or not np.allclose(fingerprint(test), expected, rtol=SAME)


@cache
def expected_fingerprints() -> dict[str, Sequence[float]]:
    """Those of everyone's series, by name."""
    text = (files("colonnade.tomo.bench") / "fingerprints.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
