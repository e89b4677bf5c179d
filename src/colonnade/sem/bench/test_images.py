"""Simulated images of every material, in which one quality varies and everything else is good."""

import zlib
from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np

from colonnade.core.bench.case import Axis, Case
from colonnade.sem.bench.case import TestImage
from colonnade.sem.simulate.image import Simulation, draw_specimen
from colonnade.sem.simulate.instrument import GOOD, Instrument
from colonnade.sem.simulate.materials.mixture import MATERIALS, Materials, Shares
from colonnade.sem.simulate.one_size import show_particles

SEED = 20140
"""Of the scenes here and of no training's."""

SIDE = 384
"""Rows and columns of the sharp images [px]."""

DOSES = (np.inf, 1000.0, 150.0, 30.0)
"""Of the steps of the noise."""

NOISE = Axis(
    "noise",
    "e\u207b per coarse pixel",
    tuple(float(f"{100 / np.sqrt(dose):.3g}") for dose in DOSES),
    "Mean number of electrons in a coarse pixel; in the scores the value is their Poisson noise "
    "in per cent of the mean grey level.",
    ("clean", "1000", "150", "30"),
)

BLUR = Axis(
    "blur",
    "coarse px",
    (0.1, 0.25, 0.375, 0.5, 0.65, 0.8),
    "Standard deviation of the Gaussian probe, in pixels of what methods are given.",
)

PARTICLES = Axis(
    "particle size",
    "px",
    (32, 24, 16, 12, 8, 6, 4, 2),
    "Diameter of tin balls on carbon, all of one size, in pixels of the sharp image.",
)

AXES = (NOISE, BLUR, PARTICLES)

NAMES = tuple(MATERIALS)
"""Materials; image number n shows the n-th, over and over."""

ROUNDS = {4: 6, 2: 2, 8: 2}
"""How many images of each material there are at each step of the noise, by factor."""

QUICK = 4
"""Images at each step of noise and blur in a quick run, each of another material."""

PARTICLE_IMAGES = 4
"""Images at each particle size."""


def series_name(factor: int) -> str:
    """Name of the series of a factor."""
    return f"x{factor}"


def list_cases(factor: int, quick: bool) -> Iterator[Case]:
    """List the simulated images of a factor; in a quick run a few of them."""
    name = series_name(factor)
    several, once = (QUICK, QUICK) if quick else (len(NAMES) * ROUNDS[factor], len(NAMES))
    for value in NOISE.steps:
        for number in range(several):
            yield Case(name, NOISE.name, value, number)
    for value in BLUR.steps[:: len(BLUR.steps) - 1] if quick else BLUR.steps:
        for number in range(once):
            yield Case(name, BLUR.name, value, number)
    for value in PARTICLES.steps[::3] if quick else PARTICLES.steps:
        for number in range(1 if quick else PARTICLE_IMAGES):
            yield Case(name, PARTICLES.name, value, number)


def material_of(case: Case) -> str:
    """Name of the material that an image shows, as recipes know it."""
    return "tin_balls" if case.axis == PARTICLES.name else NAMES[case.number % len(NAMES)]


def factor_of(case: Case) -> int:
    """The factor of the series that an image is in."""
    return int(case.series.partition("x")[2])


def draw_test_image(case: Case) -> TestImage:
    """Draw one image; always the same, and the same scene at every step of noise and blur."""
    # Neither value nor factor decides the scene, so that nothing else differs along an axis, and
    # as little as can be between factors.
    place = f"{case.axis}, {case.number}"
    rng = np.random.default_rng([SEED, zlib.crc32(place.encode())])
    recipe = _recipe(case)
    # The border of a scene is that of the widest probe, lest the scene depend on the blur.
    widest = replace(recipe, instrument=replace(GOOD, probe=(BLUR.steps[-1], BLUR.steps[-1])))
    specimen, particles = draw_specimen(widest, rng), np.empty((0, 3))
    if case.axis == PARTICLES.name:
        specimen, particles = show_particles(specimen, case.value, rng)
    blur = factor_of(case) * recipe.instrument.probe[0]
    return TestImage(case, specimen.take(recipe, rng), blur, 0.0, particles)


def _recipe(case: Case) -> Simulation:
    """Good images, but for what varies."""
    instrument = GOOD
    if case.axis == NOISE.name:
        instrument = instrument_for(DOSES[NOISE.steps.index(case.value)])
    elif case.axis == BLUR.name:
        instrument = replace(GOOD, probe=(case.value, case.value))
    return Simulation(
        factor=factor_of(case),
        size=(SIDE, SIDE),
        materials=one_material(material_of(case)),
        instrument=instrument,
        faint=0.0,
    )


def instrument_for(dose: float) -> Instrument:
    """Give a good instrument of a dose [e⁻ in a coarse pixel]; an infinite one has no noise."""
    clean = bool(np.isinf(dose))
    counts = GOOD.dose[0] if clean else dose
    return replace(GOOD, clean=float(clean), dose=(counts, counts))


def one_material(name: str) -> Materials:
    """Sharp scenes of one material."""
    shares = {one.name: float(one.name == name) for one in fields(Shares)}
    return Materials(soft=0.0, shares=Shares(**shares))
