"""What is worked on: an image or the slices of a stack, each read when it is its turn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import ImageError
from colonnade.core.files.canvas import Sheet
from colonnade.core.files.open import read_frames
from colonnade.core.files.signals import SEVERAL
from colonnade.core.images.micrograph import Micrograph, plain_array
from colonnade.core.images.pixel_size import PixelSize, along_both_axes
from colonnade.core.images.tiles import Readable
from colonnade.core.images.volume import Volume, VoxelSize
from colonnade.core.work.plain import plain

Image = str | Path | NDArray[np.generic] | Micrograph | Volume
"""What can be worked on: a file, an array (y, x) or (z, y, x), an image or a volume."""

Slice = Callable[[int], tuple[Readable, tuple[str, ...]]]
"""Gives the grey levels (y, x) of a slice, and says in sentences what was done to it."""


@dataclass(frozen=True, eq=False)
class Source:
    """An image, or a stack of slices.

    Parameters
    ----------
    name
        What it is called.
    shape
        Axes (y, x) or (z, y, x).
    dtype
        Number type of the grey levels.
    grey
        Gives each slice.
    voxel_size
        Along (z, y, x) [nm]; None along an axis that has no calibration.
    metadata
        What the microscope wrote down.
    held
        What of it is in memory as long as it is open [bytes].
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    grey: Slice
    voxel_size: VoxelSize = (None, None, None)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    held: int = 0

    def __post_init__(self) -> None:
        if self.dtype.kind == "b":
            raise ImageError(
                f"{self.name} is a mask of true and false and has no grey levels; take the "
                "image that it was made of"
            )

    @property
    def count(self) -> int:
        """Number of slices."""
        return self.shape[0] if len(self.shape) == 3 else 1

    @property
    def aspect(self) -> float:
        """Height of a pixel over its width."""
        _, size_y, size_x = self.voxel_size
        return 1.0 if size_y is None or size_x is None else size_y / size_x

    @property
    def notes(self) -> tuple[str, ...]:
        """What was doubted when it was opened."""
        return tuple(self.metadata.get("notes", ()))

    def calibrated(self, pixel_size: PixelSize | None) -> "Source":
        """Give it another pixel size [nm], if there is one to give."""
        if pixel_size is None:
            return self
        return replace(self, voxel_size=(self.voxel_size[0], *along_both_axes(pixel_size)))

    def finer(self, factor: int, thinner: int = 1) -> Sheet:
        """Describe what comes of it.

        Parameters
        ----------
        factor
            How many times as fine its planes become.
        thinner
            How many slices come of each of a stack.
        """
        thickness, *sizes = self.voxel_size
        finer_y, finer_x = (size and size / factor for size in sizes)
        *depth, height, width = self.shape
        shape = (*(thinner * count for count in depth), factor * height, factor * width)
        voxel_size = (thickness and thickness / thinner, finer_y, finer_x)
        return Sheet(shape, self.dtype, voxel_size, plain(self.metadata))

    def image_of(
        self, levels: NDArray[np.generic], voxel_size: VoxelSize, notes: Sequence[str]
    ) -> Micrograph | Volume:
        """Give grey levels that were made of it as an image, or a volume, with its metadata.

        Parameters
        ----------
        levels
            Axes (y, x) or (z, y, x).
        voxel_size
            Along (z, y, x) [nm]; None along an axis that has no calibration.
        notes
            What is to be known of them, a sentence each.
        """
        metadata = {**self.metadata, "notes": list(notes)}
        if levels.ndim == 3:
            return Volume(levels, voxel_size, self.name, metadata)
        _, size_y, size_x = voxel_size
        pixel_size = None if size_y is None or size_x is None else (size_y, size_x)
        return Micrograph(levels, pixel_size, self.name, metadata)


def open_source(
    path: Path, *, signal: str | None = None, frame: int | None = None, name: str | None = None
) -> Source:
    """Open a file without reading more of it than is needed.

    Parameters
    ----------
    path
        A file of any microscope format.
    signal
        Which image, in a file with several.
    frame
        Which frame of a stack; all of them if None.
    name
        What to call it; by default as the file.
    """
    frames = read_frames(path, signal=signal, frame=frame)
    several = frames.kind in SEVERAL and frame is None
    return Source(
        name or frames.name,
        (len(frames), *frames.shape) if several else frames.shape,
        frames.dtype,
        frames.grey,
        frames.voxel_size,
        frames.metadata,
        frames.held,
    )


def held_source(image: NDArray[np.generic] | Micrograph | Volume) -> Source:
    """Take an image or a volume that is in memory, or that gives its planes."""
    if isinstance(image, Micrograph):
        sizes = image.pixel_size or (None, None)
        grey = partial(_plane, lambda _: image.pixels)
        dtype = image.pixels.dtype
        return Source(image.name, image.shape, dtype, grey, (None, *sizes), image.metadata)
    if isinstance(image, Volume):
        dtype = image.dtype.newbyteorder("=")
        grey = partial(_plane, image.plane)
        return Source(image.name, image.shape, dtype, grey, image.voxel_size, image.metadata)
    array = plain_array(image)
    if array.ndim == 3 and array.shape[2] in (3, 4):
        raise ImageError(
            f"an array of the shape {array.shape} looks like a colour image; give one channel"
        )
    return held_source(Volume(array) if array.ndim == 3 else Micrograph(array))


def source_of(image: Image) -> Source:
    """Take whatever can be worked on."""
    if isinstance(image, str | Path):
        return open_source(Path(image))
    return held_source(image)


def _plane(
    read: Callable[[int], NDArray[Any]], index: int
) -> tuple[NDArray[Any], tuple[str, ...]]:
    return read(index), ()
