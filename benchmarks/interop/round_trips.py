"""How far columns and a calibration are off when they come back from another tool.

    python benchmarks/interop/round_trips.py

Two thousand columns anywhere in an image of 3072 x 4096 pixels that are not square go to each tool
that is installed, and back; where it has files, by its file. Printed are the largest error of a
position and the relative one of the size of a pixel.
"""

import tempfile
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from colonnade import Columns, Micrograph, interop
from colonnade.interop.atomap_lattices import write_atomap

SHAPE, PIXEL_SIZE, COUNT = (3072, 4096), (0.0123, 0.0187), 2000

Tool = tuple[str, str, Callable[[Columns, Micrograph, Path], Columns]]


def by_csv(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """Our own table, for comparison."""
    columns.to_csv(folder / "a.csv")
    return Columns.from_csv(folder / "a.csv")


def by_parquet(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """By a file."""
    interop.to_parquet(columns, folder / "a.parquet")
    return interop.from_parquet(folder / "a.parquet")


def by_hyperspy(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """Markers, saved and loaded with their signal."""
    import hyperspy.api as hs

    interop.to_hyperspy(image, columns).save(folder / "a.hspy")
    signal = hs.load(folder / "a.hspy")
    return interop.from_markers(signal.metadata.Markers.columns, signal)


def by_atomap(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """By atomap's file; it has one size of a pixel only, so the two are given back to it."""
    import atomap.api as am  # type: ignore[import-not-found]

    write_atomap(columns, image, folder / "a.hdf5")
    lattice = am.load_atom_lattice_from_hdf5(str(folder / "a.hdf5"), construct_zone_axes=False)
    return interop.from_atomap(lattice, PIXEL_SIZE)


def by_napari(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """A points layer."""
    from napari.layers import Layer

    (data,) = interop.to_napari(columns=columns)
    return as_columns(interop.from_napari(Layer.create(*data)))


def by_xarray(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """A Dataset."""
    return as_columns(interop.from_xarray(interop.to_xarray(columns)))


def by_ase(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """Atoms."""
    return interop.from_ase(interop.to_ase(columns), PIXEL_SIZE)


def by_selection(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """A selection in a file of ImageJ."""
    interop.to_imagej(columns, folder / "a.zip")
    return interop.from_imagej(folder / "a.zip", PIXEL_SIZE)


def by_measured_points(columns: Columns, image: Micrograph, folder: Path) -> Columns:
    """A table of ImageJ."""
    interop.to_imagej(columns, folder / "b.csv")
    return interop.from_imagej(folder / "b.csv", PIXEL_SIZE)


def as_columns(found: Any) -> Columns:
    """Hold that what came back is columns."""
    assert isinstance(found, Columns)
    return found


TOOLS: tuple[Tool, ...] = (
    ("our own CSV", "colonnade", by_csv),
    ("Parquet", "pyarrow", by_parquet),
    ("xarray", "xarray", by_xarray),
    ("HyperSpy, markers in a file", "hyperspy", by_hyperspy),
    ("atomap, its file", "atomap", by_atomap),
    ("napari, points", "napari", by_napari),
    ("ASE", "ase", by_ase),
    ("ImageJ, selection", "roifile", by_selection),
    ("ImageJ, table", "colonnade", by_measured_points),
)


def drawn() -> Columns:
    """Columns anywhere in the image, no two of them in one pixel."""
    rng = np.random.default_rng(0)
    places = np.unravel_index(rng.choice(np.prod(SHAPE), COUNT, replace=False), SHAPE)
    y, x = (place + rng.uniform(-0.5, 0.5, COUNT) for place in places)
    return Columns(y, x, score=rng.random(COUNT), pixel_size=PIXEL_SIZE)


def main() -> None:
    """Print a row for each tool."""
    warnings.simplefilter("ignore")
    columns = drawn()
    image = Micrograph(np.zeros(SHAPE, np.uint8), PIXEL_SIZE)
    print("| tool | version | position [px] | size of a pixel, relative |\n|---|---|---|---|")
    for name, package, there_and_back in TOOLS:
        if find_spec(package) is None:
            print(f"| {name} | not installed | | |")
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = there_and_back(columns, image, Path(folder))
        error = np.abs(found.positions - columns.positions).max()
        size = np.abs(np.divide(found.pixel_size or np.nan, PIXEL_SIZE) - 1).max()
        print(f"| {name} | {version_of(package)} | {error:.1g} | {size:.1g} |", flush=True)


def version_of(package: str) -> str:
    """Which version is installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


if __name__ == "__main__":
    main()
