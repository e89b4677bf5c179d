"""Images of our own simulator that nothing but the noise of the electrons disturbs.

One probe makes all columns of an image and is known, so that the bound for their positions is
exact.
"""

from dataclasses import dataclass

import numpy as np
from bound import Sampled, position_bounds
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.optics.canvas import Canvas
from colonnade.atoms.optics.exposure import Exposure, expose, seen_probe
from colonnade.atoms.optics.microscope import draw_beam, draw_dose
from colonnade.atoms.optics.probe import Probe
from colonnade.atoms.simulate import Simulation
from colonnade.atoms.specimens.specimen import build
from colonnade.atoms.truth import Conditions, judge
from colonnade.core.draws import Draws

Array = NDArray[np.float64]

MESH = 1.0
"""Distance of the nodes of the background in the bound [nm]."""

STEP = 0.25
"""Samples of the probe are this far apart [px]."""

SEEN = 0.4
"""The probe is known up to this distance from its middle [nm]."""


@dataclass(frozen=True, eq=False)
class Flawless:
    """One image and all that is known of it.

    Parameters
    ----------
    image
        With the noise of the electrons [e⁻].
    expected, alone
        Without noise: everything, and the columns alone [e⁻].
    columns
        Every column in the field of view, with the label ``asked``.
    bounds
        Smallest standard errors of their positions, rows of (y, x) [px].
    """

    image: NDArray[np.float32]
    expected: Array
    alone: Array
    columns: Columns
    bounds: Array


def draw_flawless(recipe: Simulation, rng: np.random.Generator) -> Flawless:
    """Draw an image; what the recipe says of scan, detector and export is not used."""
    draws = Draws(rng)
    pixel = draws.log_uniform("imaging.pixel_size", recipe.imaging.pixel_size)
    beam = draw_beam(recipe.imaging, draws)
    scene = build(recipe.specimen, recipe.size, pixel, beam.probe.resolution, beam.exponent, draws)
    positions = scene.positions / pixel
    exposure = expose(scene, positions, pixel, beam, recipe.background, draws)
    dose = draw_dose(recipe.imaging, float(exposure.total.max()), pixel, draws)
    expected, alone = (
        np.asarray(dose * pixel**2 * part, np.float64) for part in (exposure.total, exposure.alone)
    )
    sigma = np.full(len(positions), exposure.peak.sigma / pixel)
    shape = Sampled(sigma, _column(seen_probe(scene, exposure.signal, beam), pixel), STEP)
    intensity = dose * exposure.signal
    bounds = position_bounds(expected, positions, intensity, shape, MESH / pixel)
    columns = Columns(
        positions[:, 0], positions[:, 1], intensity=intensity, pixel_size=(pixel, pixel)
    )
    columns = columns.with_labels(number=np.arange(len(columns)))
    inside = ((positions > -0.5) & (positions < np.array(recipe.size) - 0.5)).all(1)
    columns = judge(columns[inside], _conditions(expected, alone, exposure, pixel))
    image = rng.poisson(expected).astype(np.float32)
    return Flawless(image, expected, alone, columns, bounds[columns.labels["number"]])


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


def _column(probe: Probe, pixel: float) -> Array:
    """Image of a column of unit intensity [1/px²]."""
    half = int(np.ceil(SEEN / pixel / STEP))
    canvas = Canvas((2 * half + 1, 2 * half + 1), STEP * pixel, probe)
    image = canvas.draw(np.array([[half, half]], float), np.ones(1))
    return np.asarray(image * pixel**2, np.float64)
