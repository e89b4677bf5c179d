"""What the confidences of a network mean: the settings that belong to its weights.

The card of a model holds them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSettings:
    """Network confidences at which candidates change their meaning, from 0 to 1.

    The confidence of a candidate is the height of the network's mask at it. Another network may
    want other values, so they belong to its weights. ``benchmarks/atoms/sensitivity.py`` varies
    each.

    Parameters
    ----------
    lowest
        A maximum of the mask is a candidate from this confidence on.
    visible
        A candidate counts as something that lies beside a column from this confidence on.
    doubtful
        Candidates of a lower confidence speak against the scale on which they are found.
    split
        Two candidates of a finer scale replace one of the coarser if both have this confidence.
    confident
        A candidate is taken for a column, when others are compared with it, from this confidence
        on.
    crystal
        Lattice support, beyond chance, that confident candidates have on average in a crystal.
    """

    lowest: float = 0.15
    visible: float = 0.25
    doubtful: float = 0.35
    split: float = 0.4
    confident: float = 0.5
    crystal: float = 0.08


NETWORK_DEFAULTS = NetworkSettings()
"""Of the networks that are trained on the masks of `atoms.train`; a card says its own."""

Weights = tuple[float, ...]
"""A constant, and the weight of each piece of evidence."""


@dataclass(frozen=True)
class Calibration:
    """Weights that make a probability of the evidence for a candidate.

    Parameters
    ----------
    crystal
        Where a lattice repeats: a constant, then the weights of the network's log odds, of the
        logarithm of the signal to noise, and of the lattice support.
    single
        Where nothing repeats: a constant, then the weights of the network's log odds, of the
        logarithm of the signal to noise, of the prominence, of the clearance and of the contrast
        of the image.
    """

    crystal: Weights
    single: Weights


NETWORK_ALONE = Calibration((0.0, 1.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0, 0.0, 0.0))
"""The network's confidence as it is."""


@dataclass(frozen=True)
class Verdict:
    """Weights that make a probability that an image shows atom columns at all.

    Parameters
    ----------
    lattice
        Where a lattice repeats: a constant, then the weights of the pointedness and the roundness
        of the mean column, of what is explained or repeated, of the sharpness and of the
        unevenness.
    single
        Where nothing repeats: a constant, then the weights of the pointedness of the mean column
        and of the spread, the fewness, the roundness, the unlikeness and the coarseness of the
        spots.
    """

    lattice: Weights
    single: Weights
