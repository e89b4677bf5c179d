"""Images in which one quality varies and everything else is good.

The axes are those of the benchmark of Wei, Blaiszik, Morgan and Voyles, and one more: very
small pixels, where noise passes for columns.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from colonnade.atoms.bench.case import Axis, Place, Plate
from colonnade.atoms.bench.ideal_images import Still, draw_still
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.atoms.simulate.optics.probe import Probe
from colonnade.atoms.simulate.scan import COLUMN_HEIGHT, StemScan
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen
from colonnade.core.arrays import Array
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.instrument.scan import DrawnScan, draw_scan
from colonnade.core.work.draws import NEVER, Draws, Range

SEED = 2022
IMAGES = 3
"""Of each step."""

PIXEL, RESOLUTION, NOISE = 0.010, 0.080, 30.0
"""What is good: size of a pixel [nm], width of the probe [nm], peak signal to noise [dB]."""

FIELD = 2.6
"""Side of the field of view, unless it takes too few pixels or too many [nm]."""

SMALLEST, LARGEST = 128, 512
"""Sides of images [px]."""

OXYGEN = 8

STILL = StemScan(
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


def places(quick: bool) -> Iterator[Place]:
    """Give the images of all series; fewer for a taste."""
    for material in MATERIALS:
        for axis in AXES:
            for value in axis.steps[1::3] if quick else axis.steps:
                for number in range(1 if quick else IMAGES):
                    yield Place(material.crystal, axis.name, value, number)


def draw_series(place: Place) -> Plate:
    """Draw one image of a series; always the same."""
    material = next(one for one in MATERIALS if one.crystal == place.series)
    rng = np.random.default_rng([SEED, zlib.crc32(place.name.encode())])
    draws = Draws(rng)
    recipe = _recipe(material, place)
    pixel = recipe.imaging.pixel_size[0]
    scan = draw_scan(recipe.scan, draws, pixel, COLUMN_HEIGHT)
    still = draw_still(recipe, draws, scan)
    if place.axis == "contrast":
        still = _pale(still, place.value)
    electrons = _electrons(still, place)
    columns, bounds = still.columns(electrons)
    detectable = columns.labels["atomic_number"] != OXYGEN
    image = rng.poisson(_shaken(still, scan, electrons, rng)).astype(np.float32)
    return Plate(
        place,
        Micrograph(image, (pixel, pixel), place.name),
        columns.with_labels(detectable=detectable.astype(int)),
        bounds,
    )


def _recipe(material: Material, place: Place) -> Simulation:
    """Good images, but for what varies."""
    pixel, resolution, scan = PIXEL, RESOLUTION, STILL
    step: Range = (place.value * PIXEL, place.value * PIXEL)
    if place.axis in ("pixel size", "small pixels"):
        pixel = place.value / 100 * material.distance
    elif place.axis == "resolution":
        resolution = place.value / 1000
    elif place.axis == "fly-back":
        scan = replace(STILL, jitter=step)
    elif place.axis == "drift":
        scan = replace(STILL, walk=step)
    side = int(np.clip(round(FIELD / pixel), SMALLEST, LARGEST))
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
    """A corrected microscope whose source is as large as the resolution wants it."""
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


def _pale(still: Still, contrast: float) -> Still:
    """Add a uniform background until the contrast is no higher than this."""
    total = still.exposure.total
    high, low = float(total.max()), float(total.min())
    level = max(((high - low) / contrast - (high + low)) / 2, 0.0)
    return replace(still, exposure=replace(still.exposure, total=total + level))


def _electrons(still: Still, place: Place) -> float:
    """How many hit each pixel: as the noise wants it, which a paler image does not change."""
    decibels = place.value if place.axis == "noise" else NOISE
    own = still.exposure.total - still.exposure.total.min() * (place.axis == "contrast")
    return float(10 ** (decibels / 10) * own.mean() / own.max() ** 2)


def _shaken(still: Still, scan: DrawnScan, electrons: float, rng: np.random.Generator) -> Array:
    """Mean counts of each pixel where the scan shifts the rows [e⁻]."""
    expected = still.expected(electrons)
    if not (scan.walk or scan.jitter.any()):
        return expected
    return np.asarray(np.maximum(scan.shift(expected, rng), 0.0), np.float64)
