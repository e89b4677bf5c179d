"""What the microscope would count on average: columns and background, in light or dark."""

from dataclasses import dataclass, replace

import numpy as np

from colonnade.atoms.simulate.optics.background import Background, diffuse, draw_clouds, draw_film
from colonnade.atoms.simulate.optics.canvas import Canvas, Peak
from colonnade.atoms.simulate.optics.microscope import Beam
from colonnade.atoms.simulate.optics.moving import Moving
from colonnade.atoms.simulate.optics.probe import Probe
from colonnade.atoms.simulate.optics.scattering import column_signal, peak_blur
from colonnade.atoms.simulate.specimen.specimen import Scene
from colonnade.core.arrays import Array, Grey, Single
from colonnade.core.work.draws import NEVER, Draws

SHARPENED = 0.4
"""Width of the probe of the sharpened image, relative to the microscope's."""

DARKEST = 0.02
"""What is left at least of the beam in annular bright field."""

CHANNELLED = 10.0
"""A column that leans shows about this much of its length [nm]."""

NOTHING = 0.05
"""Stands for the brightest column where there is none, as a share of the current."""


@dataclass(frozen=True, eq=False)
class Exposure:
    """Shares of the current that reach the detector.

    Parameters
    ----------
    total
        At each pixel.
    alone, sharpened
        The same of the columns alone, through the probe and through a much finer one.
    texture
        Standard deviation of the texture of an amorphous film at each pixel.
    signal
        Of each column, times area [nm²]; negative where columns are dark.
    recorded
        Share of each column's signal that is in the image; less than one where an atom hopped
        while the beam was on it.
    peak
        What the image of a single column looks like.
    """

    total: Grey
    alone: Grey
    sharpened: Grey
    texture: Grey
    signal: Array
    recorded: Array
    peak: Peak


def expose(
    scene: Scene,
    positions: Array,
    pixel: float,
    beam: Beam,
    background: Background,
    draws: Draws,
) -> Exposure:
    """Image a specimen without noise.

    Parameters
    ----------
    scene
        The specimen.
    positions
        Where its columns appear, rows of (y, x) [px].
    pixel
        Size of a pixel [nm].
    beam
        The microscope.
    background
        What else there is.
    draws
        Source of the background.
    """
    size = (scene.crystal.shape[0], scene.crystal.shape[1])
    signal = column_signal(scene.strength, scene.thickness, beam.exponent)
    canvas = Canvas(size, pixel, seen_probe(scene, signal, beam))
    peak = canvas.peak
    brightest = float(signal.max(initial=0.0)) * peak.height or NOTHING
    film = draw_film(background, scene.amorphous, beam.exponent, peak.sigma, draws)
    clouds = brightest * draw_clouds(background, size, pixel, draws)
    columns = Moving(canvas, positions, signal, scene.present / pixel)
    alone = columns.seen(canvas.transfer)
    sharpened = columns.seen(canvas.gaussian(SHARPENED * peak.sigma))
    total = alone + film.draw(pixel, draws.rng) + diffuse(scene, pixel, beam.exponent) + clouds
    if background.halo != NEVER:
        total = total + columns.seen(_draw_halo(background, canvas, draws))
    recorded = columns.recorded(peak.sigma / pixel)
    bright = Exposure(total, alone, sharpened, film.texture, signal, recorded, peak)
    if not beam.dark:
        return bright
    return _darkened(bright, beam.level, beam.depth / brightest, float(clouds.mean()))


def _darkened(bright: Exposure, level: float, depth: float, clouds: float) -> Exposure:
    """Turn what scatters to a dark field detector into what is missing in bright field."""
    scale = -level * depth
    return Exposure(
        total=np.maximum(level + scale * (bright.total - clouds), DARKEST * level),
        alone=scale * bright.alone,
        sharpened=scale * bright.sharpened,
        texture=-scale * bright.texture,
        signal=scale * bright.signal,
        recorded=bright.recorded,
        peak=bright.peak,
    )


def _draw_halo(background: Background, canvas: Canvas, draws: Draws) -> Single:
    """Draw the tails of the probe, as a transfer function."""
    share = draws.uniform("background.halo", background.halo)
    size = draws.log_uniform("background.halo_size", background.halo_size)
    return np.asarray(np.float32(share) * canvas.gaussian(size))


def seen_probe(scene: Scene, signal: Grey, beam: Beam) -> Probe:
    """Give the probe as the columns show it: widened by channelling, smeared where they lean."""
    if not signal.size:
        return beam.probe
    widths = peak_blur(scene.strength, scene.thickness, beam.exponent)
    blur = float(np.sqrt(np.average(widths**2, weights=signal)))
    length = min(float(np.median(scene.thickness)), CHANNELLED)
    return replace(
        beam.probe,
        thermal=float(np.hypot(beam.probe.thermal, blur)),
        smear=(length * beam.mistilt[0], length * beam.mistilt[1]),
    )
