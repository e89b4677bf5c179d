"""Images that nothing but the noise of the electrons disturbs, and the CRLB of every column.

One probe makes all columns of an image. The stages are those of `simulate`, without detector and
export, and without a scan unless one is handed in.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.bench.crlb import Sampled, position_crlb
from colonnade.atoms.columns import Columns
from colonnade.atoms.simulate.detectability import mark_detectable
from colonnade.atoms.simulate.image import Simulation, View, draw_view
from colonnade.atoms.simulate.optics.canvas import Canvas
from colonnade.atoms.simulate.optics.exposure import Exposure, seen_probe
from colonnade.atoms.simulate.optics.microscope import draw_beam, draw_dose
from colonnade.core.arrays import Array
from colonnade.core.instrument.scan import DrawnScan
from colonnade.core.work.draws import Draws

MESH_NM = 1.0
"""Distance of the nodes of the background in the CRLB [nm]."""

PROBE_STEP_PX = 0.25
"""Samples of the probe are this far apart [px]."""

PROBE_REACH_NM = 0.4
"""The probe is known up to this distance from its middle [nm]."""


@dataclass(frozen=True, eq=False)
class NoiseFreeImage:
    """What the microscope would count on average.

    Parameters
    ----------
    view
        The specimen as the beam and the scan show it.
    shape
        What its columns look like.
    """

    view: View
    shape: Sampled

    @property
    def exposure(self) -> Exposure:
        """Shares of the current that reach the detector."""
        return self.view.exposure

    def expected(self, electrons: float) -> Array:
        """Give the mean counts of each pixel for a number of electrons that hit it."""
        return np.asarray(electrons * self.exposure.total, np.float64)

    def columns(self, electrons: float) -> tuple[Columns, Array]:
        """Give the columns in the field of view, and the CRLB (y, x) of their positions [px]."""
        pixel = self.view.pixel
        intensity = electrons / pixel**2 * self.exposure.signal
        crlb = position_crlb(
            self.expected(electrons), self.view.positions, intensity, self.shape, MESH_NM / pixel
        )
        return self.view.columns(intensity), crlb[self.view.inside]


def draw_noise_free_image(
    recipe: Simulation, draws: Draws, scan: DrawnScan | None = None
) -> NoiseFreeImage:
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
    view = draw_view(recipe, recipe.size, pixel, beam, scan, draws)
    half = int(np.ceil(PROBE_REACH_NM / pixel / PROBE_STEP_PX))
    probe = seen_probe(view.scene, view.exposure.signal, beam)
    canvas = Canvas((2 * half + 1, 2 * half + 1), PROBE_STEP_PX * pixel, probe)
    image = canvas.draw(np.array([[half, half]], float), np.ones(1))
    sigma = np.full(len(view.positions), view.exposure.peak.sigma / pixel)
    shape = Sampled(sigma, np.asarray(image * pixel**2, np.float64), PROBE_STEP_PX)
    return NoiseFreeImage(view, shape)


@dataclass(frozen=True, eq=False)
class IdealImage:
    """An image and all that is known of it.

    Parameters
    ----------
    image
        With the noise of the electrons [e⁻].
    expected, alone
        Without noise: everything, and the columns alone [e⁻].
    columns
        Every column in the field of view that can be distinguished from its neighbours, with the
        label ``detectable``.
    crlb
        Smallest standard errors of their positions, rows of (y, x) [px].
    """

    image: NDArray[np.float32]
    expected: Array
    alone: Array
    columns: Columns
    crlb: Array


def draw_ideal_image(recipe: Simulation, rng: np.random.Generator) -> IdealImage:
    """Draw an image; what the recipe says of scan, detector and export is not used."""
    draws = Draws(rng)
    clean = draw_noise_free_image(recipe, draws)
    view, pixel = clean.view, clean.view.pixel
    dose = draw_dose(recipe.imaging, float(view.exposure.total.max()), pixel, draws)
    electrons = dose * pixel**2
    columns, crlb = clean.columns(electrons)
    numbered = columns.with_labels(row=np.arange(len(columns)))
    truth = mark_detectable(numbered, view.conditions(electrons))
    expected = clean.expected(electrons)
    return IdealImage(
        image=rng.poisson(expected).astype(np.float32),
        expected=expected,
        alone=np.asarray(electrons * view.exposure.alone, np.float64),
        columns=replace(truth, pixel_size=(pixel, pixel)),
        crlb=crlb[truth.labels["row"]],
    )
