"""Echoes: what a crystal repeats is told from what chance has put there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.atoms.echo import echo, repeats

Array = NDArray[np.float64]

seeds = st.integers(0, 2**32 - 1)


def crystal(rng: np.random.Generator, count: int = 8) -> Array:
    """Strong columns on a square lattice, shaken a little."""
    along = 10.0 * np.arange(count)
    exact = np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)
    return exact + rng.normal(0, 0.3, exact.shape)


@given(seeds)
def test_a_faint_sublattice_echoes_and_chance_does_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strong = crystal(rng)
    faint = strong + np.array([5.0, 5.0]) + rng.normal(0, 0.3, strong.shape)
    stray = rng.uniform(0, 70, (10, 2))
    positions = np.concatenate([strong, faint, stray])
    height = np.repeat([0.9, 0.4, 0.4], [len(strong), len(faint), len(stray)])
    share = echo(positions, height, 10 * height)
    assert np.median(share[: len(strong) + len(faint)]) > 0.7
    free = np.linalg.norm(stray[:, None] - positions[: -len(stray)], axis=2).min(1) > 3
    assert (share[len(strong) + len(faint) :][free] < 0.6).all()


@given(seeds)
def test_noise_at_a_vacancy_has_no_echo_where_columns_stand_out(seed: int) -> None:
    positions = crystal(np.random.default_rng(seed))
    vacancy = np.arange(len(positions)) == 27
    height = np.where(vacancy, 0.3, 0.9)
    assert echo(positions, height, np.where(vacancy, 2.0, 20.0))[vacancy] < 0.1
    assert echo(positions, height, np.where(vacancy, 2.0, 5.0))[vacancy] > 0.6


@given(seeds, st.floats(0.1, 10), st.floats(0, 2 * np.pi))
def test_scale_and_direction_do_not_matter(seed: int, scale: float, angle: float) -> None:
    rng = np.random.default_rng(seed)
    positions = np.concatenate([crystal(rng), crystal(rng) + np.array([3.0, 4.0])])
    height = rng.uniform(0.2, 1, len(positions))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    # Chance depends on the area that the positions span, and that on the direction.
    snr = 10 * height
    difference = echo(scale * positions @ turn, height, snr) - echo(positions, height, snr)
    assert np.quantile(np.abs(difference), 0.9) < 0.25


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 6])
def test_few_columns_have_no_echo_that_is_not_a_number(count: int) -> None:
    positions = np.random.default_rng(1).uniform(0, 100, (count, 2))
    share = echo(positions, np.full(count, 0.9), np.full(count, 5.0))
    assert share.shape == (count,)
    assert (np.abs(share) <= 1).all()


def test_columns_on_one_line_or_one_spot_are_no_trouble() -> None:
    line = np.stack([np.arange(20.0), np.zeros(20)], 1)
    assert np.isfinite(echo(line, np.full(20, 0.9), np.full(20, 5.0))).all()
    assert np.isfinite(echo(np.zeros((20, 2)), np.full(20, 0.9), np.full(20, 5.0))).all()


@given(seeds, st.integers(4, 40), st.floats(0, 2 * np.pi))
def test_columns_of_a_crystal_repeat(seed: int, count: int, angle: float) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    positions = crystal(np.random.default_rng(seed), count) @ turn
    assert repeats(positions, np.full(len(positions), 0.9))


@given(seeds, st.integers(40, 200))
def test_atoms_that_stand_anywhere_do_not_repeat(seed: int, count: int) -> None:
    anywhere = np.random.default_rng(seed).uniform(0, 500, (count, 2))
    distance = np.linalg.norm(anywhere[:, None] - anywhere, axis=2)
    # Nearer ones would be one.
    apart = anywhere[~(np.triu(distance < 15, 1).any(0))]
    assert not repeats(apart, np.full(len(apart), 0.9))


def test_noise_among_the_candidates_does_not_hide_a_crystal() -> None:
    rng = np.random.default_rng(1)
    positions = np.concatenate([crystal(rng), rng.uniform(0, 70, (200, 2))])
    assert repeats(positions, np.repeat([0.9, 0.3], [64, 200]))
    assert not repeats(positions[64:], np.full(200, 0.3))
