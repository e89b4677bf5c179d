"""Spots of single atoms are alike, those of texture, edges and stars are not."""

import numpy as np
import pytest
from drawn_spots import SIDE, X, Y, spots, texture, with_spots
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from colonnade.core.arrays import Array


@given(st.floats(0.01, 1e4), st.floats(-1e3, 1e3))
def test_gain_and_black_level_do_not_matter(gain: float, level: float) -> None:
    image = with_spots(np.full(20, 8.0))
    usual, other = spots(image), spots((gain * image + gain * level).astype(np.float32))
    assert other.contrast == pytest.approx(usual.contrast, abs=0.15)
    assert other.spread == pytest.approx(usual.spread, abs=0.05)


def test_bright_spots_alone_have_a_contrast_and_both_kinds_have_none() -> None:
    heights = np.full(30, 10.0)
    assert spots(with_spots(heights)).contrast > 2.5
    assert spots(with_spots(-heights)).contrast < -1
    assert abs(spots(with_spots(heights * np.resize([1, -1], 30))).contrast) < 0.3


def test_a_dark_ring_round_an_atom_is_part_of_it() -> None:
    assert spots(with_spots(np.full(30, 40.0), ring=0.25)).contrast > 2.5


def test_stars_are_of_all_heights_and_atoms_are_not() -> None:
    atoms, stars = np.full(36, 15.0), 8 * np.geomspace(1, 100, 36)
    assert spots(with_spots(atoms)).spread < 0.3
    # The brighter half of what is even on a logarithmic scale spans half of its range, a decade.
    found = spots(with_spots(stars)).spread
    assert found == pytest.approx(np.log(10) / np.sqrt(12), abs=0.06)


def test_bumps_of_the_texture_beside_bright_atoms_do_not_make_them_uneven() -> None:
    heights = np.array(20 * [40.0] + 16 * [6.0])
    assert spots(with_spots(heights)).spread < 0.3


def test_atoms_are_round_and_alike_and_highlights_on_edges_are_not() -> None:
    atoms = spots(with_spots(np.full(36, 15.0)))
    rng = np.random.default_rng(1)
    distance = np.abs(np.hypot(Y - 90, X - 100) - 60)
    shine = np.exp(0.8 * ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 6) * 20)
    edge = spots((30 * shine * np.exp(-distance / 2) + texture()).astype(np.float32))
    assert edge.count >= 15
    assert atoms.roundness > 0.6 > edge.roundness
    assert atoms.unlikeness < 0.14
    assert edge.unlikeness > 0.19


def test_spots_of_many_widths_are_unlike() -> None:
    def unlikeness(widths: Array) -> float:
        image, cell = texture(), SIDE / 6
        for number, width in enumerate(widths):
            y, x = (number // 6 + 0.5) * cell, (number % 6 + 0.5) * cell
            image += 20 * np.exp(-((Y - y) ** 2 + (X - x) ** 2) / (2 * width**2))
        return spots(image.astype(np.float32)).unlikeness

    assert unlikeness(np.geomspace(1.2, 6, 36)) > 4 * unlikeness(np.full(36, 2.0))


def test_extremes_of_blurred_noise_fall_as_its_correlation_does() -> None:
    """A high place of Gaussian noise has, on average, the profile of its correlation."""
    noise = np.random.default_rng(2).normal(size=(900, 900))
    found = spots(ndimage.gaussian_filter(noise, 2.5).astype(np.float32))
    assert found.count >= 4
    assert found.coarseness == pytest.approx(0, abs=0.04)


def test_specks_finer_than_the_texture_are_found_to_be_so() -> None:
    rough = ndimage.gaussian_filter(np.random.default_rng(3).normal(size=(SIDE, SIDE)), 4)
    image = rough / rough.std() + 0.05 * texture()
    for number in range(36):
        image[int((number // 6 + 0.5) * 32), int((number % 6 + 0.5) * 32)] += 4
    assert spots(image.astype(np.float32)).coarseness < -0.08


def test_without_spots_nothing_is_said_of_their_shape() -> None:
    found = spots(np.zeros((64, 64), np.float32))
    assert found.count == 0
    assert np.isnan([found.roundness, found.unlikeness, found.coarseness]).all()
