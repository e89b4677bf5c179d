"""Ours: the methods of `colonnade reconstruct`."""

from dataclasses import dataclass
from functools import partial
from typing import cast, get_args

import numpy as np

from colonnade.core.bench.methods import MethodError
from colonnade.tomo.bench.case import MethodInput, Reconstructed
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
    method
        What reconstructs.
    model
        The network, if it is one.
    """

    method: Method
    model: str = MODEL

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        options = Options(self.method, depth=given.depth, model=self.model)
        found = reconstruct(given.series, options, preparation=AS_GIVEN, noise=given.noise)
        volume = np.asarray(found.volume.voxels, np.float32)
        if found.errors is None:
            return Reconstructed(volume)
        return Reconstructed(volume, np.asarray(found.errors.voxels, np.float32))


def _make(name: str, argument: str) -> Ours:
    if name not in get_args(Method):
        raise MethodError(
            f"this Colonnade does not reconstruct by {name!r}; it does by "
            f"{', '.join(get_args(Method))}"
        )
    if name == "network":
        return Ours("network", argument or MODEL)
    if argument:
        raise MethodError(f"{name} takes nothing after its name; leave {argument!r}")
    return Ours(cast("Method", name))


wbp = partial(_make, "wbp")
"""Weighted back-projection."""

sirt = partial(_make, "sirt")
"""SIRT that stops at the noise."""

tv = partial(_make, "tv")
"""Total variation whose weight is found by leaving views out."""

network = partial(_make, "network")
"""A network; another than that of the package after its name."""
