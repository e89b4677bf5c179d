"""Ours: the methods of `colonnade reconstruct`."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from colonnade.core.bench.methods import MethodError
from colonnade.tomo.bench.case import MethodInput, Reconstructed
from colonnade.tomo.reconstruct.network import Restorer
from colonnade.tomo.reconstruct.plan import MODEL, Method
from colonnade.tomo.reconstruct.prepare import Preparation
from colonnade.tomo.reconstruct.reconstruct import Options, reconstruct

AS_GIVEN = Preparation(hot_pixels=0, background=False, normalise=False)
"""The benchmark's views are prepared."""


@dataclass(frozen=True)
class Ours:
    """A method with the settings that a user gets, told how noisy the views are.

    Parameters
    ----------
    options
        Which method, and which network if it is one.
    """

    options: Options

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        options = replace(self.options, depth=given.depth)
        found = reconstruct(given.series, options, preparation=AS_GIVEN, noise=given.noise)
        return Reconstructed(
            np.asarray(found.volume.voxels, np.float32),
            None if found.errors is None else np.asarray(found.errors.voxels, np.float32),
        )


def _make(method: Method, argument: str) -> Ours:
    if argument:
        raise MethodError(f"{method} takes nothing after its name; leave {argument!r}")
    return Ours(Options(method))


wbp = partial(_make, "wbp")
"""Weighted back-projection."""

sirt = partial(_make, "sirt")
"""SIRT that stops at the noise."""

tv = partial(_make, "tv")
"""Total variation whose weight is found by leaving views out."""


def network(argument: str) -> Ours:
    """Make the network ready; what stands behind the colon is another than the package's.

    Raises
    ------
    ModelError
        If there is no such network.
    """
    model = argument or MODEL
    Restorer.load(model)
    return Ours(Options("network", model=model))
