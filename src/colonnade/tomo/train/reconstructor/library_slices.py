"""Slices of the series of a library, whose volumes are known, to learn from."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from colonnade.core.arrays import Indices
from colonnade.core.data.left_out import warn_of_left_out
from colonnade.core.data.library import Entry
from colonnade.core.data.split import FewFamiliesError, Part
from colonnade.core.errors import FileError, warn
from colonnade.core.work.draws import Range
from colonnade.tomo.library.aligned import is_aligned, prepared
from colonnade.tomo.library.sources import ANGLE, VOLUME, LibrarySource
from colonnade.tomo.reconstruct.tv import LEVEL
from colonnade.tomo.train.reconstructor.prepared import (
    GEOMETRIES,
    WEIGHT_PART,
    Slice,
    draw_weight,
    make_slice,
)

if TYPE_CHECKING:  # processes that make slices do without torch
    from colonnade.tomo.train.reconstructor.task import ReconstructorRecipe

ROW_PART = 8
"""Part of a seed from which it is drawn in which order rows are taken."""

FAINTEST = 0.1
"""Slices fainter than this share of their volume show too little of a specimen to learn from."""


@dataclass(frozen=True)
class LibrarySlices:
    """Makes slice number `i` of a library, reconstructed by total variation and by SIRT.

    Parameters
    ----------
    folder
        Of the library.
    part
        Which side of its split by families.
    rows
        Of each slice the number of its series on that side, and where it is along the tilt axis.
    seed
        Decides the weights of the total variation.
    weights
        Their range [noise of the views].
    views
        No series of the library has more.
    size
        Of a slice, along z and x [px].
    """

    folder: Path
    part: Part
    rows: tuple[tuple[int, int], ...]
    seed: int
    weights: Range
    views: int
    size: tuple[int, int]

    @classmethod
    def of(
        cls, folder: Path, part: Part, recipe: "ReconstructorRecipe", most: int
    ) -> "LibrarySlices":
        """Choose at most so many slices, in an order that the recipe's seed decides.

        Raises
        ------
        FileError
            If no series is aligned, or the network cannot take slices of that size.
        """
        source = _source(folder, part)
        entries = [source.library.read(int(number), ()) for number in source.numbers]
        rows = [
            (index, int(row))
            for index in _usable(source, entries)
            for row in _shown_rows(source, index)
        ]
        if not rows:
            raise FileError(f"{folder} has no aligned series to learn from; simulate some")
        np.random.default_rng([recipe.seed, ROW_PART]).shuffle(rows)
        depth, _, width = source(rows[0][0]).truth.shape
        stride = recipe.network.stride
        if depth % stride or width % stride:
            raise FileError(
                f"the slices of {folder} are {depth} x {width} px, and the sides of those that a "
                f"network learns from are multiples of {stride}; bring others"
            )
        views = max(len(entry.table[ANGLE]) for entry in entries)
        chosen = tuple(rows[:most])
        return cls(folder, part, chosen, recipe.seed, recipe.weights, views, (depth, width))

    @property
    def identity(self) -> str:
        """What determines the slices."""
        library = _source(self.folder, self.part).identity
        rows = sha256(repr(self.rows).encode()).hexdigest()
        return f"{library}rows = {rows}\nseed = {self.seed}\ntv_weights = {list(self.weights)}\n"

    def __len__(self) -> int:
        return len(self.rows)

    def __call__(self, index: int) -> Slice:
        """Make a slice."""
        number, row = self.rows[index]
        made = _source(self.folder, self.part)(number)
        whole, place = prepared(made), slice(row, row + 1)
        series = replace(whole, views=np.asarray(whole.views[:, place, :]))
        rng = np.random.default_rng([self.seed, WEIGHT_PART, index])
        weight, noise = draw_weight(self.weights, rng), made.noise / made.beam
        return make_slice(series, noise, weight, made.truth[:, place], made.family)


def open_slices(
    folder: Path, recipe: "ReconstructorRecipe"
) -> tuple[LibrarySlices, LibrarySlices | None]:
    """Open slices to learn from, and others of other families to calibrate and score on.

    Where there are too few families for that, which is said in a warning, all are learned from.
    """
    held_out = 2 * recipe.validation_slices
    try:
        train = LibrarySlices.of(folder, "train", recipe, recipe.slices)
        return train, LibrarySlices.of(folder, "test", recipe, held_out)
    except FewFamiliesError:
        warn(f"{folder} has too few families to keep some aside; scores are of simulated slices")
        return LibrarySlices.of(folder, "all", recipe, recipe.slices), None


@cache
def _source(folder: Path, part: Part) -> LibrarySource:
    return LibrarySource(folder, part)


def _usable(source: LibrarySource, entries: Sequence[Entry]) -> list[int]:
    """List series that are aligned, at tilts that are not too many, and warn of the others."""
    aligned = [index for index, entry in enumerate(entries) if is_aligned(entry)]
    tilts = [tuple(entry.table[ANGLE]) for entry in entries]
    counted = Counter(tilts[index] for index in aligned)
    common = {one for one, _ in counted.most_common(GEOMETRIES)}
    usable = [index for index in aligned if tilts[index] in common]

    def named(indices: Iterable[int]) -> list[str]:
        return [f"{source.numbers[index]:06d}" for index in indices]

    shifted = sorted(set(range(len(entries))) - set(aligned))
    warn_of_left_out(named(shifted), "series are not aligned")
    others = sorted(set(aligned) - set(usable))
    warn_of_left_out(named(others), f"series have tilts beyond the {GEOMETRIES} commonest sets")
    return usable


def _shown_rows(source: LibrarySource, index: int) -> Indices:
    """List the slices of a series that show enough of its specimen."""
    number = int(source.numbers[index])
    volume = source.library.read(number, (VOLUME,)).images[VOLUME]
    levels = np.quantile(volume, LEVEL, axis=(0, 2))
    return np.flatnonzero((levels > 0) & (levels >= FAINTEST * levels.max()))
