"""What one entry of a microscope file is: an image, a stack, or something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from colonnade.core.files.guard import reading
from colonnade.core.files.units import dimension, to_degrees, to_nm
from colonnade.core.images.pixel_size import is_plausible

Kind = Literal[
    "image",
    "rgb",
    "stack",
    "tilt series",
    "volume",
    "spectrum",
    "diffraction",
    "complex",
    "empty",
    "other",
]

SEVERAL: tuple[Kind, ...] = ("stack", "tilt series", "volume")
"""The kinds that hold several images: a volume's are its slices."""

READABLE: tuple[Kind, ...] = ("image", "rgb", *SEVERAL)
"""The kinds that micrographs can be made of."""

IN_COLOUR = "the image is in colour, so its luminance is used"
"""Said of an image whose pixels have several colours that differ."""

_LUMA = np.array([0.299, 0.587, 0.114])
_SPECTRAL_NAMES = ("energy", "energy loss", "wavelength", "wavenumber")


@dataclass(frozen=True)
class Axis:
    """One axis of the data, as the file gives it.

    Parameters
    ----------
    name
        For example ``"y"``; empty if the file names none.
    size
        Number of samples.
    scale
        Step between samples [unit]; NaN if the samples are not evenly spaced.
    offset
        Position of sample 0 [unit].
    unit
        In the file's own spelling; empty if there is none.
    """

    name: str
    size: int
    scale: float = 1.0
    offset: float = 0.0
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Signal:
    """One entry of a file, its pixels not read yet.

    Parameters
    ----------
    path, format
        Its file, and the name of that file's format.
    index
        Its number in the file, from 0.
    title
        Its name in the file, or the file's own.
    kind
        What it is; the kinds in `READABLE` hold micrographs.
    axes
        Its axes in the order of the array; an image's are the last two, (y, x).
    pixel_size
        Size of a pixel along (y, x) [nm], or None without a calibration.
    tilts
        Angle of each frame of a tilt series [degrees]; None for every other kind.
    slice_thickness
        Distance from one slice of a volume to the next [nm]; None for every other kind.
    metadata
        What the microscope wrote down.
    notes
        Sentences that the user should know of.
    array
        The data, of NumPy or Dask, or still in the file; a colour axis comes after `axes`.
    """

    path: Path
    format: str
    index: int
    title: str
    kind: Kind
    axes: tuple[Axis, ...]
    pixel_size: tuple[float, float] | None
    tilts: tuple[float, ...] | None
    slice_thickness: float | None
    metadata: Mapping[str, Any]
    notes: tuple[str, ...]
    array: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of samples along each axis; the colours of a pixel do not count."""
        return tuple(axis.size for axis in self.axes)

    @property
    def dtype(self) -> str:
        """Name of the number type in the file, for example ``"uint16"``."""
        kind: np.dtype[Any] = self.array.dtype
        return "colour" if kind.names else kind.name

    @property
    def is_colour(self) -> bool:
        """Whether a pixel has several colours."""
        return bool(self.array.dtype.names) or self.array.ndim > len(self.axes)

    @property
    def frames(self) -> int:
        """Number of images it holds."""
        return self.axes[0].size if self.kind in SEVERAL else 1

    def plane(self, frame: int) -> tuple[NDArray[Any], tuple[str, ...]]:
        """Read the grey levels of one image, and say in sentences what was done to it.

        Raises
        ------
        FileError
            If its pixels cannot be read.
        """
        pixels = self.read((frame,) if self.kind in SEVERAL else ())
        if not self.is_colour:
            return pixels, ()
        red, green, blue = (pixels[..., channel] for channel in range(3))
        if np.array_equal(red, green) and np.array_equal(green, blue):
            return red, ()
        return luminance(pixels), (IN_COLOUR,)

    def read(self, part: tuple[int | slice, ...]) -> NDArray[Any]:
        """Read a part of the pixels; where they have colours, these are the last axis.

        Raises
        ------
        FileError
            If they cannot be read.
        """
        with reading(self.path, self.format):
            lazy = self.array[part]
            # Not the cluster that a batch may have opened: the file need not be there.
            read = lazy.compute(scheduler="synchronous") if hasattr(lazy, "compute") else lazy
            pixels = np.array(read)
        if pixels.dtype.names:
            return np.stack([pixels[name] for name in pixels.dtype.names], axis=-1)
        return pixels


def luminance(colours: NDArray[Any]) -> NDArray[Any]:
    """How bright red, green and blue, the first three of the last axis, are to the eye."""
    bright: NDArray[Any] = colours[..., :3] @ _LUMA
    return bright


def make_signal(
    title: str,
    array: Any,
    axes: Sequence[Axis],
    metadata: Mapping[str, Any],
    notes: Sequence[str] = (),
    spectral: bool = False,
    tilts: Sequence[float] | None = None,
) -> Signal:
    """Judge what an array is; whoever opened the file adds the path, the format and the index.

    Parameters
    ----------
    title, array, axes, metadata, notes
        As for `Signal`.
    spectral
        Whether the file calls the last axis that of a spectrum.
    tilts
        Angle of each frame [degrees], where the file lists them elsewhere than in an axis.
    """
    axes = tuple(axes)
    kind: Kind = "spectrum" if spectral else _kind(array, axes)
    angles, thickness = _along_frames(axes[0], tilts) if kind == "stack" else (None, None)
    if kind == "stack":
        kind = "tilt series" if angles else "volume" if thickness else "stack"
    size, doubts = _pixel_size(axes) if kind in READABLE else (None, ())
    return Signal(
        path=Path(),
        format="",
        index=0,
        title=title,
        kind=kind,
        axes=axes,
        pixel_size=size,
        tilts=angles,
        slice_thickness=thickness,
        metadata=metadata,
        notes=(*notes, *doubts),
        array=array,
    )


def _along_frames(
    axis: Axis, tilts: Sequence[float] | None
) -> tuple[tuple[float, ...] | None, float | None]:
    """Tilt of each frame [degrees], or the distance from one to the next [nm], if either is."""
    if tilts is None:
        unit = "deg" if _is_named_tilt(axis) else axis.unit
        step, start = (to_degrees(value, unit) for value in (axis.scale, axis.offset))
        if step is None or start is None or step == 0:
            return None, to_nm(axis.scale, axis.unit)
        tilts = [start + step * frame for frame in range(axis.size)]
    return tuple(tilts), None


def _is_named_tilt(axis: Axis) -> bool:
    """Whether an axis without a unit says by its name, and by steps of its own, that it tilts."""
    counted = (axis.scale, axis.offset) == (1.0, 0.0)
    return "tilt" in axis.name.casefold() and dimension(axis.unit) is None and not counted


def _kind(array: Any, axes: tuple[Axis, ...]) -> Kind:
    units = [dimension(axis.unit) for axis in axes]
    names = [axis.name.casefold() for axis in axes]
    colour = bool(array.dtype.names) or array.ndim > len(axes)
    if 0 in array.shape:
        return "empty"
    if array.dtype.kind == "c":
        return "complex"
    if len(axes) == 1 or "energy" in units or any(name in _SPECTRAL_NAMES for name in names):
        return "spectrum"
    if (
        not 2 <= len(axes) <= 3
        or "time" in units[-2:]
        or (array.dtype.kind not in "buif" and not colour)
    ):
        return "other"
    if "reciprocal" in units[-2:] or "angle" in units[-2:]:
        return "diffraction"
    if len(axes) == 3:
        return "stack"
    return "rgb" if colour else "image"


def _pixel_size(axes: tuple[Axis, ...]) -> tuple[tuple[float, float] | None, tuple[str, ...]]:
    size_y, size_x = (to_nm(axis.scale, axis.unit) for axis in axes[-2:])
    if size_y is None and size_x is None:
        return None, _no_length(axes[-2], axes[-1])
    if size_y is None or size_x is None:
        return None, ("only one axis has a calibration in the file, so it is not used",)
    if not is_plausible(size_y, size_x):
        claim = f"{size_y:.4g} x {size_x:.4g} nm"
        return None, (f"a pixel of {claim} is no micrograph's, so it is not used",)
    return (size_y, size_x), ()


def _no_length(along_y: Axis, along_x: Axis) -> tuple[str, ...]:
    """Say that a size has the unit of a length, but is none."""
    if dimension(along_y.unit) != "length" and dimension(along_x.unit) != "length":
        return ()
    claim = f"{along_y.scale:.4g} x {along_x.scale:.4g} {along_x.unit}"
    return (f"a pixel of {claim} is no micrograph's, so it is not used",)


def squeeze(array: Any, axes: Sequence[Axis]) -> tuple[Any, list[Axis]]:
    """Drop axes of one sample, but none of an image's two."""
    kept = list(axes)
    for place in reversed(range(len(axes))):
        if len(kept) > 2 and kept[place].size == 1:
            array = array[(slice(None),) * place + (0,)]
            del kept[place]
    return array, kept
