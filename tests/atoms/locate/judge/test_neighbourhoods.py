"""Columns of the same kind have similar neighbourhoods, and others have not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.locate.judge.neighbourhoods import EMPTY, OUTSIDE, Neighbourhoods
from colonnade.atoms.locate.judge.settings import NeighbourhoodSettings

SPACING = 10.0

seeds = st.integers(0, 2**32 - 1)


def square(count: int = 9, seed: int = 0) -> np.ndarray:
    along = SPACING * np.arange(count)
    exact = np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)
    return exact + np.random.default_rng(seed).normal(0, 0.2, exact.shape)


def around(positions: np.ndarray) -> Neighbourhoods:
    return Neighbourhoods(positions, positions, NeighbourhoodSettings())


@given(seeds)
def test_the_spacing_and_the_chance_are_those_of_their_definition(seed: int) -> None:
    positions = square(seed=seed)
    found = around(positions)
    assert found.spacing == pytest.approx(SPACING, rel=0.06)
    area = np.prod(np.ptp(positions, axis=0) + 2 * found.near)
    assert found.chance == pytest.approx(len(positions) * np.pi * found.near**2 / area)


@given(seeds)
def test_a_vector_of_the_lattice_ends_at_a_column_and_half_of_it_at_none(seed: int) -> None:
    positions = square(seed=seed)
    found = around(positions)
    middle = np.array([40])
    ends = found.found_at(middle, np.array([[0.0, SPACING]]))[0]
    starts = positions[found.nearby[40]]
    for start, end in zip(starts, ends, strict=True):
        if end >= 0:
            assert np.linalg.norm(positions[end] - start - [0, SPACING]) < 1.5 * found.near
    assert (ends >= 0).mean() > 0.8
    halfway = found.found_at(middle, np.array([[0.0, SPACING / 2]]))[0]
    assert (halfway == EMPTY).mean() > 0.9


def test_beyond_everything_nothing_can_be_found() -> None:
    found = around(square())
    ends = found.found_at(np.array([40]), np.array([[1e4, 0.0]]))
    assert (ends == OUTSIDE).all()


def test_columns_of_two_kinds_are_less_similar_than_those_of_one() -> None:
    """Pairs of columns: the neighbour of the one kind lies above, that of the other below."""
    upper = square(8, 1)
    lower = upper + np.array([3.5, 0.0])
    found = around(np.concatenate([upper, lower]))
    inner = np.flatnonzero(((upper > 15) & (upper < 55)).all(1))
    similar = found.similarity(inner, np.full(len(inner), EMPTY))
    same_kind = found.nearby[inner] < len(upper)
    assert similar[same_kind].mean() > 2 * similar[~same_kind].mean()


@given(seeds, st.integers(12, 60))
def test_similarities_lie_between_none_and_one(seed: int, count: int) -> None:
    positions = np.random.default_rng(seed).uniform(0, 100, (count, 2))
    found = around(positions)
    everyone = np.arange(count)
    for without in (np.full(count, EMPTY), found.neighbours[:, 0]):
        similar = found.similarity(everyone, without)
        assert similar.shape == found.nearby.shape
        assert ((similar >= 0) & (similar <= 1)).all()


def test_the_memory_of_the_grid_is_bounded() -> None:
    positions = np.concatenate([square(4), square(4) + 1e6])
    found = Neighbourhoods(positions, positions, NeighbourhoodSettings(most_cells=10_000))
    assert found.smallest_cell == pytest.approx(np.sqrt(np.prod(found.extent) / 10_000))
    assert found._owner.size < 12_000
