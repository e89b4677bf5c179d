"""Sharp images of one's own, made coarse when they are needed: pairs to learn from."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.data.left_out import warn_of_left_out
from colonnade.core.data.split import Part, split_by_family
from colonnade.core.errors import ColonnadeError, FileError, ImageError, warn
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import read_frames
from colonnade.core.images.binning import Binning
from colonnade.core.images.repair import repair
from colonnade.core.images.same_field import same_fields
from colonnade.core.measures.noise import measure_noise
from colonnade.core.work.recipe import dumps, load
from colonnade.sem.library.degradation import Degradation, GreyScale, degrade
from colonnade.sem.library.resolved import SHARP, blocks_for, resolved
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation

FEWEST = 5
"""With fewer images, a model became worse on others of the same instrument than it was before."""

FEWEST_TO_CALIBRATE = 3
"""With fewer images nothing can be said of how well intervals hold on another one."""

MOST_FRAMES = 32
"""So many frames of a stack, evenly spread, stand for all: those beside each other are alike."""

FITTED = "degradation.toml"
"""Recipe of the degradation, where a folder has its own."""


@dataclass(frozen=True, eq=False)
class OwnImage:
    """A sharp image.

    Parameters
    ----------
    pixels
        Grey levels, axes (y, x), in the type in which they came.
    name
        Of its file, with the number of its frame.
    field
        What must not be on both sides of a split: a field, a stack, or a folder of one specimen.
    block
        Blocks of so many pixels along a side are averaged.
    """

    pixels: NDArray[Any]
    name: str
    field: str
    block: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns [blocks]."""
        height, width = self.pixels.shape
        return height // self.block, width // self.block

    @cached_property
    def scale(self) -> GreyScale:
        """What its grey levels mean."""
        whole = self.pixels.dtype.kind in "ui"
        top = int(np.iinfo(self.pixels.dtype).max) if whole else 0
        return GreyScale.of(self.pixels.astype(np.float32), top)

    @cached_property
    def noise(self) -> float:
        """Standard deviation of its noise [grey levels]."""
        return measure_noise(self.part((0, 0), self.shape)).sigma

    def part(self, corner: tuple[int, int], size: tuple[int, int]) -> NDArray[np.float32]:
        """Cut a part out, at a corner and of a size in blocks."""
        (top, left), (height, width), block = corner, size, self.block
        rows = slice(top * block, (top + height) * block)
        columns = slice(left * block, (left + width) * block)
        return Binning(block, block).apply(self.pixels[rows, columns].astype(np.float32))


class OwnImages:
    """Parts of sharp images, and what an instrument with larger pixels makes of them.

    Parameters
    ----------
    images
        The sharp images.
    simulation
        How large the parts are, and the factor.
    degradation
        What makes the coarse images.
    material
        What the images show.
    origin
        Text that determines the images.
    """

    def __init__(
        self,
        images: Sequence[OwnImage],
        simulation: Simulation,
        degradation: Degradation,
        material: str,
        origin: str,
    ) -> None:
        self.images, self.size, self.factor = images, simulation.size, simulation.factor
        self.degradation, self.material, self.origin = degradation, material, origin
        self.parts = [self._count(image.shape) for image in images]

    def _count(self, shape: tuple[int, int]) -> int:
        """Count the parts that fit into an image side by side."""
        return (shape[0] // self.size[0]) * (shape[1] // self.size[1])

    def __len__(self) -> int:
        return sum(self.parts)

    @property
    def identity(self) -> str:
        """Which images, and what is made of them."""
        names = "".join(f"image = {image.name}, block = {image.block}\n" for image in self.images)
        sizes = f"size = {self.size}\nfactor = {self.factor}\n"
        return f"{self.origin}{names}{sizes}{dumps(self.degradation)}"

    def __call__(self, index: int) -> Pair:
        """Make a pair of a part of one of the images."""
        rng = np.random.default_rng([SEED, index])
        weights = np.array(self.parts) / len(self)
        image = self.images[int(rng.choice(len(self.images), p=weights))]
        top, left = (
            int(rng.integers(whole - side + 1))
            for whole, side in zip(image.shape, self.size, strict=True)
        )
        pair = degrade(
            image.part((top, left), self.size),
            self.factor,
            self.degradation,
            image.scale,
            rng,
            material=self.material,
        )
        drawn = {**pair.drawn, "picture": image.name, "field": image.field}
        return replace(pair, drawn=drawn, noise=image.noise)


class FewImagesError(ImageError):
    """The images are too few to learn from, and enough to calibrate intervals on.

    Parameters
    ----------
    message
        What is wrong, and what to do.
    fields
        The pairs of each field.
    """

    def __init__(self, message: str, fields: Sequence[OwnImages]) -> None:
        super().__init__(message)
        self.fields = fields


SEED = 20
"""Of the parts that are cut out and of what is made of them; their number decides the rest."""


def open_own_images(
    folder: Path, simulation: Simulation, parts: Sequence[Part] = ("all",)
) -> list[OwnImages]:
    """Open a folder of sharp images.

    Where the folder has a recipe `FITTED`, that makes the images coarse; else the instrument of
    the simulation does, which may be any.

    Parameters
    ----------
    folder
        Holds images, or folders of images, each of one specimen.
    simulation
        How large the parts are, the factor and the instrument.
    parts
        What is wanted: all images, or sides of a split that no field is on both sides of.

    Raises
    ------
    FewImagesError
        If there are too few images to learn from, which intervals can be calibrated on.
    ImageError
        If there are fewer still, or all of one field.
    """
    images = usable_images(folder, simulation)
    degradation = Degradation(simulation.instrument)
    if (folder / FITTED).is_file():
        degradation = load(Degradation, folder / FITTED)
    material, origin = folder.resolve().name, f"sharp images\nsha256 = {_digest(folder)}\n"

    def source(chosen: Sequence[OwnImage], part: str) -> OwnImages:
        whole = f"{origin}part = {part}\n"
        return OwnImages(chosen, simulation, degradation, material, whole)

    if len(images) < FEWEST:
        fields = sorted({image.field for image in images})
        degradation = uncharged(degradation)
        raise FewImagesError(
            _too_few(folder, len(images)),
            [source([one for one in images if one.field == name], name) for name in fields],
        )
    families = [frozenset({image.field}) for image in images]
    return [
        source([images[number] for number in split_by_family(families, part, "field")], part)
        for part in parts
    ]


def uncharged(degradation: Degradation) -> Degradation:
    """Leave charging out: specimens charge, so that sharp images of theirs show it already."""
    return replace(degradation, instrument=replace(degradation.instrument, charging=0.0))


def _too_few(folder: Path, count: int) -> str:
    return (
        f"{folder} has {count} sharp images that can be used, and {FEWEST} are needed: a model "
        "that learns from fewer becomes worse; add images of other fields. With "
        f"{FEWEST_TO_CALIBRATE} the intervals of a model that is begun with can be made right"
    )


def usable_images(folder: Path, simulation: Simulation) -> list[OwnImage]:
    """Read the sharp images of a folder that are sharp and large enough.

    Raises
    ------
    ImageError
        If there are too few, or all of one field.
    """
    images = _sharp(list(_images(folder)), folder)
    large = [image for image in images if _fits(image.shape, simulation.size)]
    height, width = simulation.size
    warn_of_left_out(
        [image.name for image in images if image not in large],
        f"images are smaller than {height} x {width} px",
    )
    if len(large) < FEWEST_TO_CALIBRATE:
        raise ImageError(_too_few(folder, len(large)))
    fields = same_fields(image.part((0, 0), image.shape) for image in large)
    joined = joined_families([image.field for image in large], fields)
    if len(set(joined)) == 1:
        raise ImageError(
            f"all {len(joined)} images in {folder} show one field, one stack or one specimen, and "
            "a model that learns from these becomes worse on others; add images of other fields"
        )
    return [replace(image, field=name) for image, name in zip(large, joined, strict=True)]


def joined_families(names: Sequence[str], fields: Sequence[int]) -> list[str]:
    """Give families one name where any of their images show the same field.

    Parameters
    ----------
    names
        The family of each image.
    fields
        The number of the field that it shows.
    """
    joined = list(names)
    for number in set(fields):
        together = {name for name, field in zip(joined, fields, strict=True) if field == number}
        joined = [min(together) if name in together else name for name in joined]
    return joined


def _fits(shape: tuple[int, int], size: tuple[int, int]) -> bool:
    return shape[0] >= size[0] and shape[1] >= size[1]


def _sharp(images: Sequence[OwnImage], folder: Path) -> list[OwnImage]:
    """Bin all images alike if most of them are soft, and leave out those that are still not sharp.

    Images of one instrument stay on one scale: single ones have little contrast rather than
    another focus.
    """
    frequencies = [resolved(image.part((0, 0), image.shape)) for image in images]
    usual = float(np.median(frequencies)) if frequencies else SHARP
    block = blocks_for(usual)
    if block == 0:
        raise ImageError(
            f"half of the images in {folder} have nothing but noise beyond {usual:.2f} cycles a "
            "pixel, so that they cannot serve as sharp ones; record them longer, or in focus"
        )
    if block > 1:
        warn(
            f"half of the images in {folder} have nothing but noise beyond {usual:.2f} cycles a "
            f"pixel: they are soft, so that blocks of {block} x {block} pixels are averaged"
        )
    sharp = [blocks_for(frequency) in range(1, 2 * block + 1) for frequency in frequencies]
    soft = [image.name for image, good in zip(images, sharp, strict=True) if not good]
    warn_of_left_out(soft, "images are much softer or noisier than the others")
    return [replace(i, block=block) for i, good in zip(images, sharp, strict=True) if good]


def _images(folder: Path) -> Iterator[OwnImage]:
    """Read all images of a folder and of the folders in it; what cannot be read is said."""
    if not folder.is_dir():
        raise FileError(f"{folder} is not a folder; name the one that holds the images")
    for path in _files(folder):
        family = path.stem if path.parent == folder else path.parent.name
        try:
            frames = read_frames(path)
            spread = np.linspace(0, len(frames) - 1, min(len(frames), MOST_FRAMES))
            for number in np.unique(spread.round().astype(int)):
                frame = frames[int(number)]
                repaired, notes = repair(frame.pixels)
                for note in (*frame.metadata.get("notes", ()), *notes):
                    warn(f"{frame.name}: {note}")
                same = frame.pixels.dtype.kind in "ui"
                pixels = repaired.astype(frame.pixels.dtype) if same else repaired
                yield OwnImage(pixels, frame.name, family)
        except ColonnadeError as error:
            warn(f"{path.name} is left out: {error}")


def _files(folder: Path) -> list[Path]:
    """Files that may be images, in the folder and in those that it holds."""
    folders = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    return [
        path
        for each in folders
        for path in sorted(each.iterdir())
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")
    ]


def _digest(folder: Path) -> str:
    content = hashlib.sha256()
    for path in _files(folder):
        content.update(path.name.encode())
        content.update(path.read_bytes())
    return content.hexdigest()
