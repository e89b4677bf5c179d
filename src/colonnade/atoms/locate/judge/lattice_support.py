"""Lattice support: how often a crystal repeats what lies beside a column.

The vectors that lead to a candidate from confident ones near it are followed from other columns
with the same neighbourhoods. Noise lies at their ends by chance alone, columns of a crystal again
and again.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from colonnade.atoms.locate.candidates import Candidates
from colonnade.atoms.locate.judge.neighbourhoods import OUTSIDE, Neighbourhoods, together
from colonnade.atoms.locate.judge.settings import JUDGE_DEFAULTS, JudgeSettings, SupportSettings
from colonnade.atoms.network import NETWORK_DEFAULTS, NetworkSettings
from colonnade.core.arrays import Array, Indices, Single
from colonnade.core.work.processors import available_cpus

NO_CANDIDATE = -3
"""Number of a place at which there is no candidate, or none of those in question."""


def suppress_faint(
    confidence: Array, snr: Array, network: NetworkSettings, settings: SupportSettings
) -> Array:
    """Network confidences, but 0 for candidates that stand out much less than confident ones.

    Parameters
    ----------
    confidence
        Of the network in each candidate.
    snr
        Signal to noise of each; NaN where it is not known, which counts as faint.
    network
        What the confidences mean.
    settings
        What counts as faint.
    """
    usual = snr[(confidence >= network.confident) & np.isfinite(snr)]
    if not len(usual):
        return confidence
    limit = settings.faint_share * float(np.median(usual))
    return np.where(snr >= limit, confidence, 0.0)


class LatticeSupport:
    """What a lattice repeats among candidates.

    Parameters
    ----------
    candidates
        Their positions along both axes in the same unit.
    network
        What their confidences mean.
    settings
        How support is measured.
    """

    def __init__(
        self,
        candidates: Candidates,
        network: NetworkSettings = NETWORK_DEFAULTS,
        settings: JudgeSettings = JUDGE_DEFAULTS,
    ) -> None:
        self.settings = settings.support
        self.positions = candidates.positions
        self.confident = np.flatnonzero(candidates.confidence >= network.confident)
        self.visible = np.flatnonzero(candidates.confidence >= network.visible)
        self.too_few = len(self.confident) < settings.neighbourhoods.neighbours
        if not self.too_few:
            self.neighbourhoods = Neighbourhoods(
                self.positions[self.confident],
                self.positions[self.visible],
                settings.neighbourhoods,
            )

    def of_candidates(self, snr: Array) -> Array:
        """Support of each candidate: how often others have a column where this one lies.

        Parameters
        ----------
        snr
            Signal to noise of each candidate.

        Returns
        -------
        support
            Share of the columns with the same neighbourhood that have one, beyond chance: from 0
            or a little less, where nothing repeats, to 1; 0 where confident candidates are too
            few.
        """
        numbers = np.arange(len(self.positions))
        needed = self.settings.same_kind_share * snr[self.visible] - self.settings.same_kind_margin
        return self._support(self.positions, numbers, snr, needed)

    def of_confident(self) -> Array:
        """Support of confident candidates, whatever their signal to noise is."""
        return self._support(
            self.positions[self.confident],
            self.confident,
            np.zeros(len(self.confident)),
            np.zeros(len(self.visible)),
        )

    def of_empty_places(self, places: Array) -> Array:
        """Support that columns would have at places (y, x) without a candidate."""
        numbers = np.full(len(places), NO_CANDIDATE)
        return self._support(places, numbers, np.zeros(len(places)), np.zeros(len(self.visible)))

    def _support(self, places: Array, numbers: Indices, snr: Array, needed: Array) -> Array:
        """Support of places.

        Parameters
        ----------
        places
            Rows of (y, x).
        numbers
            Of the candidates that they are, or `NO_CANDIDATE`.
        snr
            Signal to noise of each.
        needed
            Signal to noise that a place needs at least, for each visible candidate, to be of the
            same kind.
        """
        if self.too_few or not len(places):
            return np.zeros(len(places))
        around = self.neighbourhoods
        # Of no kind is what is empty or outside, which these two stand for.
        limits = np.append(needed, [np.inf, np.inf]).astype(np.float32)
        own_snr = snr.astype(np.float32)[:, None]
        as_confident = _index_in(self.confident, numbers)
        as_visible = _index_in(self.visible, numbers)

        def seen_from(some: slice, reference: Indices) -> tuple[Single, Single]:
            there = around.found_at(reference, places[some] - around.confident[reference])
            weight = around.similarity(reference, as_confident[some])
            weight[(there == OUTSIDE) | (there == as_visible[some, None])] = 0
            return (weight * (own_snr[some] >= limits[there])).sum(1), weight.sum(1)

        found, possible = np.full((2, len(places)), self.settings.chance_columns)
        found *= around.chance
        with ThreadPoolExecutor(available_cpus()) as pool:
            for some in together(len(places)):
                references = self._references(places[some], as_confident[some])
                for seen in pool.map(partial(seen_from, some), references.T):
                    found[some] += seen[0]
                    possible[some] += seen[1]
        return np.asarray(found / possible - around.chance)

    def _references(self, places: Array, as_confident: Indices) -> Indices:
        """Numbers of the confident candidates near each place but itself, nearest first."""
        count = min(self.settings.references + 1, len(self.confident))
        index = self.neighbourhoods.tree.query(places, count, workers=-1)[1]
        order = np.argsort(index == as_confident[:, None], axis=1, kind="stable")
        return np.asarray(np.take_along_axis(index, order, axis=1)[:, : count - 1])


def _index_in(ascending: Indices, numbers: Indices) -> Indices:
    """Where numbers stand in an ascending list; `NO_CANDIDATE` where they do not."""
    place = np.minimum(np.searchsorted(ascending, numbers), len(ascending) - 1)
    return np.where(ascending[place] == numbers, place, NO_CANDIDATE)
