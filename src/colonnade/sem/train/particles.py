"""From which size on a model shows particles."""

from dataclasses import replace

import numpy as np

from colonnade.core.learn.model import Model
from colonnade.core.measures.fidelity import grey_range
from colonnade.core.measures.particles import LEAST_CONTRAST, count_known
from colonnade.sem.card import SemCard
from colonnade.sem.simulate.image import Simulation, draw_specimen
from colonnade.sem.simulate.instrument import GOOD
from colonnade.sem.simulate.one_size import show_particles
from colonnade.sem.upscale.predict import predict

SIZES = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Diameters of the particles that are looked for [px of the input]."""

LEAST_SIZE = 2.0
"""Smaller ones are a single pixel of the finer image, which noise is as well [px of that]."""

SIDE = 48
"""Rows and columns of the images [px of the input]."""

PARTICLE_PART = 6
"""Part of a seed from which the particles are drawn."""


def with_particles(part: SemCard, model: Model, seed: int, images: int) -> SemCard:
    """Put down how many particles of each size a model shows, as a good instrument sees them.

    Parameters
    ----------
    part
        What the card says so far.
    model
        Is tried.
    seed
        Of its training; decides what is drawn.
    images
        Number of images for each size.
    """
    sizes = tuple(size for size in SIZES if size * model.card.factor >= LEAST_SIZE)
    recall = tuple(_recall(model, size, seed, images) for size in sizes)
    return replace(part, particle_sizes=sizes, particle_recall=recall)


def _recall(model: Model, size: float, seed: int, images: int) -> float:
    """Share of the particles of a size that are shown, with two digits."""
    factor = model.card.factor
    recipe = Simulation(
        factor=factor, size=(factor * SIDE, factor * SIDE), instrument=GOOD, faint=0.0
    )
    shown = missed = 0
    for number in range(images):
        rng = np.random.default_rng([seed, PARTICLE_PART, round(100 * size), number])
        specimen, particles = show_particles(draw_specimen(recipe, rng), factor * size, rng)
        pair = specimen.take(recipe, rng)
        image = predict(model, pair.low).image
        found = count_known(image, pair.high, particles, LEAST_CONTRAST * grey_range(pair.high))
        shown, missed = shown + found.shown, missed + found.missed
    return round(shown / (shown + missed), 2)
