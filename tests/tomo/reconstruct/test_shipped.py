"""What the packaged networks make of specimens that they have and have not learned."""

import numpy as np
import pytest

from colonnade.core.measures.trust import coverage
from colonnade.tomo.bench.test_series import Geometry, recipe_of
from colonnade.tomo.reconstruct.prepare import Preparation
from colonnade.tomo.reconstruct.reconstruct import Options, Reconstruction, reconstruct
from colonnade.tomo.simulate.series import SimulatedSeries, simulate

AS_MADE = Preparation(hot_pixels=0, background=False, normalise=False)

COUNTS = 200.0


def made_of(family: str, seed: int) -> SimulatedSeries:
    recipe = recipe_of(family, Geometry(64, 60.0), COUNTS)
    return simulate(recipe, np.random.default_rng([77, seed]))


def decibels(found: Reconstruction, truth: np.ndarray) -> float:
    error = float(np.mean(np.square(found.volume.voxels - truth, dtype=np.float64)))
    return 10 * float(np.log10(truth.max() ** 2 / error))


def by(method: str, made: SimulatedSeries, model: str = "tomo") -> Reconstruction:
    options = Options(method, weight=12.0, model=model)  # type: ignore[arg-type]
    return reconstruct(made.series, options, preparation=AS_MADE, noise=made.noise)


@pytest.mark.parametrize(
    ("family", "least"), [("porous", 1.0), ("grains", 1.0), ("catalyst", 0.0)]
)
def test_the_network_is_nearer_to_the_truth_than_total_variation(
    family: str, least: float
) -> None:
    """Of two families that it has learned by a decibel, of one that it has not by none or more."""
    made = made_of(family, 1)
    network, plain = by("network", made), by("tv", made)
    assert decibels(network, made.truth) > decibels(plain, made.truth) + least
    assert 0.9 < network.assessment.residual_over_noise < 1.1
    assert network.errors is not None
    inside = made.truth > 0
    error = np.abs(network.volume.voxels - made.truth)[inside]
    assert 0.75 < coverage(error, network.errors.voxels[inside]) < 0.99


def test_the_network_of_the_seed_improves_sirt() -> None:
    made = made_of("porous", 2)
    assert decibels(by("network", made, "tomo-seed"), made.truth) > decibels(
        by("sirt", made), made.truth
    )
