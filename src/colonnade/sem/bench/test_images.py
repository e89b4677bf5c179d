"""Simulated images of every material, in which one quality varies and everything else is good."""

import zlib
from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis, Case
from colonnade.core.work.draws import NEVER, Draws
from colonnade.sem.bench.case import TestImage
from colonnade.sem.simulate.image import Simulation, Specimen, draw_specimen
from colonnade.sem.simulate.instrument import Instrument
from colonnade.sem.simulate.materials.mixture import MATERIALS, Materials, Shares
from colonnade.sem.simulate.materials.tin_balls import TinBalls, TinScene, draw_tin_balls

SEED = 20140
"""Of the scenes here and of no training's."""

SIDE = 384
"""Rows and columns of the sharp images [px]."""

GOOD_PROBE = 0.375
"""Standard deviation of the probe unless it varies [coarse px]."""

GOOD_DOSE = 1000.0
"""Mean number of electrons in a coarse pixel unless the noise varies."""

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

COVERAGE = 0.1
"""Share of the field that particles of one size cover, at most."""

APART = 2.5
"""Least distance of their centres, in diameters."""

LEAST_APART = 20.0
"""Least distance of their centres in any case [px]: pixels of 8 do not merge them."""

MOST_PARTICLES = 100
"""Particles in an image, at most."""

PLAIN = Instrument(
    probe=(GOOD_PROBE, GOOD_PROBE),
    astigmatic=0.0,
    sharp_probe=NEVER,
    clean=0.0,
    dose=(GOOD_DOSE, GOOD_DOSE),
    detector=(0.3, 0.3),
    correlated=1.0,
    correlation=(0.25, 0.25),
    jittering=0.0,
    streaked=0.0,
    charging=0.0,
    exported=0.0,
    gain=(1.0, 1.0),
    offset=NEVER,
)
"""A good instrument: noise of electrons and detector, a little correlated along the rows."""


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
    widest = replace(recipe, instrument=replace(PLAIN, probe=(BLUR.steps[-1], BLUR.steps[-1])))
    specimen, particles = draw_specimen(widest, rng), np.empty((0, 3))
    if case.axis == PARTICLES.name:
        specimen, particles = _with_particles(specimen, case.value, rng)
    blur = factor_of(case) * recipe.instrument.probe[0]
    return TestImage(case, specimen.take(recipe, rng), blur, 0.0, particles)


def _recipe(case: Case) -> Simulation:
    """Good images, but for what varies."""
    instrument = PLAIN
    if case.axis == NOISE.name:
        instrument = instrument_for(DOSES[NOISE.steps.index(case.value)])
    elif case.axis == BLUR.name:
        instrument = replace(PLAIN, probe=(case.value, case.value))
    return Simulation(
        factor=factor_of(case),
        size=(SIDE, SIDE),
        materials=one_material(material_of(case)),
        instrument=instrument,
    )


def instrument_for(dose: float) -> Instrument:
    """Give a good instrument of a dose [e⁻ in a coarse pixel]; an infinite one has no noise."""
    clean = bool(np.isinf(dose))
    counts = GOOD_DOSE if clean else dose
    return replace(PLAIN, clean=float(clean), dose=(counts, counts))


def one_material(name: str) -> Materials:
    """Sharp scenes of one material."""
    shares = {one.name: float(one.name == name) for one in fields(Shares)}
    return Materials(soft=0.0, shares=Shares(**shares))


def _with_particles(
    specimen: Specimen, diameter: float, rng: np.random.Generator
) -> tuple[Specimen, Array]:
    """Show balls of one size that lie apart from one another instead of what there is."""
    field = specimen.truth.shape
    usual = draw_tin_balls(TinBalls(roughness=(0.02, 0.08), rim=(0.08, 0.2)), Draws(rng), field)
    scene = _of_one_size(usual, diameter, field, rng)
    size = np.array(field) - 2 * specimen.border
    # Pixels lie half a pixel behind their corners, where scenes begin.
    places = scene.centres - specimen.border - 0.5
    inside = ((places > diameter) & (places < size - 1 - diameter)).all(1)
    particles = np.column_stack([places, np.full(len(places), diameter)])[inside]
    return replace(specimen, truth=scene.render(field, 1.0)), particles


def _of_one_size(
    scene: TinScene, diameter: float, field: tuple[int, ...], rng: np.random.Generator
) -> TinScene:
    """Lay balls of one size over the ground of a scene."""
    apart = max(APART * diameter, LEAST_APART)
    count = int(np.clip(COVERAGE * np.prod(field) / (np.pi * diameter**2 / 4), 8, MOST_PARTICLES))
    centres = np.empty((0, 2))
    for place in rng.uniform(0, field, (40 * count, 2)):
        if len(centres) == count:
            break
        if not len(centres) or np.hypot(*(centres - place).T).min() >= apart:
            centres = np.vstack([centres, place])
    greys = np.full(len(centres), float(np.mean(scene.greys)) if len(scene.greys) else 0.5)
    radii = np.full(len(centres), diameter / 2)
    return replace(scene, centres=centres, radii=radii, greys=greys)
