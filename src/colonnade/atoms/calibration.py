"""Weights that make a probability of the evidence; the card of a model holds them."""

from dataclasses import dataclass

Weights = tuple[float, float, float, float]
"""A constant, and the weight of each of three pieces of evidence."""


@dataclass(frozen=True)
class Calibration:
    """Weights of the evidence, for the two kinds of images.

    Parameters
    ----------
    crystal
        Where a lattice repeats: a constant, then the weights of the network's log odds, of the
        logarithm of the signal to noise, and of the lattice support.
    single
        Where nothing repeats: a constant, then the weights of the network's log odds, of the
        prominence and of the clearance.
    """

    crystal: Weights
    single: Weights
