"""Faint sublattices: light columns of which the network sees one here and there.

A crystal repeats a light column as it repeats a heavy one. What hardly stands out at one site is
certain in the mean of the sites around it: so a sublattice is judged as a whole, all of its sites
are fitted, and each is then as likely as its own signal to noise makes it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.judge.lattice_support import LatticeSupport
from colonnade.atoms.locate.judge.missing_sites import gathered
from colonnade.atoms.locate.judge.neighbourhoods import EMPTY, Neighbourhoods
from colonnade.atoms.locate.judge.settings import (
    JUDGE_DEFAULTS,
    JudgeSettings,
    SublatticeSettings,
)
from colonnade.atoms.network import NETWORK_DEFAULTS, NetworkSettings
from colonnade.core.arrays import Array, Indices, Single


@dataclass(frozen=True, eq=False)
class _Equivalents:
    """Where a crystal repeats some places.

    Parameters
    ----------
    places
        Axes (place, repeat, (y, x)).
    weight
        How similar the crystal is there, from 0 to 1.
    """

    places: Array
    weight: Single

    @property
    def total(self) -> Array:
        """Number of repeats of each place, each counted with its weight."""
        return np.asarray(self.weight.sum(1), np.float64)

    def mean(self, values: Array) -> Array:
        """Weighted means of values at the repeats of each place."""
        return np.asarray((self.weight * values).sum(1) / np.maximum(self.total, 1e-9))

    def median(self, values: Array) -> Array:
        """Weighted medians of the same."""
        order = np.argsort(values, axis=1)
        summed = np.cumsum(np.take_along_axis(self.weight, order, axis=1), axis=1)
        middle = (summed < summed[:, -1:] / 2).sum(1, keepdims=True)
        chosen = np.take_along_axis(order, np.minimum(middle, values.shape[1] - 1), axis=1)
        return np.asarray(np.take_along_axis(values, chosen, axis=1)[:, 0])


def _equivalents(
    around: Neighbourhoods, places: Array, settings: SublatticeSettings
) -> _Equivalents:
    """Follow the vectors that lead to places from the columns nearest to them."""
    count = min(settings.references, len(around.confident))
    references = around.tree.query(places, count)[1].reshape(len(places), count)
    parts = [_followed(around, places, reference, settings) for reference in references.T]
    repeats = np.concatenate([one.places for one in parts], axis=1)
    return _Equivalents(repeats, np.concatenate([one.weight for one in parts], axis=1))


def _followed(
    around: Neighbourhoods, places: Array, reference: Indices, settings: SublatticeSettings
) -> _Equivalents:
    vector = places - around.confident[reference]
    repeats = around.confident[around.nearby[reference]] + vector[:, None]
    weight = around.similarity(reference, np.full(len(reference), EMPTY))
    own = np.linalg.norm(repeats - places[:, None], axis=2) < around.near
    # Columns of two kinds may have most neighbours in common, as in a honeycomb.
    alike = weight >= settings.alike * weight.max(axis=1, keepdims=True)
    return _Equivalents(repeats, np.where(own | ~alike, 0, weight).astype(np.float32))


def sublattice_sites(
    support: LatticeSupport,
    candidates: Candidates,
    confidence_at: Callable[[Array], Array],
    network: NetworkSettings = NETWORK_DEFAULTS,
    settings: SublatticeSettings = JUDGE_DEFAULTS.sublattices,
) -> Array:
    """Find the sites of sublattices of which some columns were seen.

    Parameters
    ----------
    support
        Of the candidates, which are those of a crystal.
    candidates
        Everything that was found.
    confidence_at
        Gives the network's confidence at rows of (y, x); NaN beyond the image.
    network
        What their confidences mean.
    settings
        When a sublattice is there.

    Returns
    -------
    places
        Rows of (y, x) of the sites without a candidate.
    """
    around = support.neighbourhoods
    faint = candidates.positions[candidates.confidence < network.confident]
    faint = faint[_clear(around.tree, faint, around, settings)]
    seen = _seen(around, faint, confidence_at, settings)
    there = seen.mean_confidence >= settings.confidence
    weight, repeats = seen.repeats.weight[there], seen.repeats.places[there]
    within = (repeats >= around.low) & (repeats <= around.low + around.extent)
    voting = (weight > 0) & within.all(axis=2)
    if not voting.any():
        return np.empty((0, 2))
    places = gathered(around, repeats[voting], weight[voting], settings.votes)
    places = places[_clear(cKDTree(candidates.positions), places, around, settings)]
    # Where two kinds of columns have much the same neighbours, vectors between them mislead.
    seen = _seen(around, places, confidence_at, settings)
    return np.asarray(places[seen.mean_confidence >= settings.confidence])


@dataclass(frozen=True, eq=False)
class _Seen:
    """What the network says where a crystal repeats some places.

    Parameters
    ----------
    repeats
        Where it does; those beyond the image have no weight.
    mean_confidence
        Of the network there.
    """

    repeats: _Equivalents
    mean_confidence: Array


def _seen(
    around: Neighbourhoods,
    places: Array,
    confidence_at: Callable[[Array], Array],
    settings: SublatticeSettings,
) -> _Seen:
    repeats = _equivalents(around, places, settings)
    seen = confidence_at(repeats.places.reshape(-1, 2)).reshape(repeats.weight.shape)
    within = np.where(np.isnan(seen), np.float32(0), repeats.weight)
    repeats = _Equivalents(repeats.places, within)
    # A few bright columns at the end of a vector are no faint sublattice.
    capped = np.minimum(np.nan_to_num(seen), settings.seen)
    return _Seen(repeats, repeats.mean(capped))


def _clear(
    tree: cKDTree, places: Array, around: Neighbourhoods, settings: SublatticeSettings
) -> NDArray[np.bool_]:
    """Whether places lie far enough from what is in a tree."""
    return np.asarray(tree.query(places)[0] >= settings.clearance * around.spacing)


def sublattice_support(
    candidates: Candidates, snr: Array, settings: JudgeSettings = JUDGE_DEFAULTS
) -> Array:
    """How likely candidates are columns of a sublattice that is fainter than the brightest.

    Parameters
    ----------
    candidates
        Everything that was fitted.
    snr
        Signal to noise of each; NaN where it is not known.
    settings
        When a sublattice is there.

    Returns
    -------
    likelihood
        From 0 to 1; 0 where there is no such sublattice, and of the bright columns.
    """
    own = settings.sublattices
    snr = np.nan_to_num(snr)
    bright = _bright(candidates.confidence, snr, own)
    likelihood = np.zeros(len(candidates))
    if bright.sum() < settings.neighbourhoods.neighbours or bright.all():
        return likelihood
    hosts = candidates.positions[bright]
    around = Neighbourhoods(hosts, hosts, settings.neighbourhoods)
    repeats = _equivalents(around, candidates.positions[~bright], own)
    tree = cKDTree(candidates.positions)
    found = tree.query(repeats.places, distance_upper_bound=around.near, workers=-1)[1]
    # A few bright columns at the end of a vector are no faint sublattice.
    usual_snr = repeats.median(np.append(snr, 0.0)[found])
    capped = np.minimum(candidates.confidence, own.seen)
    confidence = repeats.mean(np.append(capped, 0.0)[found])
    there = (confidence >= own.confidence) & (usual_snr >= own.snr)
    there &= usual_snr * np.sqrt(repeats.total) >= own.pooled_snr
    slope = np.minimum(usual_snr, own.steepest)
    odds = slope * (snr[~bright] - usual_snr / 2) + own.occupied_odds
    likelihood[~bright] = np.where(there, 1 / (1 + np.exp(-np.clip(odds, -50, 50))), 0)
    return likelihood


def _bright(confidence: Array, snr: Array, settings: SublatticeSettings) -> NDArray[np.bool_]:
    """Which candidates are the bright columns of a crystal."""
    seen = confidence >= settings.seen
    if not seen.any():
        return seen
    return seen & (snr >= settings.bright_share * np.quantile(snr[seen], 0.75))
