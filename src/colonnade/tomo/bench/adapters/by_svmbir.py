"""Model-based iterative reconstruction with a Markov random field, as svmbir has it."""

from importlib import import_module
from typing import Any

import numpy as np

from colonnade.core.bench.methods import MethodError, MissingPeerError
from colonnade.tomo.bench.case import MethodInput, Reconstructed

CLEAN_DECIBELS = 40.0
"""Signal-to-noise ratio that it is told where there is no noise [dB]."""


def make(argument: str) -> "Svmbir":
    """Make the method ready; ``svmbir:1`` sharpens as much, ``svmbir`` not at all."""
    try:
        sharpness = float(argument or 0)
    except ValueError as error:
        raise MethodError(f"{argument!r} is no sharpness; write svmbir:1, or svmbir") from error
    try:
        return Svmbir(import_module("svmbir"), sharpness)
    except ImportError as error:
        raise MissingPeerError(
            f"svmbir cannot be loaded ({error}): pip install 'colonnade[tomography-peers]'"
        ) from error


class Svmbir:
    """Told the noise of the views; all else is as it comes.

    Parameters
    ----------
    svmbir
        The module.
    sharpness
        Its own measure of how little it smooths.
    """

    def __init__(self, svmbir: Any, sharpness: float) -> None:
        self._svmbir, self._sharpness = svmbir, sharpness

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        depth, _, width = given.shape
        noise = {"sigma_y": given.noise_level} if given.noise_level else {"snr_db": CLEAN_DECIBELS}
        slices = self._svmbir.recon(
            given.sinograms.transpose(1, 0, 2),
            np.deg2rad(given.series.degrees - 90),  # its beam runs along x at zero
            num_rows=depth,
            num_cols=width,
            roi_radius=np.hypot(depth, width) / 2,
            sharpness=self._sharpness,
            num_threads=1,
            verbose=0,
            **noise,
        )
        return Reconstructed.of_slices(slices)
