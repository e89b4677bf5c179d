"""Register pairs of real images and bring them into a library."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Grey, Indices
from colonnade.core.data.library import Library
from colonnade.core.errors import ColonnadeError, ImageError, warn
from colonnade.core.images.same_field import same_fields
from colonnade.core.work.contents import write_text
from colonnade.core.work.outcomes import reason
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import dumps
from colonnade.core.work.rows import GrowingTable, Row
from colonnade.core.work.temporary import remove_left
from colonnade.sem.library.degradation import InstrumentFit, fit_degradation
from colonnade.sem.library.open import FIELD, REGISTERED
from colonnade.sem.library.own_images import FITTED
from colonnade.sem.library.pair_files import (
    PairFiles,
    calibrated_scale,
    digest,
    find_pairs,
    likely_factor,
)
from colonnade.sem.library.registered import (
    FACTORS,
    LEAST_SIDE,
    MisfitError,
    Registered,
    register,
)
from colonnade.sem.library.show import show_library
from colonnade.sem.library.sources import create_library, entry_of
from colonnade.sem.pair import Pair

REPORT = "pairs.csv"
"""What became of each pair."""

LARGEST_TILE = 512
"""Sides of a sharp tile are at most this long [px]."""

SHARE = 0.75
"""A tile is at most so long as this share of the smallest image, whose borders may be cut off."""

STEP = 8
"""Sides of a coarse tile are multiples of this [px]."""

ASKED = 3
"""So many pairs are asked for the factor, which is to be that of all."""

FIT = ("blur", "dose", "pedestal", "correlation")
"""Columns of the report that the degradation is fitted to."""

COLUMNS = (
    "pair",
    "scale",
    "rotation_deg",
    "shift_error_px",
    "overlap",
    "gain",
    "offset",
    "correlation_with_sharp",
    "rest_sigma",
    "noise_sigma",
    *FIT,
    FIELD,
    "first_tile",
    "tiles",
    "misfit",
)
"""Of the report; lengths are in coarse pixels."""


def import_library(
    folder: Path, out: Path, *, pixel_size: tuple[float, float] | float | None, progress: Progress
) -> str:
    """Register pairs, write them as a library, and say in sentences what there is.

    Beside the library there are the report `REPORT`, and the recipe of the degradation that the
    pairs tell of, `FITTED`: in a folder of sharp images it makes these coarse.

    Parameters
    ----------
    folder
        Holds the pairs, as for `colonnade.sem.library.pair_files.find_pairs`.
    out
        Folder of the library; one that was begun with the same files is continued.
    pixel_size
        Must be None: a library of pairs keeps no size of pixels.
    progress
        Called with the number of finished pairs and of all.
    """
    if pixel_size is not None:
        raise ColonnadeError("pairs need no size of a pixel; leave out --pixel-size")
    pairs = find_pairs(folder)
    survey = _survey(pairs)
    identity = f"{REGISTERED}\nsha256 = {digest(pairs)}\n"
    books = _Books(out, identity, survey, folder.resolve().name)
    for number, pair in enumerate(pairs):
        if pair.name not in books.done:
            books.add(pair, survey)
        progress(number + 1, len(pairs))
    fitting = _fitting(books.report, out)
    fits = [InstrumentFit(**{name: float(row[name]) for name in FIT}) for row in fitting]
    write_text(out / FITTED, dumps(fit_degradation(fits)))
    return (
        f"{len(fitting)} of {len(pairs)} pairs fit; {out / REPORT} says what remains of each, "
        f"{out / FITTED} what makes the coarse images coarse\n{show_library(out)}"
    )


def _fitting(report: GrowingTable, out: Path) -> list[Row]:
    """Give the lines of the pairs that fit; if there is none, say why."""
    fitting = [row for row in report.rows if row["tiles"] != "0"]
    if not fitting:
        first = report.rows[0]
        raise ImageError(
            f"none of the {len(report.rows)} pairs fits, as {out / REPORT} says; of the first, "
            f"{first['pair']}: {first['misfit']}"
        )
    return fitting


@dataclass(frozen=True)
class _Survey:
    """What must be known of all pairs before the first is registered.

    Parameters
    ----------
    factor
        Sharp pixels for each coarse one.
    tile
        Rows and columns of a coarse tile.
    fields
        The field that a pair shows, by its name.
    """

    factor: int
    tile: tuple[int, int]
    fields: Mapping[str, str]


def _survey(pairs: Sequence[PairFiles]) -> _Survey:
    """Look at all pairs that can be read."""
    names: list[str] = []
    factors: list[int] = []
    shapes: list[tuple[int, int]] = []

    def sharp() -> Iterator[Grey]:
        for pair in pairs:
            try:
                low, high = pair.read()
            except ColonnadeError:
                continue  # Its reason is said when it is its turn.
            names.append(pair.name)
            if len(factors) < ASKED:
                factors.append(likely_factor(low, high))
            shapes.append(low.shape)
            yield high.pixels

    fields = same_fields(sharp())
    factor = Counter(factors).most_common(1)[0][0] if factors else FACTORS[0]
    height, width = (
        max(LEAST_SIDE, min(LARGEST_TILE // factor, int(SHARE * min(sides))) // STEP * STEP)
        for sides in zip(*(shapes or [(LEAST_SIDE, LEAST_SIDE)]), strict=True)
    )
    shown = {name: names[field] for name, field in zip(names, fields, strict=True)}
    return _Survey(factor, (height, width), shown)


class _Books:
    """The library and the report, side by side."""

    def __init__(self, folder: Path, identity: str, survey: _Survey, material: str) -> None:
        self.folder, self.identity, self.material = folder, identity, material
        self.factor, self.tile = survey.factor, survey.tile
        self._library(0)
        remove_left(folder, inside=True)
        self.report = GrowingTable(folder / REPORT, COLUMNS)

    def _library(self, count: int) -> Library:
        height, width = self.tile
        size = (height * self.factor, width * self.factor)
        return create_library(self.folder, self.identity, size, self.factor, count)

    @property
    def done(self) -> set[str]:
        """Names of the pairs that are in the report."""
        return {row["pair"] for row in self.report.rows}

    def add(self, files: PairFiles, survey: _Survey) -> None:
        """Register a pair, and write its tiles and then its line."""
        row = dict.fromkeys(COLUMNS, "") | {"pair": files.name, "tiles": "0"}
        try:
            low, high = files.read()
            for image in (low, high):
                for note in image.metadata["notes"]:
                    warn(f"{image.name}: {note}")
            found = register(
                low.pixels,
                high.pixels,
                self.factor,
                scale=calibrated_scale(low, high),
                material=self.material,
            )
            tiles = list(_tiles(found.pair, self.tile))
            if not tiles:
                height, width = found.pair.low.shape
                raise MisfitError(
                    f"both images have only {height} x {width} coarse pixels in common, and a "
                    f"tile has {self.tile[0]} x {self.tile[1]}; import it without larger ones"
                )
        except ColonnadeError as error:
            row["misfit"] = reason(error)
            warn(f"{files.name}: {reason(error)}")
        else:
            field = survey.fields[files.name]
            first = sum(int(each["tiles"]) for each in self.report.rows)
            row |= _row(found) | {FIELD: field, "first_tile": str(first), "tiles": str(len(tiles))}
            library = self._library(first + len(tiles))
            drawn = {"picture": files.name, FIELD: field, **_drawn(found)}
            for number, tile in enumerate(tiles, first):
                library.put(number, entry_of(replace(tile, drawn=drawn)))
        self.report.append(row)


def _tiles(pair: Pair, size: tuple[int, int]) -> Iterator[Pair]:
    """Cut a pair into tiles that cover all of it, and overlap where they must."""
    factor, (height, width) = pair.factor, size
    tops, lefts = map(_starts, pair.low.shape, size)
    for top, left in product(tops, lefts):
        low = pair.low[top : top + height, left : left + width]
        fine = slice(factor * top, factor * (top + height))
        across = slice(factor * left, factor * (left + width))
        yield Pair(low, pair.high[fine, across], factor, pair.material)


def _starts(whole: int, side: int) -> Indices:
    """Where tiles of this side begin that leave nothing over; nowhere where it is longer."""
    count = -(-whole // side) if whole >= side else 0
    return np.linspace(0, whole - side, count).round().astype(np.intp)


def _drawn(found: Registered) -> dict[str, float | str]:
    """What remains of a pair, for the page of the library."""
    row = _row(found)
    return {f"registration.{name}": float(value) for name, value in row.items()}


def _row(found: Registered) -> dict[str, str]:
    """What remains of a pair, for its line in the report."""
    numbers = {
        "scale": found.scale,
        "rotation_deg": found.rotation,
        "shift_error_px": found.error,
        "overlap": found.overlap,
        "gain": found.grey.gain,
        "offset": found.grey.offset,
        "correlation_with_sharp": found.correlation,
        "rest_sigma": found.rest,
        "noise_sigma": found.noise.sigma,
        **asdict(InstrumentFit.of(found)),
    }
    return {name: f"{number:.6g}" for name, number in numbers.items()}
