"""Simulated series of every family, at every dose."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from colonnade.core.bench.case import Axis, Case
from colonnade.tomo.bench.case import TestSeries
from colonnade.tomo.simulate.phantoms.mixture import FAMILIES, Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation, simulate
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts

SEED = 20141
"""Of the specimens here and of no training's."""

DOSES = (np.inf, 1000.0, 200.0, 50.0)
"""Counts in the brightest pixel of the views, at the steps of the noise."""

NOISE = Axis(
    "noise",
    "counts in the brightest pixel",
    tuple(float(f"{100 / np.sqrt(dose):.3g}") for dose in DOSES),
    "Mean number of electrons in the brightest pixel of the views; in the scores the value is "
    "their Poisson noise in per cent of its grey level.",
    ("clean", "1000", "200", "50"),
)

NAMES = tuple(FAMILIES)
"""Families; series number n shows the n-th, over and over."""

UNSEEN = ("catalyst", "needle", "film")
"""Families that no network of the package is trained on."""

ROWS = 3
"""Slices of each specimen."""

TILT_STEP = 2.0
"""Between the tilts of two views [degrees]."""


@dataclass(frozen=True)
class Geometry:
    """How large the slices are, and how far they are tilted.

    Parameters
    ----------
    side
        Voxels along z and along x.
    reach
        Tilts lie between minus and plus this [degrees].
    rounds
        Specimens of each family.
    """

    side: int
    reach: float
    rounds: int = 1

    @classmethod
    def named(cls, name: str) -> "Geometry":
        """Give the geometry of a series by its name in files."""
        side, reach = name.removesuffix("deg").split("px ")
        return cls(int(side), float(reach))

    @property
    def name(self) -> str:
        """In files."""
        return f"{self.side}px {self.reach:g}deg"

    @property
    def title(self) -> str:
        """In figures and tables."""
        return f"{self.side} x {self.side} voxels, ±{self.reach:g}°"


GEOMETRIES = (Geometry(128, 60.0, 12), Geometry(128, 70.0, 12), Geometry(256, 60.0, 2))
"""In the order of the report."""

QUICK = Geometry(64, 60.0, 1)
"""Of a quick run, which has no others."""


def list_cases(geometry: Geometry) -> Iterator[Case]:
    """List the simulated series of a geometry."""
    for value in NOISE.steps:
        for number in range(len(NAMES) * geometry.rounds):
            yield Case(geometry.name, NOISE.name, value, number)


def family_of(case: Case) -> str:
    """Name of the family that a series shows, as recipes know it."""
    return NAMES[case.number % len(NAMES)]


def draw_test_series(case: Case) -> TestSeries:
    """Draw one series; always the same, and the same specimen at every dose and every tilt."""
    geometry = Geometry.named(case.series)
    dose = DOSES[NOISE.steps.index(case.value)]
    rng = np.random.default_rng([SEED, zlib.crc32(str(case.number).encode())])
    made = simulate(recipe_of(family_of(case), geometry, dose), rng)
    return TestSeries(case, made.series, made.noise, made.truth)


def recipe_of(family: str, geometry: Geometry, dose: float) -> SeriesSimulation:
    """Describe aligned series of one family whose only fault is their noise."""
    shares = {one.name: float(one.name == family) for one in fields(PhantomShares)}
    clean = bool(np.isinf(dose))
    counts = DOSES[1] if clean else dose
    return SeriesSimulation(
        size=(geometry.side, ROWS, geometry.side),
        phantoms=Phantoms(shares=PhantomShares(**shares)),
        tilts=Tilts(reach=(geometry.reach,), step=(TILT_STEP,), irregular=0.0),
        stage=Stage(misaligned=0.0),
        recording=Recording(
            clean=float(clean),
            dose=(counts, counts),
            detector=(0.0, 0.0),
            correlated=0.0,
            backed=0.0,
            drifting=0.0,
            speckled=0.0,
        ),
    )
