"""The conventional reconstruction of quantEM: filtered steps towards the views, on the CPU.

Its networks that are trained on each series by itself want a GPU, and are compared by volumes that
were made elsewhere.
"""

from importlib import import_module
from typing import Any

import numpy as np
from scipy.ndimage import shift

from colonnade.core.arrays import Single
from colonnade.core.bench.methods import MethodError, MissingPeerError, UnsuitableImageError
from colonnade.tomo.bench.case import MethodInput, Reconstructed

ITERATIONS = 30
"""Its own 10 are too few, without noise and at 200 counts alike."""


MODULES = ("dataset_models", "object_models", "tomography")
"""Those of its modules that are used."""


def make(argument: str) -> "QuantEM":
    """Make the method ready; ``quantem:20`` does so many iterations."""
    try:
        iterations = int(argument or ITERATIONS)
    except ValueError as error:
        raise MethodError(f"{argument!r} is no number; write quantem:20") from error
    try:
        datasets, objects, tomography = (
            import_module(f"quantem.tomography.{name}") for name in MODULES
        )
    except ImportError as error:
        raise MissingPeerError(
            f"quantEM cannot be loaded ({error}): pip install 'colonnade[quantem]'"
        ) from error
    return QuantEM(datasets, objects, tomography, iterations)


class QuantEM:
    """Without negative grey levels; voxels outside of a circle are empty.

    Parameters
    ----------
    datasets, objects, tomography
        Its modules.
    iterations
        How many.
    """

    def __init__(self, datasets: Any, objects: Any, tomography: Any, iterations: int) -> None:
        self._datasets, self._objects = datasets, objects
        self._tomography, self._iterations = tomography, iterations

    def run(self, given: MethodInput) -> Reconstructed:
        """Reconstruct one series."""
        depth, height, width = given.shape
        if depth != width:
            raise UnsuitableImageError("quantEM makes square slices")
        views = _onto_its_axis(given)
        bright = float(views.max())  # by which it divides them
        data = self._datasets.TomographyPixDataset.from_data(
            views, given.series.degrees.astype(np.float32), norm_quantile=False
        )
        volume = self._objects.ObjectPixelated.from_uniform((height, depth, width), device="cpu")
        solver = self._tomography.TomographyConventional.from_models(
            data, volume, device="cpu", verbose=False
        )
        solver.reconstruct(num_iter=self._iterations, mode="sirt")
        return Reconstructed.of_slices(bright * volume.obj.numpy())


def _onto_its_axis(given: MethodInput) -> Single:
    """Give views (view, x, y) as if the axis ran through the pixel after the middle, as its does.

    Ours runs between two pixels where the width is even.
    """
    turn = np.deg2rad(given.series.degrees)
    off = 0.5 * (1 - np.cos(turn) - np.sin(turn)) * (1 - given.shape[2] % 2)
    views = given.sinograms.transpose(1, 2, 0)
    moved = [
        shift(view, (place, 0), order=3, mode="nearest")
        for view, place in zip(views, off, strict=True)
    ]
    return np.ascontiguousarray(moved, np.float32)
