"""Single images of everything that microscopes show, the failures of the original named."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from colonnade.atoms.bench.case import TestImage
from colonnade.atoms.bench.degradation_series import PERFECT_SCAN, perfect
from colonnade.atoms.simulate.image import Simulation, simulate
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.atoms.simulate.specimen.atoms import Atoms
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen
from colonnade.core.bench.case import Case
from colonnade.core.instrument.detector import Detector
from colonnade.core.instrument.postprocess import Export
from colonnade.core.work.draws import NEVER, Range

SEED = 2022

STRUCTURES = "structures"
"""Name of the series."""

SEED_SERIES = "generality"
"""Stands for the name of the series in the seeds of its images, which must not change."""

CLEAN_DETECTOR = Detector(
    read_noise=(0.2, 0.2),
    streaks=(0.005, 0.005),
    offset=NEVER,
    averaged=0.0,
    dropouts=0.0,
    saturation=0.0,
    bits=(0,),
)
AS_RECORDED = Export(interpolated=0.0, binned=0.0, smoothed=0.0, wiener=0.0, exported=0.0)
TYPICAL_SCAN = replace(
    PERFECT_SCAN, jitter=(0.004, 0.004), jitter_y=(0.003, 0.003), drift=(0.0, 0.05)
)

TYPICAL_IMAGING = Imaging(
    voltages=(200.0,),
    convergence=(24.0, 24.0),
    defocus=(-2.0, 2.0),
    spherical=(-0.5, 0.5),
    astigmatism=(0.0, 0.5),
    coma=(0.0, 10.0),
    mistilt=(0.0, 1.0),
    exponent=(1.6, 1.6),
    bright_field=0.0,
    dose=(1.0, 1e15),
)


@dataclass(frozen=True)
class Picture:
    """One image of the series: typical for a corrected microscope, but for what it tests.

    Parameters
    ----------
    shows
        What it tests.
    crystals
        What is in it.
    scene
        Kind of specimen.
    pixel, source, thickness, counts
        Size of a pixel and width of the electron source [nm], thickness [nm], electrons in the
        brightest pixel.
    level, clouds
        Uniform background and its variations, relative to the brightest column.
    changes, around
        Of the specimen, and of the background.
    """

    shows: str
    crystals: tuple[str, ...]
    scene: str = "crystal"
    pixel: float = 0.012
    source: float = 0.07
    thickness: float = 8.0
    counts: float = 200.0
    level: float = 0.2
    clouds: float = 0.0
    changes: dict[str, float | Range | Atoms] = field(default_factory=dict)
    around: dict[str, Range] = field(default_factory=dict)

    @property
    def recipe(self) -> Simulation:
        """What it is drawn from."""
        return Simulation(
            specimen=self._specimen,
            imaging=replace(
                TYPICAL_IMAGING,
                pixel_size=(self.pixel, self.pixel),
                source=(self.source, self.source),
                counts=(self.counts, self.counts),
            ),
            background=replace(
                Background(level=(self.level, self.level), clouds=(self.clouds, self.clouds)),
                **self.around,
            ),
            scan=TYPICAL_SCAN,
            detector=CLEAN_DETECTOR,
            export=AS_RECORDED,
        )

    @property
    def _specimen(self) -> Specimen:
        specimen = replace(
            perfect(self.crystals[0], self.thickness),
            crystals=self.crystals,
            scenes=Scenes(**{self.scene: 1.0}),
            disorder=(0.002, 0.002),
        )
        return replace(specimen, **self.changes)  # type: ignore[arg-type]


LATTICE, ZONE = "other lattice", "zone axis"
INTERFACE, BOUNDARY, PARTICLE = "heterointerface", "grain boundary", "nanoparticle"
VACANCIES, DISLOCATION = "vacancies", "dislocation"
OVERLAP, VARIED = "overlapping columns", "contrast variation"
BLURRED, NOISY = "poor resolution", "poor contrast and noise"
COARSE, FINE = "large pixels", "very small pixels"
ATOMS, DIMERS, HALOS = "single atoms", "dimers", "halos"
STAINS, NO_ATOMS = "contamination", "no atoms"

CARBON: dict[str, Range] = {
    "relief": (0.2, 0.2),
    "relief_size": (2.0, 2.0),
    "steepness": (0.8, 0.8),
    "roughness": (2.0, 2.0),
    "grain": (0.05, 0.05),
}
"""Uneven amorphous carbon."""


def _on_carbon(shows: str, scene: str, thickness: float, counts: float, **more: Any) -> Picture:
    """Dim atoms, or none, on thick carbon, as a blurred probe shows them."""
    changes = {"support": (thickness, thickness), "supported": 1.0, **more}
    return Picture(
        shows,
        ("Pt [110]",),
        scene,
        pixel=0.025,
        source=0.15,
        counts=counts,
        level=0.0,
        changes=changes,
        around=CARBON,
    )


DIM = Atoms(unevenness=(0.3, 0.3))
PAIRED = Atoms(dimers=(0.7, 0.7), unevenness=(0.2, 0.2))
CLUSTERED = Atoms(clusters=(0.08, 0.08), cluster_atoms=(3, 9), unevenness=(0.2, 0.2))
HOPPING = Atoms(hopping=(0.15, 0.15), two_elements=1.0, unevenness=(0.3, 0.3))
SOME: Range = (0.7, 0.7)
"""Single atoms [1/nm²]."""

TAILS: dict[str, Range] = {"halo": (0.3, 0.3), "halo_size": (1.0, 1.0)}
"""A probe that leaves some of its current a nanometre away."""

SHELL: dict[str, float | Range | Atoms] = {"rim": (1.5, 1.5)}
STRAY: dict[str, float | Range | Atoms] = {
    "supported": 1.0,
    "support": (10.0, 10.0),
    "strewn": SOME,
    "rim": (0.5, 0.5),
    "atoms": DIM,
}
DIRTY: dict[str, float | Range | Atoms] = {
    "contaminated": 1.0,
    "residue": 1.0,
    "residue_height": (8.0, 8.0),
}
STAINED = DIRTY | {"contaminated": 0.0, "residue_height": (0.5, 0.5)}
"""As much residue as a sheet of carbon can be seen through, in places."""

PICTURES = (
    Picture(LATTICE, ("Au [100]",)),
    Picture(LATTICE, ("Fe [100]",)),
    Picture(LATTICE, ("MgO [100]",)),
    Picture(LATTICE, ("CeO2 [110]",)),
    Picture(LATTICE, ("YBa2Cu3O7 [100]",)),
    Picture(LATTICE, ("MgAl2O4 [110]",)),
    Picture(LATTICE, ("LiCoO2 [210]",)),
    Picture(LATTICE, ("graphene [001]",), source=0.05, counts=400.0),
    Picture(LATTICE, ("MoSe2 [001]",)),
    Picture(ZONE, ("SrTiO3 [110]",)),
    Picture(ZONE, ("Al [111]",), source=0.05),
    Picture(ZONE, ("Ti [001]",)),
    Picture(ZONE, ("GaN [210]",)),
    Picture(ZONE, ("TiO2-rutile [001]",)),
    Picture(INTERFACE, ("SrTiO3 [100]", "LaAlO3 [100]"), "interface"),
    Picture(INTERFACE, ("Au [110]", "MgO [110]"), "interface"),
    Picture(INTERFACE, ("GaAs [100]", "InAs [100]"), "interface"),
    Picture(BOUNDARY, ("Au [110]",), "grain_boundary"),
    Picture(BOUNDARY, ("SrTiO3 [100]",), "grain_boundary"),
    Picture(BOUNDARY, ("Cu [110]",), "twin"),
    Picture(BOUNDARY, ("FePt [100]",), "antiphase"),
    Picture(PARTICLE, ("Pt [110]",), "particle"),
    Picture(PARTICLE, ("Au [100]",), "particle"),
    Picture(PARTICLE, ("Ni [100]",), "edge"),
    Picture(VACANCIES, ("WS2 [001]",), changes={"vacancies": (0.08, 0.08)}),
    Picture(VACANCIES, ("SrTiO3 [100]",), changes={"vacancies": (0.08, 0.08)}),
    Picture(VACANCIES, ("MoS2 [001]",), changes={"substitutions": (0.1, 0.1)}),
    Picture(DISLOCATION, ("SrTiO3 [100]",), changes={"dislocations": 1.0}),
    Picture(DISLOCATION, ("Al [110]",), changes={"dislocations": 1.0}),
    Picture(DISLOCATION, ("Au [110]",), changes={"stacking_faults": 1.0}),
    Picture(OVERLAP, ("Si [110]",)),
    Picture(OVERLAP, ("GaAs [110]",), source=0.09),
    Picture(OVERLAP, ("Si [112]",), source=0.05, pixel=0.008),
    Picture(OVERLAP, ("Pt [111]",), source=0.08),
    Picture(VARIED, ("SrTiO3 [100]",), changes={"wedge": (0.8, 0.8), "composition": (0.2, 0.2)}),
    Picture(VARIED, ("Au [100]",), clouds=0.6),
    Picture(VARIED, ("PbTiO3 [100]",), changes={"contaminated": 1.0, "supported": 1.0}),
    Picture(BLURRED, ("SrTiO3 [100]",), source=0.15),
    Picture(BLURRED, ("BaTiO3 [110]",), source=0.15),
    Picture(BLURRED, ("WSe2 [001]",), source=0.12),
    Picture(NOISY, ("SrTiO3 [100]",), counts=6.0, level=0.5),
    Picture(NOISY, ("GaAs [110]",), counts=10.0),
    Picture(NOISY, ("graphene [001]",), counts=10.0, source=0.05),
    Picture(COARSE, ("Au [100]",), pixel=0.04),
    Picture(COARSE, ("SrTiO3 [100]",), pixel=0.045),
    Picture(FINE, ("WS2 [001]",), pixel=0.004),
    Picture(FINE, ("SrTiO3 [100]",), pixel=0.005),
    Picture(ATOMS, ("Pt [110]",), "single_atoms", pixel=0.02, level=0.0),
    _on_carbon(ATOMS, "single_atoms", 30.0, 60.0, single_atoms=SOME, atoms=DIM),
    _on_carbon(ATOMS, "single_atoms", 60.0, 200.0, single_atoms=SOME, atoms=DIM),
    _on_carbon(ATOMS, "single_atoms", 30.0, 60.0, single_atoms=SOME, atoms=DIM, bordered=1.0),
    _on_carbon(ATOMS, "single_atoms", 20.0, 60.0, single_atoms=SOME, atoms=HOPPING),
    _on_carbon(DIMERS, "single_atoms", 10.0, 100.0, single_atoms=SOME, atoms=PAIRED),
    _on_carbon(DIMERS, "single_atoms", 30.0, 200.0, single_atoms=SOME, atoms=PAIRED),
    _on_carbon(DIMERS, "single_atoms", 10.0, 100.0, single_atoms=SOME, atoms=CLUSTERED),
    _on_carbon(
        DIMERS, "single_atoms", 20.0, 60.0, single_atoms=SOME, atoms=CLUSTERED, bordered=1.0
    ),
    Picture(HALOS, ("Cu [100]",), "gap", counts=5000.0, level=0.05, around=TAILS),
    Picture(HALOS, ("Au [110]",), "particle", pixel=0.02, level=0.05, changes=SHELL, around=TAILS),
    Picture(HALOS, ("Pt [100]",), "particle", pixel=0.02, changes=STRAY, around=CARBON | TAILS),
    Picture(HALOS, ("Au [100]",), "edge", counts=5000.0, changes=SHELL, around=CARBON | TAILS),
    Picture(STAINS, ("graphene [001]",), source=0.05, changes=STAINED, around=CARBON),
    Picture(STAINS, ("WS2 [001]",), changes=DIRTY, around=CARBON),
    Picture(STAINS, ("graphene [001]",), "edge", source=0.05, changes=STAINED, around=CARBON),
    Picture(STAINS, ("SrTiO3 [100]",), "edge", changes=DIRTY, around=CARBON),
    _on_carbon(NO_ATOMS, "film", 30.0, 60.0),
    _on_carbon(NO_ATOMS, "film", 30.0, 1000.0, bordered=1.0, residue=1.0),
    _on_carbon(NO_ATOMS, "film", 5.0, 10.0),
    Picture(NO_ATOMS, ("Pt [110]",), "vacuum", clouds=0.1),
)


def list_cases(quick: bool) -> Iterator[Case]:
    """List the images; in a quick run every fourth."""
    numbers: dict[str, int] = {}
    for index, picture in enumerate(PICTURES):
        number = numbers.get(picture.shows, 0)
        numbers[picture.shows] = number + 1
        if not quick or index % 4 == 0:
            yield Case(STRUCTURES, picture.shows, np.nan, number)


def draw_structure(case: Case) -> TestImage:
    """Draw one image; always the same. The CRLB of its columns is not known."""
    picture = [one for one in PICTURES if one.shows == case.axis][case.number]
    seed = zlib.crc32(replace(case, series=SEED_SERIES).name.encode())
    made = simulate(picture.recipe, np.random.default_rng([SEED, seed]))
    image = replace(made.image, name=case.name)
    return TestImage(case, image, made.columns, np.full((len(made.columns), 2), np.nan))
