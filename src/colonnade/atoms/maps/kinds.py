"""The maps that there are, and where each is made."""

from collections.abc import Callable
from importlib import import_module

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.column_map import ColumnMap, MapOptions
from colonnade.core.errors import ColonnadeError
from colonnade.core.images.micrograph import Micrograph

KINDS = {
    "distortion": "colonnade.atoms.maps.distortion:map_distortion",
    "grains": "colonnade.atoms.maps.grains:map_grains",
    "gpa": "colonnade.atoms.maps.gpa:map_gpa",
    "strain": "colonnade.atoms.maps.strain:map_strain",
    "displacements": "colonnade.atoms.maps.displacements:map_displacements",
    "planes": "colonnade.atoms.maps.planes:map_planes",
    "sublattices": "colonnade.atoms.maps.sublattices:map_sublattices",
    "neighbours": "colonnade.atoms.maps.neighbours:map_neighbours",
    "bonds": "colonnade.atoms.maps.bonds:map_bonds",
    "spacings": "colonnade.atoms.maps.spacings:map_spacings",
    "tilts": "colonnade.atoms.maps.tilts:map_tilts",
    "counts": "colonnade.atoms.maps.counts:map_counts",
    "vacancies": "colonnade.atoms.maps.vacancies:map_vacancies",
    "polarisation": "colonnade.atoms.maps.polarisation:map_polarisation",
}
"""For each kind the module and what makes a map in it; imported when it is wanted."""

MakeMap = Callable[[Columns, Micrograph | None, MapOptions], ColumnMap]


def map_maker(kind: str) -> MakeMap:
    """Import what makes a kind of map.

    Raises
    ------
    ColonnadeError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ColonnadeError(f"there is no map of {kind}; choose one of: {', '.join(KINDS)}")
    module, _, function = KINDS[kind].partition(":")
    maker: MakeMap = getattr(import_module(module), function)
    return maker
