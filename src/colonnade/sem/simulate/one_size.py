"""Tin balls of one size, to tell from which size on particles are shown."""

from dataclasses import replace

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.work.draws import Draws
from colonnade.sem.simulate.image import Specimen
from colonnade.sem.simulate.materials.tin_balls import TinBalls, TinScene, draw_tin_balls

COVERAGE = 0.1
"""Share of the field that particles of one size cover, at most."""

APART = 2.5
"""Least distance of their centres, in diameters."""

LEAST_APART = 20.0
"""Least distance of their centres in any case [px]: pixels of 8 do not merge them."""

MOST_PARTICLES = 100
"""Particles in an image, at most."""


def show_particles(
    specimen: Specimen, diameter: float, rng: np.random.Generator
) -> tuple[Specimen, Array]:
    """Show balls of one size, apart from one another, instead of what a specimen shows.

    Parameters
    ----------
    specimen
        Whose field it is.
    diameter
        Of the balls [px of the sharp image].
    rng
        Source of their places and of everything else that is drawn.

    Returns
    -------
    specimen, particles
        With the balls, and rows of (y, x, diameter) of those that lie well within the image.
    """
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
