"""SIRT as the ASTRA toolbox has it, on the CPU."""

from importlib import import_module
from typing import Any

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.bench.methods import MethodError, MissingPeerError
from colonnade.tomo.bench.case import MethodInput, Reconstructed

MOST = 200
"""Iterations, at most: as many as those of our SIRT."""

AT_ONCE = 5
"""So many iterations are done before the residual is looked at."""

KERNEL = "linear"
"""How ASTRA projects on a CPU: by linear interpolation, as most do who use it."""


def make(argument: str) -> "Astra":
    """Make the method ready."""
    if argument:
        raise MethodError(f"astra-sirt takes nothing after its name; leave {argument!r}")
    try:
        return Astra(import_module("astra"))
    except ImportError as error:
        raise MissingPeerError(
            f"ASTRA cannot be loaded ({error}): pip install 'colonnade[tomography-peers]'"
        ) from error


class Astra:
    """SIRT without negative grey levels, stopped where the residual is the noise of the views.

    Parameters
    ----------
    astra
        The module.
    """

    def __init__(self, astra: Any) -> None:
        self._astra = astra

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        depth, _, width = given.shape
        # ASTRA's angles run the other way round.
        angles = -np.deg2rad(given.series.degrees)
        projector = self._astra.create_projector(
            KERNEL,
            self._astra.create_proj_geom("parallel", 1.0, width, angles),
            self._astra.create_vol_geom(depth, width),
        )
        slices = [self._slice(projector, one, given.noise_level) for one in given.sinograms]
        self._astra.clear()
        return Reconstructed.of_slices(np.stack(slices))

    def _slice(self, projector: int, sinogram: Single, noise: float) -> Single:
        """Reconstruct a slice (z, x) of its sinogram (view, x)."""
        astra = self._astra
        operator = astra.OpTomo(projector)
        measured = astra.data2d.create("-sino", operator.pg, sinogram)
        volume = astra.data2d.create("-vol", operator.vg, 0)
        settings = astra.astra_dict("SIRT")
        settings |= {
            "ProjectorId": projector,
            "ProjectionDataId": measured,
            "ReconstructionDataId": volume,
            "option": {"MinConstraint": 0.0},
        }
        algorithm = astra.algorithm.create(settings)
        for _ in range(0, MOST, AT_ONCE):
            astra.algorithm.run(algorithm, AT_ONCE)
            found = np.asarray(astra.data2d.get(volume), np.float32)
            left = (operator @ found.ravel()) - sinogram.ravel()
            if np.sqrt(np.mean(np.square(left))) <= noise:
                break
        return found
