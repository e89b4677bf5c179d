"""atomap: peaks, then centres of mass, then Gaussians, as its guide does it."""

import warnings
from importlib import import_module
from typing import Any

import numpy as np

from colonnade.atoms.bench.case import MethodInput
from colonnade.atoms.columns import Columns
from colonnade.core.bench.methods import MethodError, MissingPeerError

SEPARATION = 0.6
"""Peaks are so far apart at least, along y or along x, as a share of the spacing."""

NEIGHBOURS = 9
"""Least number of peaks from which atomap can work out how large a peak's surroundings are."""


def make(argument: str) -> "Atomap":
    """Make the method ready; it takes no argument."""
    if argument:
        raise MethodError(f"atomap takes nothing after its name, so leave {argument!r}")
    try:
        atomap, hyperspy = import_module("atomap.api"), import_module("hyperspy.api")
    except ImportError as error:
        raise MissingPeerError(
            f"atomap cannot be loaded ({error}): pip install 'colonnade[peers]'"
        ) from error
    hyperspy.set_log_level("ERROR")  # else it warns of every single fit that does not converge
    return Atomap(atomap, hyperspy)


class Atomap:
    """atomap as it is mostly used.

    Of the image it is told the spacing alone. Its guide has the user try separations until every
    column and nothing else is marked; here it is `SEPARATION` of the spacing, which of 0.4, 0.5 to
    0.9 gives the best mean F1 on simulated images like those that `LogGaussian` was fixed on.
    Where there are fewer than `NEIGHBOURS` peaks, atomap stops with an error when it is to refine
    them: it has found nothing then. It gives no standard errors.

    Parameters
    ----------
    atomap, hyperspy
        The modules ``atomap.api`` and ``hyperspy.api``.
    """

    def __init__(self, atomap: Any, hyperspy: Any) -> None:
        self._atomap, self._hyperspy = atomap, hyperspy

    def run(self, given: MethodInput) -> Columns:
        """Find the columns of one image."""
        pixels = given.image.pixels.astype(float)
        image = pixels - min(pixels.min(), 0.0)  # atomap wants no negative grey levels
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of atomap's own code and of fits that fail
            peaks = self._atomap.get_atom_positions(
                self._hyperspy.signals.Signal2D(image),
                separation=max(int(SEPARATION * given.spacing), 1),
            )
            if len(peaks) < NEIGHBOURS:
                return Columns(np.empty(0), np.empty(0))
            lattice = self._atomap.Sublattice(peaks, image=image)
            lattice.find_nearest_neighbors()
            lattice.refine_atom_positions_using_center_of_mass(show_progressbar=False)
            lattice.refine_atom_positions_using_2d_gaussian(show_progressbar=False)
        return Columns(np.array(lattice.y_position), np.array(lattice.x_position))
