"""How often what lies beside a column lies beside others like it: in a crystal it repeats."""

import numpy as np

from colonnade.atoms.locate.find.scales import PLAIN
from colonnade.atoms.locate.judge.neighbourhoods import BEYOND, Neighbourhoods
from colonnade.core.arrays import Array, Indices

NOBODY = -3
"""Number of a place that is no candidate, or not one of those that are meant."""

SEEN = 0.25
"""Height of the mask from which a candidate is an echo."""

FEW = 10
"""Fewer plain columns do not tell what repeats."""

FAINT, LEAST = 0.4, 2.0
"""What stands out by less than this share of what plain columns do, and by less than this many
standard errors, is no echo either: ghosts between bright columns would be those of each other."""

REFERENCES = 8
"""The vectors to a candidate from so many plain columns near it are followed."""

DOUBT = 0.5
"""Chance counts as much as so many columns like those."""

ALIKE, CHANCE = 0.5, 2.0
"""What stands out by less than this share of an echo's signal to noise, and by more than noise can
take off, is of another kind: at a vacancy the whole crystal around would be its echo."""


def confident_above_noise(height: Array, snr: Array) -> Array:
    """Height of the mask, but 0 where next to nothing stood out from the noise.

    Parameters
    ----------
    height
        Of the network's mask.
    snr
        Signal to noise of each candidate.
    """
    plain = snr[height >= PLAIN]
    if not len(plain):
        return height
    return np.where(snr >= min(LEAST, FAINT * float(np.median(plain))), height, 0.0)


class LatticeSupport:
    """What repeats among candidates.

    The vectors that lead to a place from plain columns near it are followed from others that have
    the same around them as those: noise is found at their ends by chance alone, columns of a
    crystal again and again.

    Parameters
    ----------
    positions
        Rows of (y, x), along both axes in the same unit.
    height
        Of the network's mask.
    """

    def __init__(self, positions: Array, height: Array) -> None:
        self.positions = positions
        self.plain, self.seen = np.flatnonzero(height >= PLAIN), np.flatnonzero(height >= SEEN)
        self.few = len(self.plain) < FEW
        if not self.few:
            self.around = Neighbourhoods(positions[self.plain], positions[self.seen])

    def of_candidates(self, snr: Array) -> Array:
        """Share of the columns around each candidate that have a like neighbour, beyond chance.

        Parameters
        ----------
        snr
            Signal to noise of each candidate.

        Returns
        -------
        echo
            From 0 or a little less, where nothing repeats, to 1; 0 where plain columns are few.
        """
        numbers = np.arange(len(self.positions))
        return self._shares(self.positions, numbers, snr, ALIKE * snr[self.seen] - CHANCE)

    def of_plain(self) -> Array:
        """The same for plain columns, whatever their signal to noise is."""
        any_snr = np.zeros(len(self.seen))
        return self._shares(
            self.positions[self.plain], self.plain, np.zeros(len(self.plain)), any_snr
        )

    def of_places(self, places: Array) -> Array:
        """The same for places at which nothing was seen."""
        nobody = np.full(len(places), NOBODY)
        return self._shares(places, nobody, np.zeros(len(places)), np.zeros(len(self.seen)))

    def _shares(self, places: Array, numbers: Indices, snr: Array, needed: Array) -> Array:
        """Shares of what is found around places.

        Parameters
        ----------
        places
            Rows of (y, x).
        numbers
            Of the candidates that they are, or `NOBODY`.
        snr
            Signal to noise of each.
        needed
            What it is at least, for something seen to be of the same kind.
        """
        if self.few or not len(places):
            return np.zeros(len(places))
        # Nothing, or what is beyond, is of no kind.
        limits = np.append(needed, [np.inf, np.inf]).astype(np.float32)
        own_snr = snr.astype(np.float32)[:, None]
        as_plain, as_seen = (_rank(numbers, chosen) for chosen in (self.plain, self.seen))
        found, asked = np.full((2, len(places)), DOUBT)
        found *= self.around.chance
        for reference in self._references(places, as_plain).T:
            ends = self.around.ends(reference, places - self.around.plain[reference])
            weight = self.around.similarity(reference, as_plain)
            weight[(ends == BEYOND) | (ends == as_seen[:, None])] = 0
            found += (weight * (own_snr >= limits[ends])).sum(1)
            asked += weight.sum(1)
        return np.asarray(found / asked - self.around.chance)

    def _references(self, places: Array, as_plain: Indices) -> Indices:
        """Numbers of plain columns around each place but itself, nearest first."""
        count = min(REFERENCES + 1, len(self.plain))
        index = self.around.tree.query(places, count, workers=-1)[1]
        order = np.argsort(index == as_plain[:, None], axis=1, kind="stable")
        return np.asarray(np.take_along_axis(index, order, axis=1)[:, : count - 1])


def _rank(numbers: Indices, among: Indices) -> Indices:
    """Where numbers stand among others that rise; `NOBODY` where they do not."""
    place = np.minimum(np.searchsorted(among, numbers), len(among) - 1)
    return np.where(among[place] == numbers, place, NOBODY)
