"""The one image type: pixels, their size, and what the microscope wrote down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colonnade.core.errors import ImageError

_CALIBRATED = (
    ("axes_manager", "a HyperSpy signal", "from_hyperspy"),
    ("to_dataset", "an xarray DataArray", "from_xarray"),
)
"""How arrays with a calibration are known, what they are called, and what takes them."""


@dataclass(frozen=True, eq=False)
class Micrograph:
    """One grey image, or what is known of one.

    Parameters
    ----------
    pixels
        Grey levels, axes (y, x), y pointing down; they keep the number type that they have.
    pixel_size
        Size of a pixel along (y, x) [nm], or None where the image has no calibration.
    name
        What to call the image in tables and figures.
    metadata
        What the microscope wrote down.
    """

    pixels: NDArray[Any]
    pixel_size: tuple[float, float] | None = None
    name: str = "image"
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", _grey(self.pixels))
        if self.pixel_size is not None:
            size_y, size_x = self.pixel_size
            if not (0 < size_y < np.inf and 0 < size_x < np.inf):
                raise ImageError(f"a pixel size must be positive, not {self.pixel_size} nm")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        height, width = self.pixels.shape
        return height, width


def _grey(pixels: ArrayLike) -> NDArray[Any]:
    """Check that an array is a grey image, and copy it only if its bytes are in foreign order."""
    array = plain_array(pixels)
    if np.iscomplexobj(array):
        raise ImageError("the image is complex; take its modulus or phase first")
    if array.dtype.kind not in "buif":
        raise ImageError(f"an image is made of numbers, not of the type {array.dtype}")
    if array.ndim != 2:
        raise ImageError(f"an image has two axes (y, x), not the shape {array.shape}")
    if array.size == 0:
        raise ImageError(f"the image is empty: its shape is {array.shape}")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def plain_array(pixels: ArrayLike) -> NDArray[Any]:
    """Take pixels as an array, if they have no calibration of their own, which would be lost.

    Raises
    ------
    ImageError
        If they are a signal of HyperSpy or a DataArray of xarray.
    """
    for sign, what, function in _CALIBRATED:
        if hasattr(pixels, sign):
            raise ImageError(
                f"{what} has a calibration of its own; take it with "
                f"colonnade.interop.{function} first"
            )
    return np.asarray(pixels)
