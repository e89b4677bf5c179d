"""Columns as the atoms of ASE, and structures as columns.

ASE has right-handed axes in Å, and y points up where it draws them; in images y points down. So y
changes its sign, and the structure looks as the image does. The centre of the first pixel is the
origin, and the beam runs along z.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array
from colonnade.core.errors import ImageError
from colonnade.core.work.writing import atomic
from colonnade.interop.extras import optional

ANGSTROM = 0.1
"""Length of one Å [nm]."""

SAME_COLUMN = 0.02
"""Atoms nearer to each other than this, seen along the beam, belong to one column [nm]."""


_OF_ASE = ("numbers", "positions")
"""Arrays that all atoms have."""


def to_ase(columns: Columns, symbols: str | Sequence[str] | Mapping[str, str] = "X") -> Any:
    """Give each column as one atom, in the plane z = 0.

    Parameters
    ----------
    columns
        Of an image with a calibration.
    symbols
        Of what element the columns are: one symbol for all; one for each; or one for each value
        of the label ``sublattice``. "X" is ASE's sign for an unknown one.

    Returns
    -------
    ase.Atoms
        Positions [Å], and what else is known of each column as an array of its name.

    Raises
    ------
    ImageError
        If there is no calibration, or a column or a sublattice has no symbol of an element.
    MissingExtraError
        If ASE is not installed.
    """
    ase = optional("ase", "atoms of ASE", "simulate")
    if columns.pixel_size is None:
        raise ImageError("atoms have positions in Å; give the columns a pixel size first")
    size_y, size_x = columns.pixel_size
    flat = np.zeros(len(columns))
    positions = np.stack([columns.x * size_x, -columns.y * size_y, flat], axis=1) / ANGSTROM
    chosen = _symbols(columns, symbols)
    unknown = set(chosen) - optional("ase.data", "atoms of ASE", "simulate").atomic_numbers.keys()
    if unknown or len(chosen) != len(columns):
        what = ", ".join(sorted(unknown)) or f"{len(chosen)} symbols for {len(columns)} columns"
        raise ImageError(f"there is no element {what}; write symbols such as Sr, one for each")
    atoms = ase.Atoms(chosen, positions)
    for name, values in columns.table().items():
        if name not in ("y_px", "x_px", "y_nm", "x_nm"):
            atoms.set_array(name, values)
    return atoms


def from_ase(atoms: Any, pixel_size: tuple[float, float]) -> Columns:
    """Project a structure along z, and give each column where an image would show it.

    Parameters
    ----------
    atoms
        Of ASE, such as ``ase.io.read`` makes of a CIF; the beam runs along z. They are taken as
        they are: repeat and turn them first.
    pixel_size
        Size of a pixel along (y, x) [nm].

    Returns
    -------
    columns
        What `to_ase` kept of each; and the labels ``symbols``, the elements in a column from heavy
        to light, and ``atoms``, how many of them there are. A column whose atoms are not quite
        above each other is at their mean.

    Raises
    ------
    ImageError
        If the pixel size is not positive.
    """
    if not all(0 < size < np.inf for size in pixel_size):
        raise ImageError(f"a pixel size must be positive, not {pixel_size} nm")
    seen = atoms.positions[:, :2] * ANGSTROM
    groups = _groups(seen)
    counts = np.bincount(groups)
    x, y = (np.bincount(groups, along) / counts for along in seen.T)
    size_y, size_x = pixel_size
    table: dict[str, NDArray[Any]] = {"y_px": -y / size_y, "x_px": x / size_x}
    table |= {"symbols": _elements(atoms, groups, len(counts)), "atoms": counts}
    if len(counts) == len(groups):
        table |= {name: atoms.arrays[name] for name in atoms.arrays if name not in _OF_ASE}
    return Columns.from_table(table, pixel_size)


def write_xyz(columns: Columns, path: Path, symbol: str = "X") -> None:
    """Write columns as the extended XYZ of ASE, with all that is known of each.

    Raises
    ------
    FileError
        If the file cannot be written.
    ImageError, MissingExtraError
        As for `to_ase`.
    """
    atoms = to_ase(columns, symbol)
    with atomic(path) as temporary:
        atoms.write(temporary, format="extxyz")


def _elements(atoms: Any, groups: NDArray[np.intp], count: int) -> NDArray[np.str_]:
    """Name the elements of each column, from heavy to light."""
    found: list[dict[str, None]] = [{} for _ in range(count)]
    for atom in np.argsort(-atoms.numbers, kind="stable"):
        found[groups[atom]][atoms.symbols[int(atom)]] = None
    return np.array(["".join(symbols) for symbols in found], str)


def _symbols(columns: Columns, symbols: str | Sequence[str] | Mapping[str, str]) -> list[str]:
    if isinstance(symbols, str):
        return [symbols] * len(columns)
    if not isinstance(symbols, Mapping):
        return list(symbols)
    names = columns.labels.get("sublattice")
    missing = {"sublattice"} if names is None else set(map(str, names)) - symbols.keys()
    if names is None or missing:
        raise ImageError(f"there is no symbol for {', '.join(sorted(missing))}")
    return [symbols[str(name)] for name in names]


def _groups(places: Array) -> NDArray[np.intp]:
    """Number the columns that atoms belong to, in the order of their first atoms."""
    pairs = cKDTree(places).query_pairs(SAME_COLUMN, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), pairs.T), (len(places), len(places)))
    _, groups = connected_components(links, directed=False)
    return np.asarray(groups, np.intp)
