"""How many particles a model shows is counted on particles of known size."""

from colonnade.core.learn.model import Model
from colonnade.sem.card import SemCard
from colonnade.sem.train.particles import SIZES, with_particles


def test_the_packaged_model_shows_large_particles_and_not_the_smallest() -> None:
    model = Model.load("light-x4")
    part = with_particles(SemCard.of(model.card), model, seed=3, images=1)
    shares = dict(zip(part.particle_sizes, part.particle_recall, strict=True))
    assert tuple(shares) == SIZES
    assert shares[4.0] > 0.9
    assert shares[0.5] < 0.5
