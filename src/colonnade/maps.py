"""What a crystal does, computed from its columns: `from colonnade import maps`."""

from colonnade.atoms.maps.distortion import ScanDistortion, scan_distortion
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.lattice import Lattice, find_lattice
from colonnade.atoms.maps.strain import Strain, strain

__all__ = [
    "KnownCell",
    "Lattice",
    "ScanDistortion",
    "Strain",
    "find_lattice",
    "scan_distortion",
    "strain",
]
