"""The simultaneous algebraic reconstruction technique, as scikit-image has it."""

from importlib import import_module
from typing import Any

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.bench.methods import MethodError, MissingPeerError, UnsuitableImageError
from colonnade.tomo.bench.case import MethodInput, Reconstructed

ITERATIONS = 2
"""As many as its guide takes, since noise is amplified by more."""


def make(argument: str) -> "Sart":
    """Make the method ready; ``sart:20`` does so many iterations."""
    try:
        iterations = int(argument or ITERATIONS)
    except ValueError as error:
        raise MethodError(f"{argument!r} is no number; write sart:20") from error
    try:
        return Sart(import_module("skimage.transform"), iterations)
    except ImportError as error:
        raise MissingPeerError(
            f"scikit-image cannot be loaded ({error}): pip install 'colonnade[tomography-peers]'"
        ) from error


class Sart:
    """Without negative grey levels.

    Parameters
    ----------
    transform
        The module.
    iterations
        How many.
    """

    def __init__(self, transform: Any, iterations: int) -> None:
        self._transform, self._iterations = transform, iterations

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        depth, _, width = given.shape
        if depth != width:
            raise UnsuitableImageError("scikit-image makes square slices")
        tilts, sinograms = given.series.degrees, given.sinograms
        return Reconstructed.of_slices(np.stack([self._slice(one, tilts) for one in sinograms]))

    def _slice(self, sinogram: Single, tilts: Array) -> Single:
        """Reconstruct a slice (z, x) of its sinogram (view, x)."""
        # Its axis runs through the pixel after the middle, its z the other way, ours between two.
        turn = np.deg2rad(tilts)
        off = 0.5 * (1 - np.cos(turn) + np.sin(turn)) * (1 - len(sinogram[0]) % 2)
        columns = np.asarray(sinogram.T, np.float64)
        found: Any = None
        for _ in range(self._iterations):
            found = self._transform.iradon_sart(
                columns, tilts, found, projection_shifts=off, clip=(0, np.inf)
            )
        return np.asarray(found[::-1], np.float32)
