"""The images of a signal, each read from its file when it is needed, whole or in parts."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from colonnade.core.files.mapped import is_held
from colonnade.core.files.signals import IN_COLOUR, SEVERAL, Signal, luminance
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.tiles import Readable
from colonnade.core.images.volume import Slices, VoxelSize

LARGEST_READ = 1 << 28
"""Images that need more memory than this are read part by part [bytes]."""


class Frames(Sequence[Micrograph]):
    """The images of one signal; each is read from the file when it is needed.

    Parameters
    ----------
    signal
        A readable signal of a file.
    frames
        Which frames, in which order.
    name
        What to call the image; the frames of a stack add their number.
    """

    def __init__(self, signal: Signal, frames: range, name: str) -> None:
        self._signal = signal
        self._frames = frames
        self._name = name

    @property
    def kind(self) -> str:
        """What the signal is, for example ``"tilt series"``."""
        return self._signal.kind

    @property
    def name(self) -> str:
        """What to call the image."""
        return self._name

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each image."""
        height, width = self._signal.shape[-2:]
        return height, width

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number type of the grey levels, or of each colour."""
        kind: np.dtype[Any] = self._signal.array.dtype
        return (kind[0] if kind.names else kind).newbyteorder("=")

    @property
    def voxel_size(self) -> VoxelSize:
        """Distance from one frame to the next, and size of a pixel along (y, x) [nm]."""
        return (self._signal.slice_thickness, *(self._signal.pixel_size or (None, None)))

    @property
    def tilts(self) -> tuple[float, ...] | None:
        """Angle of each frame of a tilt series [degrees]; None for every other kind."""
        tilts = self._signal.tilts
        return None if tilts is None else tuple(tilts[frame] for frame in self._frames)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the microscope wrote down, and a list of ``notes``."""
        return {**self._signal.metadata, "notes": [*self._signal.notes]}

    @property
    def held(self) -> int:
        """What of the file is in memory as long as it is open [bytes].

        It is all of it where its format gives no parts, as compressed images do.
        """
        array = self._signal.array
        return int(array.nbytes) if is_held(array) else 0

    def grey(self, index: int) -> tuple[Readable, tuple[str, ...]]:
        """Give the grey levels of a frame, and say in sentences what was done to it.

        A small one is read; a large one stays in the file, and is read part by part.
        """
        frame, signal = self._frames[index], self._signal
        if prod(self.shape) * self.dtype.itemsize <= LARGEST_READ:
            return signal.plane(frame)
        remarks = (IN_COLOUR,) if signal.is_colour else ()
        return Parts(signal, frame), remarks

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> Micrograph: ...

    @overload
    def __getitem__(self, index: slice) -> "Frames": ...

    def __getitem__(self, index: int | slice) -> "Micrograph | Frames":
        """Read one frame, or take some of them without reading any."""
        if isinstance(index, slice):
            return Frames(self._signal, self._frames[index], self._name)
        return self._read(self._frames[index])

    def __iter__(self) -> Iterator[Micrograph]:
        return map(self._read, self._frames)

    def _read(self, frame: int) -> Micrograph:
        signal, name = self._signal, self._name
        pixels, remarks = signal.plane(frame)
        metadata = {**signal.metadata, "notes": [*signal.notes, *remarks]}
        if signal.kind in SEVERAL:
            metadata["frame"] = {"index": frame, **_position(signal, frame)}
            name += f".frame{frame:0{len(str(signal.frames - 1))}d}"
        return Micrograph(pixels, signal.pixel_size, name, metadata)


class Parts:
    """Parts of one frame, each read from the file when it is needed."""

    def __init__(self, signal: Signal, frame: int) -> None:
        self._signal = signal
        self._frame = (frame,) if signal.kind in SEVERAL else ()
        self.shape = signal.shape[-2:]

    def __getitem__(self, part: tuple[slice, slice]) -> NDArray[Any]:
        seen = self._signal.read((*self._frame, *part))
        return luminance(seen) if self._signal.is_colour else seen


class Voxels:
    """Blocks of a signal of several frames, each read from the file when it is needed."""

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self.shape = signal.shape
        self.dtype: np.dtype[Any] = (
            np.dtype(np.float32) if signal.is_colour else signal.array.dtype.newbyteorder("=")
        )

    def __getitem__(self, part: Slices) -> NDArray[Any]:
        block = self._signal.read(part)
        grey = luminance(block) if self._signal.is_colour else block
        return grey.astype(self.dtype, copy=False)


def _position(signal: Signal, frame: int) -> dict[str, Any]:
    """Where a frame lies along the first axis, and the unit of that."""
    if signal.tilts is not None:
        return {"position": signal.tilts[frame], "unit": "deg"}
    axis = signal.axes[0]
    return {"position": axis.offset + frame * axis.scale, "unit": axis.unit}
