"""What one entry of a microscope file is: an image, a stack, or something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from colonnade.core.files.guard import reading
from colonnade.core.files.units import dimension, to_nm

Kind = Literal["image", "rgb", "stack", "spectrum", "diffraction", "complex", "empty", "other"]

READABLE: tuple[Kind, ...] = ("image", "rgb", "stack")
"""The kinds that micrographs can be made of."""

_PLAUSIBLE_NM = (1e-4, 1e5)
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
    metadata
        What the microscope wrote down.
    notes
        Sentences that the user should know of.
    array
        The data: NumPy or Dask; a colour axis comes after `axes`.
    """

    path: Path
    format: str
    index: int
    title: str
    kind: Kind
    axes: tuple[Axis, ...]
    pixel_size: tuple[float, float] | None
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
    def frames(self) -> int:
        """Number of images it holds."""
        return self.axes[0].size if self.kind == "stack" else 1

    def plane(self, frame: int) -> tuple[NDArray[Any], tuple[str, ...]]:
        """Read the grey levels of one image, and say in sentences what was done to it.

        Raises
        ------
        FileError
            If its pixels cannot be read.
        """
        with reading(self.path, self.format):
            part = self.array[frame] if self.kind == "stack" else self.array
            # Not the cluster that a batch may have opened: the file need not be there.
            pixels = part.compute(scheduler="synchronous") if hasattr(part, "compute") else part
            return _grey(np.asarray(pixels))


def make_signal(
    title: str,
    array: Any,
    axes: Sequence[Axis],
    metadata: Mapping[str, Any],
    notes: Sequence[str] = (),
    spectral: bool = False,
) -> Signal:
    """Judge what an array is; whoever opened the file adds the path, the format and the index.

    Parameters
    ----------
    title, array, axes, metadata, notes
        As for `Signal`.
    spectral
        Whether the file calls the last axis that of a spectrum.
    """
    axes = tuple(axes)
    kind: Kind = "spectrum" if spectral else _kind(array, axes)
    size, doubts = _pixel_size(axes) if kind in READABLE else (None, ())
    return Signal(Path(), "", 0, title, kind, axes, size, metadata, (*notes, *doubts), array)


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
        return None, ()
    if size_y is None or size_x is None:
        return None, ("only one axis has a calibration in the file, so it is not used",)
    low, high = _PLAUSIBLE_NM
    if not (low <= size_y <= high and low <= size_x <= high):
        claim = f"{size_y:.4g} x {size_x:.4g} nm"
        return None, (f"a pixel of {claim} is no micrograph's, so it is not used",)
    return (size_y, size_x), ()


def _grey(pixels: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    if pixels.dtype.names:
        pixels = np.stack([pixels[name] for name in pixels.dtype.names], axis=-1)
    if pixels.ndim == 2:
        return pixels, ()
    red, green, blue = (pixels[..., channel] for channel in range(3))
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return red, ()
    return pixels[..., :3] @ _LUMA, ("the image is in colour, so its luminance is used",)
