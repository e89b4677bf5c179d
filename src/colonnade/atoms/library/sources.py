"""Where labelled images come from: simulated when they are needed, or read from a library."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.index import crystal_families
from colonnade.atoms.library.masks import masks
from colonnade.atoms.simulate.image import Simulated, Simulation, simulate
from colonnade.atoms.simulate.specimen.crystals import check_crystals, crystal_files
from colonnade.core.data.fill import fill_library
from colonnade.core.data.library import Entry, Library
from colonnade.core.data.source import StoredSource
from colonnade.core.data.split import Families
from colonnade.core.errors import FileError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import dumps

ELECTRONS = ("clean", "no_background", "sharpened")
"""The images that a library keeps of each simulated one, rounded, beside what is recorded."""

MASKS = ("gaussian_mask", "circular_mask", "small_circular_mask")
"""The masks that it keeps."""

MEASURED = ("y", "x", "intensity", "width")
"""What it keeps of each column beside the labels."""


@dataclass(frozen=True)
class Simulator:
    """Simulates image number `i` of an endless library."""

    recipe: Simulation
    seed: int
    part: int = 0
    """Separates the images of one seed that serve different ends, as in training and testing."""

    def __post_init__(self) -> None:
        # Before a folder is made for images that cannot be.
        check_crystals(self.recipe.specimen.crystals)

    @property
    def identity(self) -> str:
        """The recipe, the seed, and what the crystal files hold that the recipe names."""
        text = f"{dumps(self.recipe)}seed = {self.seed}\npart = {self.part}\n"
        crystals = crystal_files(self.recipe.specimen.crystals)
        return text + "".join(f"sha256 = {_digest(path)}\n" for path in crystals)

    def __call__(self, index: int) -> Simulated:
        """Simulate one image."""
        return simulate(self.recipe, np.random.default_rng([self.seed, self.part, index]))


class LibrarySource(StoredSource[Simulated]):
    """Reads the images of a library, over and over again.

    Parameters
    ----------
    folder
        Of the library.
    part
        All images, or one side of a split that no crystal is on both sides of.
    """

    kinds = ("image", *ELECTRONS)
    family = "crystal"

    def families(self, entry: Entry) -> Families:
        """Give the crystals that an image shows."""
        return crystal_families(str(entry.drawn.get("crystal", "none")))

    def restore(self, entry: Entry, name: str) -> Simulated:
        """Make a labelled image of what the library keeps of it."""
        images, table = dict(entry.images), dict(entry.table)
        measured = {name: table.pop(name) for name in MEASURED}
        return Simulated(
            image=Micrograph(images.pop("image"), entry.pixel_size, name),
            columns=Columns(**measured, labels=table, pixel_size=entry.pixel_size),
            drawn=entry.drawn,
            **images,
        )


def write_library(
    source: Simulator,
    count: int,
    folder: Path,
    progress: Progress,
    *,
    workers: int = 1,
    scheduler: str | None = None,
) -> None:
    """Simulate a library; images that are already there are left as they are.

    Parameters
    ----------
    source
        What to simulate.
    count
        Number of images.
    folder
        Where the library is, or shall be.
    progress
        Called with the number of finished images and of all.
    workers, scheduler
        Who does it, as for `colonnade.core.data.fill.fill_library`.
    """
    create_library(folder, source.identity, source.recipe.size, count)
    fill_library(folder, source, entry_of, count, progress, workers=workers, scheduler=scheduler)


def create_library(folder: Path, identity: str, size: tuple[int, int], count: int) -> Library:
    """Begin a library of labelled images, or go on with one of the same identity.

    Parameters
    ----------
    folder
        Where it is, or shall be.
    identity
        Text that determines every image.
    size
        Rows and columns of the images [px].
    count
        Number of images.
    """
    kinds = dict.fromkeys(("image", *ELECTRONS), "f4") | dict.fromkeys(MASKS, "u1")
    return Library.create(folder, identity, size=size, count=count, kinds=kinds, rounded=ELECTRONS)


def entry_of(made: Simulated) -> Entry:
    """Give what a library keeps of a labelled image: with its masks, the columns as a table."""
    columns = made.columns
    electrons = {name: getattr(made, name) for name in ELECTRONS}
    return Entry(
        images={"image": made.image.pixels} | electrons | masks(columns, made.image.shape),
        pixel_size=made.image.pixel_size,
        table={name: getattr(columns, name) for name in MEASURED} | dict(columns.labels),
        drawn=made.drawn,
    )


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise FileError(f"the crystal file {path} cannot be read: {error.strerror}") from error
