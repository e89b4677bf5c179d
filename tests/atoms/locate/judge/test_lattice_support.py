"""LatticeSupport: what a crystal repeats is told from what chance has put there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.judge import neighbourhoods
from colonnade.atoms.locate.judge.lattice_support import LatticeSupport, suppress_faint
from colonnade.atoms.locate.judge.missing_sites import missing_sites
from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS
from colonnade.atoms.network import NETWORK_DEFAULTS

Array = NDArray[np.float64]

seeds = st.integers(0, 2**32 - 1)


def crystal(rng: np.random.Generator, count: int = 8) -> Array:
    """Strong columns on a square lattice, each a little off its site."""
    along = 10.0 * np.arange(count)
    exact = np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)
    return exact + rng.normal(0, 0.3, exact.shape)


def honeycomb(rng: np.random.Generator, count: int = 9) -> tuple[Array, Array]:
    """Columns of a honeycomb, and the centres of its rings."""
    first, second = np.array([0.0, 12.0]), np.array([12 * np.sqrt(3) / 2, 6.0])
    cells = np.array([i * first + j * second for i in range(count) for j in range(count)])
    third = (first + second) / 3
    columns = np.concatenate([cells + third, cells + 2 * third])
    return columns + rng.normal(0, 0.2, columns.shape), cells


def support(positions: Array, confidence: Array, snr: Array) -> Array:
    return LatticeSupport(Candidates(positions, confidence)).of_candidates(snr)


def confident(positions: Array) -> LatticeSupport:
    return LatticeSupport(Candidates(positions, np.full(len(positions), 0.9)))


def without_faint(confidence: Array, snr: Array) -> Array:
    return suppress_faint(confidence, snr, NETWORK_DEFAULTS, JUDGE_DEFAULTS.support)


def to_nearest(positions: Array, others: Array) -> Array:
    return np.asarray(np.linalg.norm(positions[:, None] - others, axis=2).min(axis=1))


@given(seeds)
def test_a_faint_sublattice_has_support_and_chance_has_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strong = crystal(rng)
    faint = strong + np.array([5.0, 5.0]) + rng.normal(0, 0.3, strong.shape)
    stray = rng.uniform(0, 70, (10, 2))
    positions = np.concatenate([strong, faint, stray])
    confidence = np.repeat([0.9, 0.4, 0.4], [len(strong), len(faint), len(stray)])
    share = support(positions, confidence, 10 * confidence)
    assert np.median(share[: len(strong) + len(faint)]) > 0.7
    free = to_nearest(stray, positions[: -len(stray)]) > 3
    assert (share[len(strong) + len(faint) :][free] < 0.5).all()


@given(seeds)
def test_a_handful_of_columns_says_nothing_about_a_lattice(seed: int) -> None:
    handful = crystal(np.random.default_rng(seed), count=3)
    assert not confident(handful).of_confident().any()
    assert confident(crystal(np.random.default_rng(seed), count=4)).of_confident().all()


@given(seeds)
def test_a_ghost_in_a_ring_of_a_honeycomb_has_little_support(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, centres = honeycomb(rng)
    ghosts = rng.choice(centres, 4, replace=False)
    positions = np.concatenate([columns, ghosts])
    share = support(positions, np.full(len(positions), 0.9), np.full(len(positions), 5.0))
    assert np.median(share[: len(columns)]) > 0.6
    assert share[len(columns) :].max() < 0.7 * np.median(share[: len(columns)])


@given(seeds)
def test_ghosts_do_not_support_each_other_where_columns_stand_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, centres = honeycomb(rng)
    ghosts = centres[rng.random(len(centres)) < 0.5]
    positions = np.concatenate([columns, ghosts])
    confidence = np.full(len(positions), 0.7)
    faint = np.arange(len(positions)) >= len(columns)
    bright = np.where(faint, 1.9, 16.0)
    assert support(positions, without_faint(confidence, bright), bright)[faint].max() < 0.2
    # Where all columns stand out that little, these may be columns too.
    all_alike = np.full(len(positions), 1.9)
    np.testing.assert_array_equal(without_faint(confidence, all_alike), confidence)


def test_a_candidate_of_unknown_signal_to_noise_is_faint_and_changes_no_other() -> None:
    confidence, snr = np.full(4, 0.9), np.array([10.0, 12.0, np.nan, 3.0])
    np.testing.assert_array_equal(without_faint(confidence, snr), [0.9, 0.9, 0.0, 0.9])
    snr[:2] = np.nan
    assert without_faint(confidence, snr)[3] == 0.9


@given(seeds)
def test_noise_at_a_vacancy_has_no_support_where_columns_stand_out(seed: int) -> None:
    positions = crystal(np.random.default_rng(seed))
    vacancy = np.arange(len(positions)) == 27
    confidence = np.where(vacancy, 0.3, 0.9)
    assert support(positions, confidence, np.where(vacancy, 2.0, 20.0))[vacancy] < 0.1
    assert support(positions, confidence, np.where(vacancy, 2.0, 5.0))[vacancy] > 0.6


@given(seeds, st.floats(0.1, 10), st.floats(0, 2 * np.pi))
def test_scale_and_direction_do_not_matter(seed: int, scale: float, angle: float) -> None:
    rng = np.random.default_rng(seed)
    positions = np.concatenate([crystal(rng), crystal(rng) + np.array([3.0, 4.0])])
    confidence = rng.uniform(0.2, 1, len(positions))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    # Chance depends on the area that the positions span, and that on the direction.
    snr = 10 * confidence
    changed = support(scale * positions @ turn, confidence, snr)
    difference = changed - support(positions, confidence, snr)
    assert np.quantile(np.abs(difference), 0.9) < 0.25


@pytest.mark.parametrize("count", [0, 1, 2, 4, 9, 10, 11])
def test_few_columns_have_a_support_that_is_a_number(count: int) -> None:
    positions = np.random.default_rng(1).uniform(0, 100, (count, 2))
    share = support(positions, np.full(count, 0.9), np.full(count, 5.0))
    assert share.shape == (count,)
    assert (np.abs(share) <= 1).all()


def test_columns_on_one_line_or_one_spot_are_no_trouble() -> None:
    line = np.stack([np.arange(20.0), np.zeros(20)], 1)
    for positions in (line, np.zeros((20, 2))):
        assert np.isfinite(support(positions, np.full(20, 0.9), np.full(20, 5.0))).all()
        places = missing_sites(confident(positions))
        assert places is None or np.isfinite(places).all()


def test_two_clusters_far_apart_need_no_endless_grid() -> None:
    near = crystal(np.random.default_rng(1))
    positions = np.concatenate([near, near + 1e7])
    assert np.isfinite(support(positions, np.full(128, 0.9), np.full(128, 5.0))).all()
    missing_sites(confident(positions))


@given(seeds, st.integers(4, 40), st.floats(0, 2 * np.pi))
def test_columns_of_a_crystal_repeat(seed: int, count: int, angle: float) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    positions = crystal(np.random.default_rng(seed), count) @ turn
    assert missing_sites(confident(positions)) is not None


@given(seeds, st.integers(40, 200))
def test_atoms_that_stand_anywhere_do_not_repeat(seed: int, count: int) -> None:
    anywhere = np.random.default_rng(seed).uniform(0, 500, (count, 2))
    distance = np.linalg.norm(anywhere[:, None] - anywhere, axis=2)
    # Nearer ones would be one.
    apart = anywhere[~(np.triu(distance < 15, 1).any(0))]
    assert missing_sites(confident(apart)) is None


def test_noise_among_the_candidates_does_not_hide_a_crystal() -> None:
    rng = np.random.default_rng(1)
    positions = np.concatenate([crystal(rng), rng.uniform(0, 70, (200, 2))])
    both = Candidates(positions, np.repeat([0.9, 0.3], [64, 200]))
    noise = Candidates(positions[64:], np.full(200, 0.3))
    assert missing_sites(LatticeSupport(both)) is not None
    assert missing_sites(LatticeSupport(noise)) is None


@given(seeds, st.integers(1, 12))
def test_a_crystal_goes_on_where_columns_were_not_found(seed: int, missing: int) -> None:
    rng = np.random.default_rng(seed)
    columns = crystal(rng, 12)
    gone = rng.choice(len(columns), missing, replace=False)
    places = missing_sites(confident(np.delete(columns, gone, axis=0)))
    assert places is not None
    inner = ((columns[gone] > 5) & (columns[gone] < 105)).all(axis=1)
    assert (to_nearest(columns[gone][inner], places) < 1.6).all()
    # Nothing is expected but what is missing, and what may lie beyond the border.
    within = places[((places > 3) & (places < 107)).all(axis=1)]
    assert (to_nearest(within, columns[gone]) < 1.6).all()
    assert len(within) <= missing


@given(seeds)
def test_nothing_is_expected_in_the_rings_of_a_honeycomb(seed: int) -> None:
    columns, centres = honeycomb(np.random.default_rng(seed), 12)
    places = missing_sites(confident(columns))
    assert places is not None
    assert len(places) == 0 or to_nearest(centres, places).min() > 2.0


def test_a_lattice_says_the_same_however_few_columns_are_compared_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(3)
    columns = crystal(rng, count=12)[rng.permutation(144)[:130]]
    found = []
    for together in (7, 1 << 14):
        monkeypatch.setattr(neighbourhoods, "AT_ONCE", together)
        places = missing_sites(confident(columns))
        assert places is not None
        assert len(places) > 5
        found.append((places, support(columns, np.full(130, 0.9), np.full(130, 5.0))))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    np.testing.assert_array_equal(found[0][1], found[1][1])
