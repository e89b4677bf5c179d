"""Simulated images on which a search for columns may fail, and their truth.

Monolayers whose chalcogen scatters a sixth of what the metal does, or half; particles of five
twins, which no crystal can be without strain; and crystals whose images were interpolated and
smoothed before they were saved.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from colonnade.atoms.bench.degradation_series import perfect
from colonnade.atoms.bench.structures import (
    AS_RECORDED,
    CLEAN_DETECTOR,
    TYPICAL_IMAGING,
    TYPICAL_SCAN,
)
from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate.image import Simulated, Simulation, simulate
from colonnade.atoms.simulate.optics.background import Background
from colonnade.core.arrays import Array, Single
from colonnade.core.instrument.postprocess import Export
from colonnade.core.work.draws import NEVER

SEED = 16

SIDE = 256
"""Of an image [px]."""

MONOLAYERS = ("MoS2 [001]", "WS2 [001]", "WSe2 [001]", "MoSe2 [001]")
MONOLAYER_COUNTS = (20.0, 80.0)
MONOLAYER_SOURCES = (0.07, 0.1, 0.13)
"""Full width at half maximum of the image of the electron source [nm]."""

PROCESSED = ("Si [110]", "SrTiO3 [100]", "Au [110]", "GaAs [110]", "Pt [100]")
ZOOMS = (1.0, 1.5, 2.0, 3.0)
SMOOTHINGS = (0.0, 0.5, 1.0)
"""Standard deviation of a Gaussian [px of the recorded image]."""


@dataclass(frozen=True, eq=False)
class FaultImage:
    """One image, and everything that is in it.

    Parameters
    ----------
    group, name
        What it is an example of, and which.
    pixels
        Grey levels, axes (y, x).
    pixel_size
        Size of a pixel [nm].
    truth
        Every column, with the label ``detectable`` and ``light``: 1 where a column is of a
        lighter element than the heaviest.
    """

    group: str
    name: str
    pixels: Single
    pixel_size: float
    truth: Columns


def monolayers() -> Iterator[FaultImage]:
    """Dichalcogenides at two doses, with good and with poor resolution, as recorded or smoothed."""
    for crystal in MONOLAYERS:
        for counts in MONOLAYER_COUNTS:
            for source in MONOLAYER_SOURCES:
                for smoothing in (0.0, 1.0):
                    name = f"{crystal}, {counts:g} e, {1000 * source:g} pm, {smoothing:g} px"
                    recipe = _monolayer(crystal, counts, source, smoothing)
                    yield _simulated("monolayer", name, recipe)


def processed() -> Iterator[FaultImage]:
    """Crystals, interpolated and smoothed."""
    for crystal in PROCESSED:
        for zoom in ZOOMS:
            for smoothing in SMOOTHINGS:
                name = f"{crystal}, x {zoom:g}, smoothed by {smoothing:g} px"
                recipe = _processed(crystal, zoom, smoothing)
                yield _simulated("processed", name, recipe)


def _monolayer(crystal: str, counts: float, source: float, smoothing: float) -> Simulation:
    """A sheet with a few vacancies, and unevenly contaminated."""
    export = replace(AS_RECORDED, smoothed=float(smoothing > 0), smoothing=(smoothing, smoothing))
    return Simulation(
        size=(SIDE, SIDE),
        specimen=replace(
            perfect(crystal, 1.0),
            disorder=(0.003, 0.003),
            vacancies=(0.02, 0.02),
            contaminated=1.0,
            supported=0.3,
        ),
        imaging=replace(
            TYPICAL_IMAGING,
            voltages=(80.0,),
            convergence=(30.0, 30.0),
            astigmatism=(0.0, 2.0),
            source=(source, source),
            pixel_size=(0.016, 0.016),
            counts=(counts, counts),
        ),
        background=Background(level=(0.2, 0.2), clouds=(0.2, 0.2)),
        scan=TYPICAL_SCAN,
        detector=CLEAN_DETECTOR,
        export=export,
    )


def _processed(crystal: str, zoom: float, smoothing: float) -> Simulation:
    """A crystal whose image was interpolated so many times as fine, then smoothed."""
    side, pixel, blur = round(SIDE * zoom), 0.014 / zoom, smoothing * zoom
    export = replace(AS_RECORDED, interpolated=float(zoom > 1), zoom=(zoom, zoom))
    return Simulation(
        size=(side, side),
        specimen=replace(perfect(crystal, 8.0), disorder=(0.002, 0.002)),
        imaging=replace(
            TYPICAL_IMAGING, pixel_size=(pixel, pixel), source=(0.07, 0.07), counts=(60.0, 60.0)
        ),
        background=Background(level=(0.2, 0.2), clouds=NEVER),
        scan=TYPICAL_SCAN,
        detector=CLEAN_DETECTOR,
        export=replace(export, smoothed=float(blur > 0), smoothing=(blur, blur)),
    )


def _simulated(group: str, name: str, recipe: Simulation) -> FaultImage:
    made = simulate(recipe, _rng(name))
    number = made.columns.labels["atomic_number"]
    truth = made.columns.with_labels(light=(number < number.max()).astype(int))
    return FaultImage(group, name, made.image.pixels, recipe.imaging.pixel_size[0], truth)


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])
