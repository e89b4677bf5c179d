"""What is as strong as the columns all around it needs no lattice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.atoms.locate.judge.likeness import likeness

Array = NDArray[np.float64]


def crystal(count: int = 7) -> Array:
    along = 10.0 * np.arange(count)
    return np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)


def with_one(place: tuple[float, float], snr: float) -> float:
    """Likeness of a candidate that no lattice supports, beside columns of a crystal."""
    columns = crystal()
    columns = columns[np.linalg.norm(columns - place, axis=1) > 5]
    count = len(columns)
    return float(
        likeness(
            np.concatenate([columns, [place]]),
            np.append(np.full(count, 20.0), snr),
            np.append(np.full(count, 0.8), 0.0),
        )[-1]
    )


def test_a_bright_column_that_is_off_its_site_is_one_of_those_around_it() -> None:
    assert with_one((33.0, 26.0), 20.0) == 1.0


@given(st.floats(0, 8))
def test_a_ghost_between_bright_columns_is_not(snr: float) -> None:
    assert with_one((33.0, 26.0), snr) == 0.0


@pytest.mark.parametrize("place", [(70.0, 30.0), (30.0, -11.0), (200.0, 200.0)])
def test_what_lies_beyond_the_last_columns_is_not(place: tuple[float, float]) -> None:
    assert with_one(place, 20.0) == 0.0


def test_parts_of_one_column_are_not() -> None:
    columns = crystal()
    parts = np.array([[30.0, 28.0], [30.0, 32.0]])
    whole = columns[np.linalg.norm(columns - [30, 30], axis=1) > 5]
    support = np.append(np.full(len(whole), 0.8), [0, 0])
    alike = likeness(np.concatenate([whole, parts]), np.full(len(support), 20.0), support)
    assert not alike[-2:].any()
    assert alike[:-2].any()


@given(st.integers(0, 2**32 - 1), st.integers(0, 30))
def test_any_candidates_have_a_likeness_from_0_to_1(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    snr = rng.uniform(-5, 30, count)
    snr[rng.random(count) < 0.2] = np.nan
    alike = likeness(rng.uniform(0, 60, (count, 2)), snr, rng.uniform(-0.1, 1, count))
    assert ((alike >= 0) & (alike <= 1)).all()
