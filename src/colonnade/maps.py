"""What a crystal does, computed from its columns: `from colonnade import maps`."""

from colonnade.atoms.maps.distortion import ScanDistortion, scan_distortion
from colonnade.atoms.maps.gpa import geometric_phase
from colonnade.atoms.maps.grains import Grains, find_grains
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.lattice import Lattice, find_lattice
from colonnade.atoms.maps.strain import Strain, strain

__all__ = [
    "Grains",
    "KnownCell",
    "Lattice",
    "ScanDistortion",
    "Strain",
    "find_grains",
    "find_lattice",
    "geometric_phase",
    "scan_distortion",
    "strain",
]
