"""Images in which one quality varies and everything else is good.

The axes are those of the benchmark of Wei, Blaiszik, Morgan and Voyles, and one more: very
small pixels, where noise passes for columns.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from colonnade.atoms.bench.case import TestImage
from colonnade.atoms.bench.ideal_images import NoiseFreeImage, draw_noise_free_image
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.atoms.simulate.optics.probe import Probe
from colonnade.atoms.simulate.scan import COLUMN_HEIGHT, StemScan
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen
from colonnade.core.arrays import Array
from colonnade.core.bench.case import Axis, Case
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.instrument.scan import DrawnScan, draw_scan
from colonnade.core.work.draws import NEVER, Draws, Range

SEED = 2022
IMAGES_PER_STEP = 3

GOOD_PIXEL_NM, GOOD_RESOLUTION_NM, GOOD_NOISE_DB = 0.010, 0.080, 30.0
"""What is good: size of a pixel [nm], width of the probe [nm], peak signal to noise [dB]."""

FIELD_NM = 2.6
"""Side of the field of view, unless it takes too few pixels or too many [nm]."""

SMALLEST_PX, LARGEST_PX = 128, 512
"""Sides of images [px]."""

OXYGEN = 8
"""Atomic number of columns that are not to be found."""

PERFECT_SCAN = StemScan(
    jitter=NEVER,
    jitter_y=NEVER,
    humming=0.0,
    flyback=NEVER,
    drift=NEVER,
    wander=NEVER,
    shear=NEVER,
)
"""A scan without errors."""


@dataclass(frozen=True)
class Material:
    """What is to be seen.

    Parameters
    ----------
    crystal
        As recipes name it.
    distance
        Between neighbours of the columns that are detectable [nm].
    voltage, convergence
        Of the microscope [kV, mrad].
    thickness
        Of the crystal [nm].
    """

    crystal: str
    distance: float
    voltage: float
    convergence: float
    thickness: float


MATERIALS = (
    Material("SrTiO3 [100]", 0.2761, 200.0, 25.0, 10.0),
    Material("WS2 [001]", 0.1820, 80.0, 31.5, 1.0),
)


AXES = (
    Axis(
        "pixel size",
        "columns per 100 px",
        (5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30),
        "100 times the size of a pixel over the distance of neighbouring columns.",
    ),
    Axis(
        "small pixels",
        "columns per 100 px",
        (5, 4.4, 3.8, 3.3, 2.9, 2.5, 2.2, 1.9, 1.7, 1.5),
        "As pixel size, towards pixels that are much finer than the image needs.",
    ),
    Axis(
        "resolution",
        "pm",
        (80, 100, 120, 140, 155, 170, 185, 200, 220, 240, 260, 280, 300),
        "Full width at half maximum of the probe, electron source and vibration of the atoms "
        "included.",
    ),
    Axis(
        "contrast",
        "",
        (0.6, 0.4, 0.3, 0.2, 0.14, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01, 0.005),
        "Difference of the brightest and the darkest pixel over their sum, without noise; a "
        "uniform background is added and the electrons of the columns stay.",
    ),
    Axis(
        "noise",
        "dB",
        (25, 20, 16, 13, 10, 8, 6.5, 5.5, 4.5, 3.5, 2.5, 1.5, 0, -2, -4),
        "Peak signal to noise ratio: square of the brightest pixel over the mean square of the "
        "Poisson noise.",
    ),
    Axis(
        "fly-back",
        "px",
        (0.25, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6),
        "Standard deviation of each row's own shift along the row, in pixels of 10 pm.",
    ),
    Axis(
        "drift",
        "px",
        (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6),
        "Standard deviation, along y and along x, of the random step of the specimen from each "
        "row to the next, in pixels of 10 pm.",
    ),
)


def list_cases(quick: bool) -> Iterator[Case]:
    """List the images of all series; in a quick run a third of the steps, once each."""
    for material in MATERIALS:
        for axis in AXES:
            for value in axis.steps[1::3] if quick else axis.steps:
                for number in range(1 if quick else IMAGES_PER_STEP):
                    yield Case(material.crystal, axis.name, value, number)


def draw_degraded(case: Case) -> TestImage:
    """Draw one image of a series; always the same."""
    material = next(one for one in MATERIALS if one.crystal == case.series)
    rng = np.random.default_rng([SEED, zlib.crc32(case.name.encode())])
    draws = Draws(rng)
    recipe = _recipe(material, case)
    pixel = recipe.imaging.pixel_size[0]
    scan = draw_scan(recipe.scan, draws, pixel, COLUMN_HEIGHT)
    clean = draw_noise_free_image(recipe, draws, scan)
    if case.axis == "contrast":
        clean = _with_contrast(clean, case.value)
    electrons = _electrons(clean, case)
    columns, crlb = clean.columns(electrons)
    detectable = columns.labels["atomic_number"] != OXYGEN
    image = rng.poisson(_scanned(clean, scan, electrons, rng)).astype(np.float32)
    return TestImage(
        case,
        Micrograph(image, (pixel, pixel), case.name),
        columns.with_labels(detectable=detectable.astype(int)),
        crlb,
    )


def _recipe(material: Material, case: Case) -> Simulation:
    """Good images, but for what varies."""
    pixel, resolution, scan = GOOD_PIXEL_NM, GOOD_RESOLUTION_NM, PERFECT_SCAN
    step: Range = (case.value * GOOD_PIXEL_NM, case.value * GOOD_PIXEL_NM)
    if case.axis in ("pixel size", "small pixels"):
        pixel = case.value / 100 * material.distance
    elif case.axis == "resolution":
        resolution = case.value / 1000
    elif case.axis == "fly-back":
        scan = replace(PERFECT_SCAN, jitter=step)
    elif case.axis == "drift":
        scan = replace(PERFECT_SCAN, walk=step)
    side = int(np.clip(round(FIELD_NM / pixel), SMALLEST_PX, LARGEST_PX))
    return Simulation(
        size=(side, side),
        specimen=perfect(material.crystal, material.thickness),
        imaging=_imaging(material, pixel, resolution),
        background=Background(level=NEVER, clouds=NEVER),
        scan=scan,
    )


def perfect(crystal: str, thickness: float) -> Specimen:
    """A crystal without a fault, turned at random, of a thickness [nm]."""
    return Specimen(
        crystals=(crystal,),
        invented=0.0,
        resolved=0.0,
        scenes=Scenes(crystal=1.0),
        thickness=(thickness, thickness),
        wedge=NEVER,
        terraced=0.0,
        strain=NEVER,
        disorder=NEVER,
        vacancies=NEVER,
        substitutions=NEVER,
        adatoms=NEVER,
        composition=NEVER,
        dislocations=0.0,
        stacking_faults=0.0,
        supported=0.0,
        rim=NEVER,
        contaminated=0.0,
    )


def _imaging(material: Material, pixel: float, resolution: float) -> Imaging:
    """A corrected microscope whose source is as large as the resolution needs."""
    thermal = 0.007
    sharp = Probe(material.voltage, material.convergence, thermal=thermal).resolution
    source = float(np.sqrt(max(resolution**2 - sharp**2, 0.0)))
    return Imaging(
        pixel_size=(pixel, pixel),
        voltages=(material.voltage,),
        convergence=(material.convergence, material.convergence),
        defocus=NEVER,
        spherical=NEVER,
        astigmatism=NEVER,
        coma=NEVER,
        source=(source, source),
        thermal=(thermal, thermal),
        mistilt=NEVER,
        exponent=(1.6, 1.6),
        bright_field=0.0,
    )


def _with_contrast(clean: NoiseFreeImage, contrast: float) -> NoiseFreeImage:
    """Add a uniform background until the contrast is no higher than this."""
    total = clean.exposure.total
    high, low = float(total.max()), float(total.min())
    level = max(((high - low) / contrast - (high + low)) / 2, 0.0)
    exposure = replace(clean.exposure, total=total + level)
    return replace(clean, view=replace(clean.view, exposure=exposure))


def _electrons(clean: NoiseFreeImage, case: Case) -> float:
    """How many hit each pixel: what gives the wanted noise, whatever the contrast."""
    decibels = case.value if case.axis == "noise" else GOOD_NOISE_DB
    own = clean.exposure.total - clean.exposure.total.min() * (case.axis == "contrast")
    return float(10 ** (decibels / 10) * own.mean() / own.max() ** 2)


def _scanned(
    clean: NoiseFreeImage, scan: DrawnScan, electrons: float, rng: np.random.Generator
) -> Array:
    """Mean counts of each pixel where the scan shifts the rows [e⁻]."""
    expected = clean.expected(electrons)
    if not (scan.walk or scan.jitter.any()):
        return expected
    return np.asarray(np.maximum(scan.shift(expected, rng), 0.0), np.float64)
