"""Columns as the sublattices of atomap.

Both count pixels from the centre of the first; atomap puts x first, and has one size for both
axes of a pixel.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.core.errors import ImageError, warn
from colonnade.core.files.units import to_nm
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.writing import atomic
from colonnade.interop.extras import optional

COLOURS = ("red", "blue", "green", "orange", "purple")
"""In which atomap draws one sublattice after the other."""

_UNFITTED = 1.0
"""Both widths [px], and the volume, of an atom position that was never fitted, or whose file does
not say them."""


def to_atomap(columns: Columns, image: Micrograph) -> Any:
    """Give columns as a lattice of atomap, whose methods find planes, distances and angles.

    Parameters
    ----------
    columns
        Of one image. There is a sublattice for each value of the label ``sublattice``, and only
        one without it.
    image
        In which they were found.

    Returns
    -------
    atomap.atom_lattice.Atom_Lattice
        Calibrated in nm where the pixels of the image are square; else it counts pixels, and a
        ColonnadeWarning says so.

    Raises
    ------
    ImageError
        If there are no columns.
    MissingExtraError
        If atomap is not installed.
    """
    atomap = optional("atomap.api", "sublattices of atomap", "atomap")
    if not len(columns):
        raise ImageError("there are no columns to make a sublattice of")
    names = columns.labels.get("sublattice", np.full(len(columns), ""))
    pixels = np.asarray(image.pixels, np.float64)
    sublattices = [
        _sublattice(atomap, columns[names == name], pixels, str(name), COLOURS[n % len(COLOURS)])
        for n, name in enumerate(np.unique(names))
    ]
    calibration = _calibration(image)
    lattice = atomap.Atom_Lattice(pixels, image.name, sublattices)
    for each in (lattice, *sublattices):
        each.pixel_size, each.units = calibration
    return lattice


def from_atomap(lattice: Any, pixel_size: tuple[float, float] | None = None) -> Columns:
    """Take a sublattice of atomap, or all those of a lattice.

    Parameters
    ----------
    lattice
        A ``Sublattice``, or an ``Atom_Lattice``, of which each column is labelled with the name of
        its ``sublattice``.
    pixel_size
        Size of a pixel along (y, x) [nm]; by default what atomap says, for both axes.

    Returns
    -------
    columns
        With the width of the Gaussian where one was fitted, and its volume as the intensity.
    """
    sublattices: Sequence[Any] = getattr(lattice, "sublattice_list", None) or [lattice]
    parts = [_columns(one) for one in sublattices]
    if hasattr(lattice, "sublattice_list"):
        names = [one.name or str(number) for number, one in enumerate(sublattices)]
        parts = [
            part.with_labels(sublattice=name) for part, name in zip(parts, names, strict=True)
        ]
    size = to_nm(sublattices[0].pixel_size, sublattices[0].units)
    if pixel_size is None and size is not None:
        pixel_size = (size, size)
    return Columns.concatenate(parts).with_pixel_size(pixel_size)


def write_atomap(columns: Columns, image: Micrograph, path: Path) -> None:
    """Write columns as the HDF5 that ``atomap.api.load_atom_lattice_from_hdf5`` reads.

    Raises
    ------
    FileError
        If the file cannot be written.
    ImageError, MissingExtraError
        As for `to_atomap`.
    """
    lattice = to_atomap(columns, image)
    with atomic(path) as temporary:
        lattice.save(str(temporary), overwrite=True)


def _sublattice(
    atomap: Any, columns: Columns, pixels: NDArray[np.float64], name: str, colour: str
) -> Any:
    sublattice = atomap.Sublattice(columns.positions[:, ::-1], pixels, name=name, color=colour)
    for atom, width, volume in zip(
        sublattice.atom_list, columns.width, columns.intensity, strict=True
    ):
        if np.isfinite(width):
            atom.sigma_x = atom.sigma_y = width
        if np.isfinite(volume):
            atom.amplitude_gaussian = volume
    return sublattice


def _calibration(image: Micrograph) -> tuple[float, str]:
    """Size of a pixel as atomap has it, and its unit."""
    if image.pixel_size is None:
        return 1.0, "pixel"
    size_y, size_x = image.pixel_size
    if not np.isclose(size_y, size_x, rtol=1e-6):
        warn("atomap has one size for both axes of a pixel, so it counts pixels of this image")
        return 1.0, "pixel"
    return size_x, "nm"


def _columns(sublattice: Any) -> Columns:
    widths = np.stack([sublattice.sigma_y, sublattice.sigma_x], axis=1)
    volumes = sublattice.atom_amplitude_gaussian2d
    return Columns(
        sublattice.y_position,
        sublattice.x_position,
        width=np.where((widths != _UNFITTED).any(axis=1), widths.mean(axis=1), np.nan),
        intensity=np.where(volumes != _UNFITTED, volumes, np.nan),
    )
