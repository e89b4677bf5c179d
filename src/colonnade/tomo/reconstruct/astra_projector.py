"""Project with the ASTRA toolbox, on a GPU; what is done with slices else stays where it is."""

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.errors import ColonnadeError, MissingExtraError
from colonnade.tomo.reconstruct.projector import Projector

Device = Literal["cpu", "cuda"]
"""Where slices are projected: by the sparse matrix, or by ASTRA on a GPU."""

CUDA = "cuda"
"""ASTRA's kernel that projects on a GPU; its other ones do on a CPU."""


@dataclass(frozen=True)
class AstraProjector(Projector):
    """Projects slices as `Projector` does, one by one, with ASTRA.

    On a GPU rays are sampled, and back-projection is the transpose of that to about a per cent;
    the kernel ``strip``, on a CPU, is the very matrix.

    Parameters
    ----------
    kernel
        How ASTRA projects.
    """

    kernel: str = CUDA

    def project(self, slices: Single) -> Single:
        """Give sinograms (slice, view, x) of slices (slice, z, x)."""
        sinograms = np.zeros((len(slices), self.views, self.pixels), np.float32)
        for one, sinogram in zip(slices, sinograms, strict=True):
            self.operator.FP(one, sinogram)
        return sinograms

    def back_project(self, sinograms: Single) -> Single:
        """Give slices (slice, z, x) of sinograms."""
        slices = np.zeros((len(sinograms), self.depth, self.width), np.float32)
        for sinogram, one in zip(sinograms, slices, strict=True):
            self.operator.BP(sinogram, one)
        return slices

    @cached_property
    def operator(self) -> Any:
        """What ASTRA projects one slice with, and back."""
        astra = load_astra_with_gpu() if self.kernel == CUDA else import_module("astra")
        middle = self.width / 2, self.depth / 2
        volume = astra.create_vol_geom(
            self.depth,
            self.width,
            -middle[0] - self.offset,
            middle[0] - self.offset,
            -middle[1],
            middle[1],
        )
        views = astra.create_proj_geom("parallel_vec", self.pixels, self._directions())
        return astra.OpTomo(astra.create_projector(self.kernel, views, volume))

    def _directions(self) -> Any:
        """Give for each view the beam, the middle of the detector, and its next pixel (x, -z).

        The tilt axis is the origin, and ASTRA's second axis runs against the rows of a slice.
        """
        tilts = np.deg2rad(self.angles)
        along = np.stack([np.cos(tilts), -np.sin(tilts)], axis=1)
        beam = np.stack([np.sin(tilts), np.cos(tilts)], axis=1)
        return np.concatenate([beam, -self.offset * along, along], axis=1)


def load_astra_with_gpu() -> Any:
    """Load ASTRA where it has a GPU.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    ColonnadeError
        If it finds no GPU.
    """
    try:
        astra = import_module("astra")
    except ImportError as error:
        raise MissingExtraError("--device cuda", "astra") from error
    if not astra.use_cuda():
        raise ColonnadeError("ASTRA finds no GPU of NVIDIA here; leave out --device cuda")
    return astra
