"""What a crystal does, computed from its columns: `from colonnade import maps`."""

from colonnade.atoms.maps.bonds import Bonds, bonds
from colonnade.atoms.maps.counts import Counts, counts
from colonnade.atoms.maps.displacements import Displacements, displacements
from colonnade.atoms.maps.distortion import ScanDistortion, scan_distortion
from colonnade.atoms.maps.gpa import geometric_phase
from colonnade.atoms.maps.grains import Grains, find_grains
from colonnade.atoms.maps.known_cell import KnownCell
from colonnade.atoms.maps.lattice import Lattice, find_lattice
from colonnade.atoms.maps.neighbours import Neighbours, neighbours
from colonnade.atoms.maps.planes import Planes, planes
from colonnade.atoms.maps.polarisation import Polarisation, polarisation
from colonnade.atoms.maps.proposals import Proposal
from colonnade.atoms.maps.spacings import Spacings, spacings
from colonnade.atoms.maps.strain import Strain, strain
from colonnade.atoms.maps.sublattices import Sublattices, sublattices
from colonnade.atoms.maps.tilts import Tilts, tilts
from colonnade.atoms.maps.vacancies import Vacancies, vacancies

__all__ = [
    "Bonds",
    "Counts",
    "Displacements",
    "Grains",
    "KnownCell",
    "Lattice",
    "Neighbours",
    "Planes",
    "Polarisation",
    "Proposal",
    "ScanDistortion",
    "Spacings",
    "Strain",
    "Sublattices",
    "Tilts",
    "Vacancies",
    "bonds",
    "counts",
    "displacements",
    "find_grains",
    "find_lattice",
    "geometric_phase",
    "neighbours",
    "planes",
    "polarisation",
    "scan_distortion",
    "spacings",
    "strain",
    "sublattices",
    "tilts",
    "vacancies",
]
