"""Simulated images on which a search for columns may fail, and their truth.

Monolayers whose chalcogen scatters a sixth of what the metal does, or half; particles of five
twins, which no crystal can be without strain; and crystals whose images were interpolated and
smoothed before they were saved.
"""

import zlib
from collections.abc import Iterator
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
from colonnade.atoms.simulate.detectability import mark_detectable
from colonnade.atoms.simulate.image import Simulation, View, simulate
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.exposure import expose
from colonnade.atoms.simulate.optics.microscope import draw_beam
from colonnade.atoms.simulate.specimen.specimen import Scene
from colonnade.atoms.simulate.specimen.stacks import Stacks, staying
from colonnade.core.arrays import Single
from colonnade.core.work.draws import NEVER, Draws

SEED = 16

SIDE = 256
"""Of an image [px]."""

MONOLAYERS = ("MoS2 [001]", "WS2 [001]", "WSe2 [001]", "MoSe2 [001]")
MONOLAYER_COUNTS = (20.0, 80.0)
MONOLAYER_SOURCES = (0.07, 0.1, 0.13)
"""Full width at half maximum of the image of the electron source [nm]."""

METALS = {"Cu": (29, 0.3615), "Au": (79, 0.4078), "Pt": (78, 0.3924)}
"""Atomic number and lattice constant [nm]."""

EDGE_COLUMNS = (6, 9)
"""Number of columns from the axis of a decahedron to its corners."""

PARTICLE_COUNTS = (30.0, 300.0)
STRAINS = (0.0, 0.2)
"""Amplitude of the displacements from a particle of five homogeneous twins [spacings]."""

PARTICLE_PIXEL = 0.014
"""Of images of particles [nm]."""

PROCESSED = ("Si [110]", "SrTiO3 [100]", "Au [110]", "GaAs [110]")
ZOOMS = (1.0, 1.5, 2.5)
SMOOTHINGS = (0.0, 1.0)
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
    """Dichalcogenides at two doses, of good and of poor resolution, as recorded or smoothed."""
    for crystal in MONOLAYERS:
        for counts in MONOLAYER_COUNTS:
            for source in MONOLAYER_SOURCES:
                for smoothing in (0.0, 1.0):
                    name = f"{crystal}, {counts:g} e, {1000 * source:g} pm, {smoothing:g} px"
                    recipe = _monolayer(crystal, counts, source, smoothing)
                    yield _simulated("monolayer", name, recipe)


def decahedra() -> Iterator[FaultImage]:
    """Particles of five twins along their axis, on a film, homogeneous and bent."""
    for metal, (number, constant) in METALS.items():
        for edge in EDGE_COLUMNS:
            for strain in STRAINS:
                for counts in PARTICLE_COUNTS:
                    name = f"{metal}, {edge} to a corner, strain {strain:g}, {counts:g} e"
                    stacks = _decahedron(number, constant, edge, strain, _rng(name))
                    yield _exposed("decahedron", name, stacks, counts)


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


def _decahedron(
    number: int, constant: float, edge: int, strain: float, rng: np.random.Generator
) -> Stacks:
    """Five wedges of {111} planes, each opened from 70.5 to 72 degrees, thinning to its edge.

    Parameters
    ----------
    number, constant
        Atomic number, and lattice constant [nm].
    edge
        Number of columns from the axis to a corner.
    strain
        Amplitude of slow displacements beside that opening [spacings].
    rng
        Source of orientation and displacements.
    """
    spacing, atom = constant * np.sqrt(3 / 8), constant / np.sqrt(2)
    turn = rng.uniform(0, 2 * np.pi) + 2 * np.pi / 5 * np.arange(6)
    corners = spacing * np.stack([np.sin(turn), np.cos(turn)], axis=1)
    steps = np.array([(i, j) for i in range(1, edge + 1) for j in range(edge + 1 - i)])
    wedges = [steps @ corners[one : one + 2] for one in range(5)]
    positions = np.concatenate([np.zeros((1, 2)), *wedges])
    layers = edge + 1.0 - np.concatenate([[0], np.tile(steps.sum(1), 5)])
    # A tilted wedge scatters less.
    tilted = np.concatenate([[1.0], np.repeat(rng.uniform(0.6, 1.0, 5), len(steps))])
    wave = rng.normal(0, 2 / (edge * spacing), (2, 2))
    phase = positions @ wave.T * np.pi + rng.uniform(0, 2 * np.pi, 2)
    positions = positions + spacing * strain * np.sqrt(2) * np.sin(phase)
    positions = positions + rng.normal(0, 0.004, positions.shape)
    count = len(positions)
    return Stacks(
        positions,
        tilted * number ** TYPICAL_IMAGING.exponent[0] / atom,
        layers * atom,
        np.full(count, number),
        layers,
        staying(count),
    )


def _exposed(group: str, name: str, stacks: Stacks, counts: float) -> FaultImage:
    """Image a particle in the middle of a film with a good microscope."""
    draws = Draws(_rng(name))
    imaging = replace(TYPICAL_IMAGING, source=(0.08, 0.08), counts=(counts, counts))
    reach = np.abs(stacks.positions).max() + 0.6
    side = int(2 * reach / PARTICLE_PIXEL)
    positions = stacks.positions + reach
    film = np.full((side, side), 1.0, np.float32)
    scene = Scene(
        positions,
        stacks.strength,
        stacks.thickness,
        stacks.atomic_number,
        stacks.present,
        np.zeros((side, side), np.float32),
        film,
        name,
    )
    beam = draw_beam(imaging, draws)
    background = Background(level=(0.1, 0.1), clouds=NEVER)
    places = positions / PARTICLE_PIXEL
    exposure = expose(scene, places, PARTICLE_PIXEL, beam, background, draws)
    view = View(scene, places, exposure, PARTICLE_PIXEL)
    electrons = counts / float(exposure.total.max())
    pixels = draws.rng.poisson(electrons * exposure.total).astype(np.float32)
    columns = view.columns(electrons / PARTICLE_PIXEL**2 * exposure.signal)
    columns = mark_detectable(columns, view.conditions(electrons))
    return FaultImage(group, name, pixels, PARTICLE_PIXEL, columns.with_labels(light=0))


def _simulated(group: str, name: str, recipe: Simulation) -> FaultImage:
    made = simulate(recipe, _rng(name))
    number = made.columns.labels["atomic_number"]
    truth = made.columns.with_labels(light=(number < number.max()).astype(int))
    return FaultImage(group, name, made.image.pixels, recipe.imaging.pixel_size[0], truth)


def _rng(name: str) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])
