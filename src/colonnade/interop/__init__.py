"""To and from the tools that people have open beside us: the only place that swaps axes.

Inside the package positions are (y, x) in pixels from the centre of the first pixel. Each module
here knows what another tool wants instead, and takes it both ways.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colonnade.interop.ase_atoms import from_ase, to_ase
    from colonnade.interop.atomap_lattices import from_atomap, to_atomap
    from colonnade.interop.hyperspy_signals import (
        from_hyperspy,
        from_markers,
        to_hyperspy,
        to_markers,
    )
    from colonnade.interop.imagej_points import from_imagej, to_imagej
    from colonnade.interop.napari_layers import from_napari, to_napari
    from colonnade.interop.tables import from_pandas, from_parquet, to_parquet
    from colonnade.interop.xarray_arrays import from_xarray, to_xarray

_HOMES = {
    "from_ase": "ase_atoms",
    "from_atomap": "atomap_lattices",
    "from_hyperspy": "hyperspy_signals",
    "from_imagej": "imagej_points",
    "from_markers": "hyperspy_signals",
    "from_napari": "napari_layers",
    "from_pandas": "tables",
    "from_parquet": "tables",
    "from_xarray": "xarray_arrays",
    "to_ase": "ase_atoms",
    "to_atomap": "atomap_lattices",
    "to_hyperspy": "hyperspy_signals",
    "to_imagej": "imagej_points",
    "to_markers": "hyperspy_signals",
    "to_napari": "napari_layers",
    "to_parquet": "tables",
    "to_xarray": "xarray_arrays",
}

__all__ = [
    "from_ase",
    "from_atomap",
    "from_hyperspy",
    "from_imagej",
    "from_markers",
    "from_napari",
    "from_pandas",
    "from_parquet",
    "from_xarray",
    "to_ase",
    "to_atomap",
    "to_hyperspy",
    "to_imagej",
    "to_markers",
    "to_napari",
    "to_parquet",
    "to_xarray",
]


def __getattr__(name: str) -> Any:
    """Import what takes something over when it is first used; it may want another package."""
    if name not in _HOMES:
        raise AttributeError(f"module 'colonnade.interop' has no attribute {name!r}")
    value = getattr(import_module(f"colonnade.interop.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
