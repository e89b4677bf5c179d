"""Images of which everything is known, and the bound for the position of every column.

One probe makes all columns of an image, and nothing but the noise of the electrons and, where it
is wanted, the scan disturbs it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.bench.crlb import Sampled, position_bounds
from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate.detectability import Conditions, mark_detectable
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.optics.canvas import Canvas
from colonnade.atoms.simulate.optics.exposure import Exposure, expose, seen_probe
from colonnade.atoms.simulate.optics.microscope import draw_beam, draw_dose
from colonnade.atoms.simulate.optics.probe import Probe
from colonnade.atoms.simulate.specimen.specimen import Scene, build
from colonnade.core.arrays import Array
from colonnade.core.instrument.scan import DrawnScan
from colonnade.core.work.draws import Draws

MESH = 1.0
"""Distance of the nodes of the background in the bound [nm]."""

STEP = 0.25
"""Samples of the probe are this far apart [px]."""

SEEN = 0.4
"""The probe is known up to this distance from its middle [nm]."""


@dataclass(frozen=True, eq=False)
class Still:
    """What the microscope would count on average.

    Parameters
    ----------
    exposure
        Shares of the current.
    positions
        Where the columns appear, rows of (y, x) [px]; some are outside of the field of view.
    atomic_number
        Of the strongest scatterer of each.
    shape
        What they look like.
    pixel
        Size of a pixel [nm].
    """

    exposure: Exposure
    positions: Array
    atomic_number: NDArray[np.int64]
    shape: Sampled
    pixel: float

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the image [px]."""
        return int(self.exposure.total.shape[0]), int(self.exposure.total.shape[1])

    def expected(self, electrons: float) -> Array:
        """Give the mean counts of each pixel, if so many electrons hit it."""
        return np.asarray(electrons * self.exposure.total, np.float64)

    def columns(self, electrons: float) -> tuple[Columns, Array]:
        """Give the columns in the field of view, and the bounds (y, x) for their positions [px].

        The label ``number`` is that of the column in `positions`.
        """
        intensity = electrons / self.pixel**2 * self.exposure.signal
        mesh = MESH / self.pixel
        bounds = position_bounds(
            self.expected(electrons), self.positions, intensity, self.shape, mesh
        )
        y, x = self.positions.T
        columns = Columns(y, x, intensity=intensity, pixel_size=(self.pixel, self.pixel))
        columns = columns.with_labels(
            number=np.arange(len(columns)), atomic_number=self.atomic_number
        )
        inside = ((self.positions > -0.5) & (self.positions < np.array(self.size) - 0.5)).all(1)
        return columns[inside], bounds[inside]


def draw_still(recipe: Simulation, draws: Draws, scan: DrawnScan | None = None) -> Still:
    """Draw what the microscope would count on average.

    Parameters
    ----------
    recipe
        Specimen, microscope and background; what it says of detector and export is not used.
    draws
        Source of what is drawn.
    scan
        Where the scan puts the columns, by mistake.
    """
    pixel = draws.log_uniform("imaging.pixel_size", recipe.imaging.pixel_size)
    beam = draw_beam(recipe.imaging, draws)
    scene = build(recipe.specimen, recipe.size, pixel, beam.probe.resolution, beam.exponent, draws)
    positions = scene.positions / pixel
    if scan is not None:
        positions = scan.move(positions, recipe.size)
    exposure = expose(scene, positions, pixel, beam, recipe.background, draws)
    shape = _shape(scene, exposure, seen_probe(scene, exposure.signal, beam), pixel)
    return Still(exposure, positions, scene.atomic_number, shape, pixel)


def _shape(scene: Scene, exposure: Exposure, probe: Probe, pixel: float) -> Sampled:
    """Image of a column of unit intensity [1/px²]."""
    half = int(np.ceil(SEEN / pixel / STEP))
    canvas = Canvas((2 * half + 1, 2 * half + 1), STEP * pixel, probe)
    image = canvas.draw(np.array([[half, half]], float), np.ones(1))
    sigma = np.full(len(scene.positions), exposure.peak.sigma / pixel)
    return Sampled(sigma, np.asarray(image * pixel**2, np.float64), STEP)


@dataclass(frozen=True, eq=False)
class Known:
    """One image and all that is known of it.

    Parameters
    ----------
    image
        With the noise of the electrons [e⁻].
    expected, alone
        Without noise: everything, and the columns alone [e⁻].
    columns
        Every column in the field of view that can be told from its neighbours, with the label
        ``detectable``.
    bounds
        Smallest standard errors of their positions, rows of (y, x) [px].
    """

    image: NDArray[np.float32]
    expected: Array
    alone: Array
    columns: Columns
    bounds: Array


def draw_known(recipe: Simulation, rng: np.random.Generator) -> Known:
    """Draw an image; what the recipe says of scan, detector and export is not used."""
    draws = Draws(rng)
    still = draw_still(recipe, draws)
    total = still.exposure.total
    dose = draw_dose(recipe.imaging, float(total.max()), still.pixel, draws)
    electrons = dose * still.pixel**2
    expected = still.expected(electrons)
    alone = np.asarray(electrons * still.exposure.alone, np.float64)
    columns, bounds = still.columns(electrons)
    order = columns.with_labels(row=np.arange(len(columns)))
    judged = mark_detectable(order, _conditions(expected, alone, still.exposure, still.pixel))
    image = rng.poisson(expected).astype(np.float32)
    return Known(image, expected, alone, judged, bounds[judged.labels["row"]])


def _conditions(expected: Array, alone: Array, exposure: Exposure, pixel: float) -> Conditions:
    """Nothing makes columns hard to find but their neighbours and the noise of the electrons."""
    peak = exposure.peak
    return Conditions(
        height=peak.height * pixel**2,
        sigma=peak.sigma / pixel,
        blur=peak.core / pixel,
        smoothing=0.0,
        clean=expected,
        alone=alone,
        texture=np.zeros_like(expected),
        covered=np.zeros(expected.shape, bool),
        read_noise=0.0,
        streaks=0.0,
    )
