"""Pairs on disk as a training takes them: some to learn from, others to be tested on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.data.library import METADATA, Entry, Library
from colonnade.core.data.source import Collection
from colonnade.core.data.split import Families, FewFamiliesError, Part
from colonnade.core.errors import ImageError, RecipeError, warn
from colonnade.sem.library.own_images import open_own_images
from colonnade.sem.library.sources import LibrarySource
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation

REGISTERED = "registered pairs"
"""The identity of a library of pairs from elsewhere begins with this."""

FIELD = "field"
"""Name under which such a library keeps what must not be on both sides of a split."""

FEWEST_PIXELS = 20 * 128**2
"""With fewer sharp pixels a model became worse on others of the same instrument, with so many
better: five pairs of 128 x 128 cost 0.3 dB, twenty brought 0.2 dB."""


class RegisteredSource(LibrarySource):
    """Reads the pairs of a library that was made of real ones."""

    family = "field"

    def families(self, entry: Entry) -> Families:
        """Give the field that a pair shows."""
        return frozenset({str(entry.drawn[FIELD])})


@dataclass(frozen=True)
class Patches:
    """Parts of one size of the pairs of a source.

    Parameters
    ----------
    source
        Gives the pairs.
    size
        Rows and columns of the sharp parts [px]; smaller pairs go on as their mirror image.
    """

    source: Collection[Pair]
    size: tuple[int, int]

    @property
    def identity(self) -> str:
        """The text that determines the pairs, and the size."""
        return f"{self.source.identity}size = {self.size}\n"

    def __len__(self) -> int:
        return len(self.source)

    def __call__(self, index: int) -> Pair:
        """Cut a part out of a pair; where, its number decides."""
        pair = self.source(index)
        rng = np.random.default_rng([SEED, index])
        low, high = _at_least(pair.low, self.size, pair.factor), _at_least(pair.high, self.size, 1)
        height, width = (side // pair.factor for side in self.size)
        top, left = (
            int(rng.integers(whole - side + 1))
            for whole, side in zip(low.shape, (height, width), strict=True)
        )
        return replace(
            pair,
            low=low[top : top + height, left : left + width],
            high=high[
                top * pair.factor : (top + height) * pair.factor,
                left * pair.factor : (left + width) * pair.factor,
            ],
        )


def _at_least(image: Single, size: tuple[int, int], block: int) -> Single:
    """Go on with an image's mirror image until it has a size in blocks.

    The edge is repeated, so that coarse and sharp pixels stay where they belong.
    """
    missing = [(0, max(0, s // block - n)) for s, n in zip(size, image.shape, strict=True)]
    return np.pad(image, missing, mode="symmetric")


SEED = 21
"""Of the places of parts; their number decides the rest."""


def open_pairs(
    folder: Path, simulation: Simulation, parts: Sequence[Part] = ("all",)
) -> list[Collection[Pair]]:
    """Open a library of pairs, or a folder of sharp images.

    Parameters
    ----------
    folder
        Where they are.
    simulation
        How large the pairs are to be and their factor; the instrument that makes sharp images
        coarse, if the folder has no recipe of its own for that.
    parts
        What is wanted: all pairs, or sides of a split that no field or material is on both
        sides of.

    Raises
    ------
    FewFamiliesError
        If a simulated library shows too few materials to be split.
    ImageError
        If there are too few images of one's own, or too few fields, to learn from.
    RecipeError
        If the library is of another factor.
    """
    if not (folder / METADATA).is_file():
        return list(open_own_images(folder, simulation, parts))
    registered = Library(folder).identity.startswith(REGISTERED)
    kind = RegisteredSource if registered else LibrarySource
    if registered:
        _check_worth(RegisteredSource(folder), folder)
    return [_patches(kind(folder, part), simulation, folder) for part in parts]


def open_split(
    folder: Path, simulation: Simulation
) -> tuple[Collection[Pair], Collection[Pair] | None]:
    """Open pairs to train on, and others to test on.

    Where a simulated library shows too few materials for that, which is said in a warning, all
    are to train on.
    """
    try:
        train, test = open_pairs(folder, simulation, ("train", "test"))
    except FewFamiliesError:
        warn(f"{folder} has too few materials to keep some aside; scores are of simulated images")
        return open_pairs(folder, simulation)[0], None
    return train, test


def _patches(source: LibrarySource, simulation: Simulation, folder: Path) -> Patches:
    first = source(0)
    if first.factor != simulation.factor:
        raise RecipeError(
            f"the pairs in {folder} have the factor {first.factor} and the recipe has "
            f"{simulation.factor}; choose a recipe or a model of theirs"
        )
    if any(have < want for have, want in zip(first.high.shape, simulation.size, strict=True)):
        height, width = first.high.shape
        warn(
            f"the pairs in {folder} are {height} x {width} px and go on as their mirror image to "
            f"the {simulation.size[0]} x {simulation.size[1]} px of the recipe"
        )
    return Patches(source, simulation.size)


def _check_worth(source: RegisteredSource, folder: Path) -> None:
    """Refuse pairs that a model had better not learn from."""
    entries = [source.library.read(int(number), ()) for number in source.numbers]
    fields = {field for entry in entries for field in source.families(entry)}
    pixels = source(0).high.size * len(entries)
    if pixels < FEWEST_PIXELS:
        raise ImageError(
            f"the pairs in {folder} have {pixels} sharp pixels, and {FEWEST_PIXELS} are needed: a "
            "model that learns from fewer becomes worse; register more"
        )
    if len(fields) == 1:
        raise ImageError(
            f"all pairs in {folder} show one field, and a model that learns from these becomes "
            "worse on others; register pairs of other fields too"
        )
