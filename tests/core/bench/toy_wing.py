"""A made-up wing: an instrument shows zero with an offset, and methods say what it measured.

On the axis *offset* the mean error of the method that believes the instrument is the value itself,
so that cut-offs and intervals are known exactly.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis, Case, Series
from colonnade.core.bench.methods import MethodError, UnsuitableImageError
from colonnade.core.bench.published import parse_published
from colonnade.core.bench.scores import Row
from colonnade.core.bench.study import Limit, Pictures, Study, Task, Total, Wording

OFFSET = Axis("offset", "V", (1.0, 2.0, 4.0, 8.0), "What the instrument adds.")
GAIN = Axis("gain", "", (1.0, 0.5, 0.25), "What is left of the offset.")
IMAGES_PER_STEP = 2
SPREAD = 0.5
"""The images of a step are so far from their mean."""

FAR_OFF = 100.0
ERROR_LIMIT, AGREEMENT_LIMIT = 3.0, 0.1


@dataclass(frozen=True)
class Reading:
    """What the instrument shows, and its offset."""

    shown: float
    offset: float


@dataclass(frozen=True)
class Item:
    """One reading of the test set; the truth is zero."""

    input: Reading
    pixel_count: int = 1_000_000


class Same:
    """Believes the instrument; ``fails``, ``dies`` and ``below:2`` behind its colon stop it."""

    def __init__(self, argument: str) -> None:
        if argument == "absent":
            raise MethodError("there is no such instrument")
        self.argument = argument

    def run(self, given: Reading) -> float:
        """Say what is shown."""
        if self.argument == "fails":
            raise ZeroDivisionError("of its own making")
        if self.argument == "dies":
            os._exit(9)
        if self.argument.startswith("below") and given.shown >= float(self.argument[6:]):
            raise UnsuitableImageError("the voltage is too high")
        return given.shown


class Corrected:
    """Takes off a share of the offset, which stands behind its colon."""

    def __init__(self, argument: str) -> None:
        self.share = float(argument)

    def run(self, given: Reading) -> float:
        """Say what is left."""
        return given.shown - self.share * given.offset


def offset_of(case: Case) -> float:
    """Offset of one image of the test set."""
    if case.axis == "offset":
        return case.value + SPREAD * (2 * case.number - 1)
    return case.value if case.axis == "gain" else 1.5 + 0.5 * case.number


def read(folder: Path, case: Case) -> Item:
    """Read what `TestSet.prepare` wrote."""
    offset = json.loads((folder / "readings" / f"{case.name}.json").read_text())
    return Item(Reading(offset, offset))


def measure(item: Item, output: float) -> dict[str, float]:
    """Score one answer."""
    return {"error": abs(output), "agreement": 1 / (1 + abs(output)), "bias": output}


def failed(item: Item) -> float:
    """Stand for the answer of a method that failed."""
    return FAR_OFF


def write(output: float, path: Path) -> None:
    """Keep an answer."""
    path.write_text(f"{output}\n")


def pool(columns: Mapping[str, Array]) -> dict[str, Array]:
    """Mean scores."""
    return {name: np.asarray(values.mean(-1)) for name, values in columns.items()}


def draw_examples(folder: Path, rows: Sequence[Row], axis: Axis, path: Path) -> None:
    """Draw as many pixels as there are rows."""
    Image.new("L", (len(rows), 1)).save(path)


def draw_sheet(folder: Path, rows: Sequence[Row], path: Path) -> None:
    """Draw as many pixels as there are rows."""
    Image.new("L", (1, len(rows))).save(path)


VARIED = Series("volts", "Volts & more", (OFFSET, GAIN))
UNVARIED = Series("oddities", "Oddities", shown=True)

STUDY = Study(
    wing="offsets",
    model_method="same",
    task=Task(read, measure, failed, write, ".txt", ("error", "agreement", "bias")),
    series=(VARIED, UNVARIED),
    limits=(
        Limit("error", "error", "V", ERROR_LIMIT, upper=True, span=(0.01, 10), logarithmic=True),
        Limit("agreement", "agreement", "", AGREEMENT_LIMIT, upper=False, span=(0, 1)),
    ),
    pool=pool,
    totals=(Total("bias", "bias<small>V</small>"),),
    published=parse_published(
        json.dumps(
            {
                "volts": {
                    "offset": {"Ohm": {"cutoff": {"value": 2.5, "beyond": False}}},
                    "gain": {"Ohm": {"curve": {"value": [1, 0.5], "error": [2, 1]}}},
                }
            }
        )
    ),
    wording=Wording(
        title="Benchmark of voltmeters",
        comparison="The truth is <zero>.",
        totals="Of all readings.",
        method="{comparison} At most {error} V and at least {agreement}. <dl>{axes}</dl>",
    ),
    pictures=Pictures(draw_examples, draw_sheet, sheet_size=2),
)


def list_cases() -> list[Case]:
    """Every image of the test set."""
    varied = [
        Case("volts", axis.name, step, number)
        for axis in VARIED.axes
        for step in axis.steps
        for number in range(IMAGES_PER_STEP)
    ]
    return [*varied, *(Case("oddities", f"kind {n % 2}", np.nan, n) for n in range(3))]


class Readings:
    """The test set, of which some images may be drawn already."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases
        self.drawn: list[str] = []

    def prepare(self, folder: Path, progress: Callable[[int, int], None]) -> None:
        """Write the readings that are not there."""
        (folder / "readings").mkdir(exist_ok=True)
        for case in self.cases:
            path = folder / "readings" / f"{case.name}.json"
            if not path.exists():
                path.write_text(json.dumps(offset_of(case)))
                self.drawn.append(case.name)

    def differing(self, folder: Path) -> int:
        """Say that one is not what everyone else has."""
        return 1


@contextmanager
def no_bar(_: str) -> Iterator[Callable[[int, int], None]]:
    """Show no progress, but check it."""

    def check(done: int, total: int) -> None:
        assert 0 <= done <= total

    yield check
