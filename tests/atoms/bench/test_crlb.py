"""The Cramér-Rao bound: closed forms for one column, and what the best fit of two reaches."""

import numpy as np
import pytest

from colonnade.atoms.bench import crlb


def drawn(positions: np.ndarray, intensity: np.ndarray, width: float, size: int) -> np.ndarray:
    """Gaussians on nothing [e⁻]."""
    lines = [np.exp(-0.5 * ((np.arange(size) - positions[:, [i]]) / width) ** 2) for i in (0, 1)]
    return (lines[0].T * intensity) @ lines[1] / (2 * np.pi * width**2)


@pytest.mark.parametrize("width", [1.5, 4.0])
@pytest.mark.parametrize("electrons", [30.0, 3000.0])
def test_a_column_on_nothing_is_known_to_its_width_by_the_root_of_its_electrons(
    width: float, electrons: float
) -> None:
    place, intensity = np.array([[40.3, 37.8]]), np.array([electrons])
    image = drawn(place, intensity, width, 80)
    found = crlb.position_crlb(image, place, intensity, crlb.Gaussian(np.array([width])), 40)
    assert found == pytest.approx(width / np.sqrt(electrons), rel=0.01)


def test_a_column_on_a_high_background_is_known_as_a_flat_noise_lets_it_be() -> None:
    width, electrons, level = 3.0, 50.0, 1000.0
    place, intensity = np.array([[40.3, 37.8]]), np.array([electrons])
    image = drawn(place, intensity, width, 80) + level
    found = crlb.position_crlb(image, place, intensity, crlb.Gaussian(np.array([width])), 40)
    assert found == pytest.approx(width**2 * np.sqrt(8 * np.pi * level) / electrons, rel=0.01)


def test_a_sampled_column_says_what_the_gaussian_it_is_sampled_from_says() -> None:
    rng = np.random.default_rng(2)
    places = np.array([[30.2, 31.7], [30.9, 38.4], [44.1, 33.3]])
    intensity, width, step = rng.uniform(100, 300, 3), 2.5, 0.4
    image = drawn(places, intensity, width, 72) + 3
    sampled = drawn(np.array([[50.0, 50.0]]), np.array([1.0]), width / step, 101) / step**2
    sigma = np.full(3, width)
    exact = crlb.position_crlb(image, places, intensity, crlb.Gaussian(sigma), 20)
    shape = crlb.Sampled(sigma, sampled, step)
    assert crlb.position_crlb(image, places, intensity, shape, 20) == pytest.approx(exact, 2e-3)


def test_strips_and_tiles_agree_with_the_whole_matrix() -> None:
    rng = np.random.default_rng(5)
    grid = np.stack(np.meshgrid(np.arange(-1, 60, 5.0), np.arange(3, 40, 6.0)), -1).reshape(-1, 2)
    places = grid + rng.normal(0, 0.3, grid.shape)
    intensity, sigma = rng.uniform(50, 500, len(places)), np.full(len(places), 1.8)
    image = drawn(places, intensity, 1.8, 60)[:, :44] + 2
    strips = crlb.position_crlb(image, places, intensity, crlb.Gaussian(sigma), 30)
    y, x = (axis.ravel()[None] for axis in np.mgrid[:60, :44])
    slopes = crlb.Gaussian(sigma).derivatives(
        np.arange(len(places)), y - places[:, [0]], x - places[:, [1]]
    )
    slopes[[0, 1, 3]] *= intensity[:, None]
    tents = np.einsum("iy,jx->ijyx", crlb._tents(60, 30), crlb._tents(44, 30))
    everything = np.concatenate([slopes.reshape(-1, 60 * 44), tents.reshape(-1, 60 * 44)])
    whole = np.linalg.inv(everything / image.ravel() @ everything.T)
    inside = ((places > 0) & (places < [59, 43])).all(1)
    expected = np.sqrt(np.diag(whole)[: 2 * len(places)]).reshape(2, -1).T
    assert strips[inside] == pytest.approx(expected[inside], rel=2e-3)


def test_two_that_overlap_are_known_as_well_as_their_best_fit_knows_them() -> None:
    width, level = 2.0, 1.0
    places, intensity = np.array([[11.2, 9.6], [10.8, 14.0]]), np.array([2000.0, 1200.0])
    shape = crlb.Gaussian(np.full(2, width))
    clean = drawn(places, intensity, width, 24) + level
    promised = crlb.position_crlb(clean, places, intensity, shape, 100)
    alone = crlb.position_crlb(clean, places[:1], intensity[:1], shape, 100)
    assert promised[0, 1] > 1.03 * alone[0, 1]
    rng = np.random.default_rng(8)
    fits = np.array([best_fit(rng.poisson(clean), places, intensity, width) for _ in range(250)])
    # The standard deviation of 250 fits is itself known to 4.5 %.
    assert fits.std(0) == pytest.approx(promised, rel=0.14)
    assert np.abs(fits.mean(0) - places) == pytest.approx(0, abs=0.2 * promised.max())


def best_fit(
    counts: np.ndarray, places: np.ndarray, intensity: np.ndarray, width: float
) -> np.ndarray:
    """Maximum likelihood by Fisher scoring, from the truth: positions (y, x) of the columns."""
    y, x = (axis.ravel()[None] for axis in np.mgrid[: counts.shape[0], : counts.shape[1]])
    start = [*places[:, 0], *places[:, 1], *intensity, width, width]
    p = np.array([*start, 1.0, 1.0, 1.0, 1.0])
    side = crlb._tents(len(counts), 100)
    tents = np.einsum("iy,jx->ijyx", side, side).reshape(4, -1)
    number = np.arange(2)
    for _ in range(7):
        shape = crlb.Gaussian(p[6:8])
        slopes = shape.derivatives(number, y - p[:2, None], x - p[2:4, None])
        mean = p[4:6] @ slopes[2] + p[8:] @ tents
        slopes[[0, 1, 3]] *= p[4:6, None]
        jacobian = np.concatenate([*slopes, tents])
        mean = np.maximum(mean, 0.05)
        weighted = jacobian / mean
        p = p + np.linalg.solve(weighted @ jacobian.T, weighted @ (counts.ravel() - mean))
    return p[:4].reshape(2, 2).T
