"""Where labelled images come from: simulated when they are needed, or read from a library."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.index import Part, split_by_family
from colonnade.atoms.library.masks import masks
from colonnade.atoms.simulate.image import Simulated, Simulation, simulate
from colonnade.atoms.simulate.specimen.crystals import check_crystals, crystal_files
from colonnade.core.data.library import Entry, Library
from colonnade.core.errors import FileError, RecipeError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import dumps

ELECTRONS = ("clean", "no_background", "sharpened")
"""The images that a library keeps of each simulated one, rounded, beside what is recorded."""

MASKS = ("gaussian_mask", "circular_mask", "small_circular_mask")
"""The masks that it keeps."""

MEASURED = ("y", "x", "intensity", "width")
"""What it keeps of each column beside the labels."""

SHARES, MOST = 64, 16
"""A library is made in about so many shares, none of more images than this."""


class Source(Protocol):
    """Gives labelled image number `i`, always the same."""

    @property
    def identity(self) -> str:
        """Text that determines every image."""

    def __call__(self, index: int) -> Simulated:
        """Give one labelled image."""


class Collection(Source, Protocol):
    """A source of so many different images."""

    def __len__(self) -> int:
        """Count the images."""


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


class LibrarySource:
    """Reads the images of a library, over and over again.

    Parameters
    ----------
    folder
        Of the library.
    part
        All images, or one side of a split by `split_by_family`.
    """

    def __init__(self, folder: Path, part: Part = "all") -> None:
        self.library, self.part = Library.open(folder), part
        if not len(self.library):
            raise FileError(f"the library {folder} is to have no images; simulate some")
        self.numbers = np.arange(len(self.library))
        if part != "all":
            drawn = [self.library.read(int(number), ()).drawn for number in self.numbers]
            families = [str(one.get("crystal", "none")) for one in drawn]
            self.numbers = split_by_family(families, part)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def identity(self) -> str:
        """The text that the library was made from, and which part of it this is."""
        part = "" if self.part == "all" else f"part = {self.part}\n"
        return self.library.identity + part

    def __call__(self, index: int) -> Simulated:
        """Read one image."""
        number = int(self.numbers[index % len(self)])
        entry = self.library.read(number, ("image", *ELECTRONS))
        images, table = dict(entry.images), dict(entry.table)
        measured = {name: table.pop(name) for name in MEASURED}
        return Simulated(
            image=Micrograph(images.pop("image"), entry.pixel_size, f"{number:06d}"),
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
) -> Library:
    """Simulate a library; images that are already there are left as they are.

    The images do not depend on how many processes make them; to the last bit, they may depend on
    the kind of processor.

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
    workers
        How many processes simulate; with one it is this one.
    scheduler
        Address of a Dask scheduler, such as ``tcp://host:8786``, whose workers are to do it
        instead. They must see the folder under the same path.
    """
    library = create_library(folder, source.identity, source.recipe.size, count)
    missing = [index for index in range(count) if not library.has(index)]
    size = min(max(1, len(missing) // SHARES), MOST)
    shares = [missing[start : start + size] for start in range(0, len(missing), size)]
    done = count - len(missing)
    progress(done, count)
    write = partial(_write_share, source, folder.absolute())
    for written in run(write, shares, workers=workers, scheduler=scheduler):
        done += written
        progress(done, count)
    return library


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


def named_recipe(name: str) -> Path:
    """Find a recipe: a file, or one that the package carries.

    Raises
    ------
    RecipeError
        If there is neither.
    """
    if Path(name).is_file():
        return Path(name)
    carried = {path.stem: path for path in sorted(_recipes().glob("*.toml"))}
    if name not in carried:
        raise RecipeError(
            f"there is no file {name}, nor a recipe of that name; there are: {', '.join(carried)}"
        )
    return carried[name]


def _recipes() -> Path:
    """Give the folder of the recipes: part of the package, or beside it in a checkout."""
    package = Path(str(files("colonnade")))
    carried = package / "recipes" / "atoms"
    return carried if carried.is_dir() else package.parents[1] / "recipes" / "atoms"


def _write_share(source: Simulator, folder: Path, indices: Sequence[int]) -> int:
    library = Library.open(folder)
    for index in indices:
        # A worker that died, or another run, may have made it.
        if not library.has(index):
            library.put(index, entry_of(source(index)))
    return len(indices)


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
