"""Images, volumes and columns as the labelled arrays of xarray."""

from typing import Any

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array
from colonnade.core.errors import ImageError
from colonnade.core.files.units import to_nm
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume
from colonnade.interop.extras import optional
from colonnade.interop.lazy import Blocks, array_of

EVEN = 1e-6
"""Steps between the samples of an axis may differ by this share of a step."""

_PIXEL_SIZE = "pixel_size_nm"

_UNITS = {
    **dict.fromkeys(("y_px", "x_px", "sigma_y_px", "sigma_x_px", "width_px"), "px"),
    **dict.fromkeys(("y_nm", "x_nm"), "nm"),
}


def to_xarray(known: Micrograph | Volume | Columns) -> Any:
    """Give an image or a volume as a DataArray, or columns as a Dataset.

    Parameters
    ----------
    known
        What is to be labelled. A volume of a file is not read before it is needed.

    Returns
    -------
    xarray.DataArray or xarray.Dataset
        An image has the dimensions (y, x), a volume (z, y, x), with coordinates in nm from the
        centre of the first pixel where there is a calibration, and in pixels where not. Columns
        have the one dimension ``column``, and all that their table has.

    Raises
    ------
    MissingExtraError
        If xarray is not installed.
    """
    xarray = optional("xarray", "labelled arrays", "xarray")
    if isinstance(known, Columns):
        variables = {
            name: ("column", values, {"units": _UNITS[name]} if name in _UNITS else {})
            for name, values in known.table().items()
        }
        size = {} if known.pixel_size is None else {_PIXEL_SIZE: list(known.pixel_size)}
        return xarray.Dataset(variables, attrs=size)
    sizes: tuple[float | None, ...]
    if isinstance(known, Volume):
        pixels, sizes = array_of(known), known.voxel_size
    else:
        pixels, sizes = known.pixels, known.pixel_size or (None, None)
    names = ["z", "y", "x"][-len(sizes) :]
    coords = {
        name: (name, np.arange(count) * (size or 1.0), {"units": "nm" if size else "px"})
        for name, count, size in zip(names, pixels.shape, sizes, strict=True)
    }
    return xarray.DataArray(pixels, coords, names, known.name)


def from_xarray(labelled: Any) -> Micrograph | Volume | Columns:
    """Take a DataArray as an image or a volume, or a Dataset as columns.

    Parameters
    ----------
    labelled
        A DataArray whose dimensions are named y and x, and z where there is a third, in any
        order; or a Dataset such as `to_xarray` makes.

    Returns
    -------
    Micrograph, Volume or Columns
        With a calibration along each axis whose coordinates are even steps of a length; where they
        begin is not kept. A volume that is not in memory is read when it is needed.

    Raises
    ------
    ImageError
        If the dimensions have other names, or coordinates are not even.
    """
    if hasattr(labelled, "data_vars"):
        table = {str(name): values.to_numpy() for name, values in labelled.data_vars.items()}
        size = labelled.attrs.get(_PIXEL_SIZE)
        return Columns.from_table(table, None if size is None else (size[0], size[1]))
    names = ["z", "y", "x"][-labelled.ndim :]
    if sorted(labelled.dims) != sorted(names):
        raise ImageError(
            f"the dimensions are {', '.join(map(str, labelled.dims))}; name them y and x, and z "
            "for a volume"
        )
    labelled = labelled.transpose(*names)
    sizes = [_step(labelled.coords[name]) if name in labelled.coords else None for name in names]
    name = str(labelled.name or "image")
    if labelled.ndim == 3:
        return Volume(Blocks(labelled.data), (sizes[0], sizes[1], sizes[2]), name)
    pixel_size = None if sizes[0] is None or sizes[1] is None else (sizes[0], sizes[1])
    return Micrograph(labelled.to_numpy(), pixel_size, name)


def _step(axis: Any) -> float | None:
    """From one sample of an axis to the next [nm]; None where it is no length."""
    places: Array = np.asarray(axis.to_numpy(), np.float64)
    unit = axis.attrs.get("units", "")
    if len(places) < 2:
        return None
    step = float(places[-1] - places[0]) / (len(places) - 1)
    if not _are_even(places, step):
        raise ImageError(f"the coordinates of {axis.name} are not even; interpolate them first")
    return to_nm(step, unit)


def _are_even(places: Array, step: float) -> bool:
    even = places[0] + step * np.arange(len(places))
    return bool(np.abs(places - even).max() <= EVEN * abs(step))
