"""A faint sublattice is found at all of its sites or at none."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.judge.lattice_support import LatticeSupport
from colonnade.atoms.locate.judge.sublattices import (
    FaintSites,
    standing_out,
    sublattice_sites,
)

Array = NDArray[np.float64]

seeds = st.integers(0, 2**32 - 1)

SIDE = 110.0


def sheet(rng: np.random.Generator) -> tuple[Array, Array]:
    """Heavy and light columns of a monolayer; in the middles of its rings there is nothing."""
    first, second = np.array([0.0, 12.0]), np.array([12 * np.sqrt(3) / 2, 6.0])
    cells = np.array([i * first + j * second for i in range(-6, 11) for j in range(11)])
    cells = cells + rng.normal(0, 0.2, cells.shape)
    light = cells + (first + second) / 3
    heavy, light = (sites[((sites > 0) & (sites < SIDE)).all(1)] for sites in (cells, light))
    return heavy, light


def seen_by(columns: Array, confidence: Array) -> Callable[[Array], Array]:
    """A network that sees columns with some confidences, and nothing else."""
    tree = cKDTree(columns)

    def confidence_at(places: Array) -> Array:
        distance, number = tree.query(places)
        seen = np.where(distance < 1.5, confidence[number], 0.01)
        return np.where(((places < 0) | (places > SIDE)).any(1), np.nan, seen)

    return confidence_at


def proposed(heavy: Array, light: Array, confidence: Array) -> Array:
    """Sites that are proposed if the network sees the light columns so well."""
    everything = np.concatenate([heavy, light])
    all_seen = np.concatenate([np.full(len(heavy), 0.9), confidence])
    candidates = Candidates(everything[all_seen > 0.15], all_seen[all_seen > 0.15])
    return sublattice_sites(LatticeSupport(candidates), candidates, seen_by(everything, all_seen))


@given(seeds)
def test_every_site_of_a_sublattice_is_proposed_where_a_third_was_seen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heavy, light = sheet(rng)
    confidence = np.where(rng.random(len(light)) < 0.35, 0.3, 0.1)
    unseen = light[confidence < 0.15]
    sites = proposed(heavy, light, confidence)
    inner = ((unseen > 15) & (unseen < SIDE - 15)).all(1)
    assert (cKDTree(sites).query(unseen[inner])[0] < 1.5).mean() > 0.95
    # Vectors between columns of both kinds lead to the middle of a ring: to few of them.
    inner = ((sites > 15) & (sites < SIDE - 15)).all(1)
    assert (cKDTree(light).query(sites[inner])[0] < 1.5).mean() > 0.7


@given(seeds)
def test_ghosts_here_and_there_are_no_sublattice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heavy, light = sheet(rng)
    confidence = np.full(len(light), 0.01)
    confidence[rng.integers(25) :: 25] = 0.3
    assert len(proposed(heavy, light, confidence)) == 0


def judged(heavy: Array, light: Array, confidence: float, snr: Array) -> Array:
    """How likely light columns are, all of which were fitted."""
    candidates = Candidates(
        np.concatenate([heavy, light]),
        np.concatenate([np.full(len(heavy), 0.9), np.full(len(light), confidence)]),
    )
    both = np.concatenate([np.full(len(heavy), 30.0), snr])
    return FaintSites.of(candidates, both).support[len(heavy) :]


@given(seeds)
def test_light_columns_are_likely_together_and_a_vacancy_among_them_is_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heavy, light = sheet(rng)
    snr = rng.normal(5, 1, len(light))
    vacancy = int(np.argmin(np.linalg.norm(light - SIDE / 2, axis=1)))
    snr[vacancy] = 0.0
    likely = judged(heavy, light, 0.2, snr)
    inner = ((light > 15) & (light < SIDE - 15)).all(1) & (np.arange(len(light)) != vacancy)
    assert np.median(likely[inner]) > 0.99
    assert likely[inner & (snr > 3)].min() > 0.9
    assert likely[vacancy] < 0.2


@pytest.mark.parametrize(("confidence", "usual"), [(0.02, 5.0), (0.2, 0.3)])
@given(seeds)
def test_there_is_none_that_the_network_does_not_see_or_the_fit_does_not_find(
    confidence: float, usual: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    heavy, light = sheet(rng)
    assert not judged(heavy, light, confidence, rng.normal(usual, 1, len(light))).any()


def test_of_two_candidates_at_a_site_one_is_its_column() -> None:
    rng = np.random.default_rng(3)
    heavy, light = sheet(rng)
    beside = light + np.array([1.6, 0.0])
    candidates = Candidates(
        np.concatenate([heavy, light, beside]),
        np.repeat([0.9, 0.3, 0.2], [len(heavy), len(light), len(beside)]),
    )
    snr = np.repeat([30.0, 5.0, 5.0], [len(heavy), len(light), len(beside)])
    likely = FaintSites.of(candidates, snr).support
    assert likely[len(heavy) : -len(beside)].mean() > 0.9
    assert not likely[-len(beside) :].any()


def test_columns_of_one_kind_have_no_other_sublattice() -> None:
    heavy, light = sheet(np.random.default_rng(0))
    alone = Candidates(heavy, np.full(len(heavy), 0.9))
    assert not FaintSites.of(alone, np.full(len(heavy), 30.0)).support.any()
    far = Candidates(np.concatenate([heavy, light + 500]), np.full(len(heavy) + len(light), 0.9))
    snr = np.repeat([30.0, 4.0], [len(heavy), len(light)])
    assert not FaintSites.of(far, snr).support.any()


def noisy_ring_centres(seed: int) -> tuple[Candidates, Array, NDArray[np.bool_]]:
    """A crystal that leaves sites empty, noise and an adatom there, and which of these are inner.

    The adatom is the first of the light candidates.
    """
    rng = np.random.default_rng(seed)
    heavy, light = sheet(rng)
    light = light[np.argsort(np.linalg.norm(light - SIDE / 2, axis=1))]
    noise = rng.normal(0, 1, len(light))
    noise[0] = 8.0
    candidates = Candidates(
        np.concatenate([heavy, light]), np.repeat([0.9, 0.7], [len(heavy), len(light)])
    )
    snr = np.concatenate([np.full(len(heavy), 30.0), noise])
    inner = ((candidates.positions > 15) & (candidates.positions < SIDE - 15)).all(1)
    return candidates, snr, inner & (np.arange(len(snr)) >= len(heavy))


@given(seeds)
def test_what_a_crystal_leaves_empty_holds_noise_or_an_adatom(seed: int) -> None:
    candidates, snr, inner = noisy_ring_centres(seed)
    assert FaintSites.of(candidates, snr).empty[inner].all()
    assert standing_out(snr[inner & (snr < 2)]).max() < 0.2
    assert standing_out(snr[inner & (snr > 7)]).min() > 0.9


@given(seeds)
def test_no_site_is_empty_that_has_light_columns_or_that_nothing_repeats(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heavy, light = sheet(rng)
    confidence = np.repeat([0.9, 0.3], [len(heavy), len(light)])
    snr = np.concatenate([np.full(len(heavy), 30.0), rng.normal(3, 1, len(light))])
    both = Candidates(np.concatenate([heavy, light]), confidence)
    assert not FaintSites.of(both, snr).empty.any()
    anywhere = Candidates(rng.uniform(0, SIDE, (len(confidence), 2)), confidence)
    noise = np.where(confidence > 0.5, 30.0, rng.normal(0, 1, len(confidence)))
    assert FaintSites.of(anywhere, noise).empty.mean() < 0.1


def test_bright_sites_that_the_network_hardly_sees_are_no_sublattice() -> None:
    heavy, light = sheet(np.random.default_rng(0))
    # Between the columns of graphene there is light from all of them, but no column.
    assert not judged(heavy, light, 0.14, np.full(len(light), 10.0)).any()
    assert judged(heavy, light, 0.14, np.full(len(light), 3.0)).mean() > 0.9
