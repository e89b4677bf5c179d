"""Faint sublattices: light columns of which the network sees one here and there.

A crystal repeats a light column as it repeats a heavy one. What hardly stands out at one site is
certain in the mean of the sites around it: so a sublattice is judged as a whole, all of its sites
are fitted, and each is then as likely as its own signal to noise makes it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.judge.lattice_support import LatticeSupport
from colonnade.atoms.locate.judge.missing_sites import gathered
from colonnade.atoms.locate.judge.neighbourhoods import Neighbourhoods
from colonnade.atoms.locate.judge.repeats import NOTHING, Repeats
from colonnade.atoms.locate.judge.settings import (
    JUDGE_DEFAULTS,
    JudgeSettings,
    SublatticeSettings,
)
from colonnade.atoms.network import NETWORK_DEFAULTS, NetworkSettings
from colonnade.core.arrays import Array, Indices


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
    repeats, confidence = _seen(around, faint, confidence_at, settings)
    there = confidence >= settings.proposed
    weight, places = repeats.weight[there], repeats.places[there]
    within = (places >= around.low) & (places <= around.low + around.extent)
    voting = (weight > 0) & within.all(axis=2)
    if not voting.any():
        return np.empty((0, 2))
    sites = gathered(around, [(places[voting], weight[voting])], settings.votes)
    sites = sites[_clear(cKDTree(candidates.positions), sites, around, settings)]
    # Where two kinds of columns have much the same neighbours, vectors between them mislead.
    _, confidence = _seen(around, sites, confidence_at, settings)
    return np.asarray(sites[confidence >= settings.proposed])


def _seen(
    around: Neighbourhoods,
    places: Array,
    confidence_at: Callable[[Array], Array],
    settings: SublatticeSettings,
) -> tuple[Repeats, Array]:
    """Repeats of places in the image, and the mean of the network's confidence at them."""
    repeats = Repeats.of(around, places, settings)
    seen = confidence_at(repeats.places.reshape(-1, 2)).reshape(repeats.weight.shape)
    repeats = replace(repeats, weight=np.where(np.isnan(seen), np.float32(0), repeats.weight))
    return repeats, repeats.mean(_capped(np.nan_to_num(seen), settings))


def _capped(confidence: Array, settings: SublatticeSettings) -> Array:
    """Confidences, so that a few bright columns at the end of a vector make no sublattice."""
    return np.minimum(confidence, settings.seen)


def _clear(
    tree: cKDTree, places: Array, around: Neighbourhoods, settings: SublatticeSettings
) -> NDArray[np.bool_]:
    """Whether places lie far enough from what is in a tree."""
    return np.asarray(tree.query(places)[0] >= settings.clearance * around.spacing)


@dataclass(frozen=True, eq=False)
class FaintSites:
    """What a crystal says of the candidates that are fainter than its bright columns.

    Parameters
    ----------
    support
        How likely each candidate is a column of a faint sublattice, from 0 to 1; 0 where there
        is no such sublattice, and of the bright columns.
    empty
        Whether the crystal repeats its site and leaves it empty.
    """

    support: Array
    empty: NDArray[np.bool_]

    @classmethod
    def of(
        cls, candidates: Candidates, snr: Array, settings: JudgeSettings = JUDGE_DEFAULTS
    ) -> "FaintSites":
        """Judge candidates by what was fitted where the crystal repeats them.

        Parameters
        ----------
        candidates
            Everything that was fitted.
        snr
            Signal to noise of each; NaN where it is not known.
        settings
            When a sublattice is there.
        """
        snr = np.nan_to_num(snr)
        bright = _bright(candidates.confidence, snr, settings.sublattices)
        support, empty = np.zeros(len(candidates)), np.zeros(len(candidates), bool)
        if bright.sum() < settings.neighbourhoods.neighbours or bright.all():
            return cls(support, empty)
        hosts = candidates.positions[bright]
        around = Neighbourhoods(hosts, hosts, settings.neighbourhoods)
        usual = _Usual.of(candidates, snr, ~bright, around, settings.sublattices)
        apart = settings.sublattices.apart * around.spacing
        first = _first(candidates.positions[~bright], candidates.confidence[~bright], apart)
        support[~bright] = np.where(first, usual.likelihood(snr[~bright]), 0)
        empty[~bright] = usual.empty(float(np.median(snr[bright])))
        return cls(support, empty)


def _first(positions: Array, confidence: Array, apart: float) -> NDArray[np.bool_]:
    """Which candidates have the highest confidence so far around: a site has but one column."""
    first = np.ones(len(positions), bool)
    one, other = cKDTree(positions).query_pairs(apart, output_type="ndarray").T
    first[np.where(confidence[one] < confidence[other], one, other)] = False
    return first


def _bright(confidence: Array, snr: Array, settings: SublatticeSettings) -> NDArray[np.bool_]:
    """Which candidates are the bright columns of a crystal."""
    seen = confidence >= settings.seen
    if not seen.any():
        return seen
    return seen & (snr >= settings.bright_share * np.quantile(snr[seen], 0.75))


@dataclass(frozen=True, eq=False)
class _Usual:
    """What is usual of the sublattice that each faint candidate would be of.

    Parameters
    ----------
    snr, confidence
        Signal to noise, and confidence of the network.
    repeats
        Number of sites that this was measured at.
    settings
        When a sublattice is there.
    """

    snr: Array
    confidence: Array
    repeats: Array
    settings: SublatticeSettings

    @classmethod
    def of(
        cls,
        candidates: Candidates,
        snr: Array,
        faint: NDArray[np.bool_],
        around: Neighbourhoods,
        settings: SublatticeSettings,
    ) -> "_Usual":
        """Measure it at the repeats of every faint candidate, then share it among these."""
        repeats = Repeats.of(around, candidates.positions[faint], settings)
        found = repeats.candidates(candidates.positions, around.near)
        usual_snr = repeats.median(np.append(snr, 0.0)[found])
        confidence = np.append(_capped(candidates.confidence, settings), 0.0)
        usual_confidence = repeats.mean(confidence[found])
        number = np.append(np.where(faint, np.cumsum(faint) - 1, NOTHING), NOTHING)[found]
        for _ in range(settings.rounds):
            usual_snr, usual_confidence = (
                _shared(repeats, number, one) for one in (usual_snr, usual_confidence)
            )
        return cls(usual_snr, usual_confidence, repeats.total, settings)

    def likelihood(self, snr: Array) -> Array:
        """How likely a column of a signal to noise is at each site; 0 without a sublattice."""
        settings = self.settings
        needed = np.interp(self.snr, settings.sure_snr, settings.confidence)
        there = (self.confidence >= needed) & (self.snr >= settings.snr)
        there &= self.snr * np.sqrt(self.repeats) >= settings.pooled_snr
        slope = np.minimum(self.snr, settings.steepest)
        odds = slope * (snr - self.snr / 2) + settings.occupied_odds
        return np.where(there, _logistic(odds), 0)

    def empty(self, bright: float) -> NDArray[np.bool_]:
        """Whether each site was seen to have no column.

        Parameters
        ----------
        bright
            Usual signal to noise of the bright columns.
        """
        settings = self.settings
        least = min(settings.snr, settings.faintest * bright)
        return np.asarray((self.snr < least) & (self.repeats >= settings.empty_repeats))


def standing_out(snr: Array, settings: SublatticeSettings = JUDGE_DEFAULTS.sublattices) -> Array:
    """How likely candidates of a signal to noise are columns at sites that a crystal leaves empty.

    No network can know better: it takes what lies between columns for one more of them.
    """
    return _logistic(snr - settings.standing_out)


def _logistic(odds: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))


def _shared(repeats: Repeats, number: Indices, values: Array) -> Array:
    """Mean of each candidate's value and those of the faint candidates that repeat it."""
    weight = np.where(number == NOTHING, 0, repeats.weight)
    total = values + (weight * np.append(values, 0.0)[number]).sum(1)
    return np.asarray(total / (1 + weight.sum(1)))
