"""Volumes that were reconstructed elsewhere."""

from pathlib import Path

import numpy as np

from colonnade.core.bench.methods import MethodError
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import read_volume
from colonnade.tomo.bench.case import MethodInput, Reconstructed


def make(argument: str) -> "Volumes":
    """Make the method ready: ``volumes:FOLDER`` names the folder that holds the results."""
    folder = Path(argument)
    if not argument or not folder.is_dir():
        raise MethodError(
            f"{argument!r} is not a folder; write volumes:FOLDER, where FOLDER holds a volume "
            "called as that of the benchmark for each series"
        )
    return Volumes(folder)


class Volumes:
    """Volumes that somebody made elsewhere of the series that a run keeps in ``series``.

    Parameters
    ----------
    folder
        Holds ``NAME.mrc``, or ``NAME`` with the ending of any other format of volumes, axes
        (z, y, x), in the grey levels of the views for each voxel.
    """

    def __init__(self, folder: Path) -> None:
        self._found = {
            path.name.removesuffix(path.suffix): path
            for path in sorted(folder.iterdir())
            if path.suffix.lower() in SUFFIXES
        }

    def run(self, given: MethodInput) -> Reconstructed:
        """Read the result for one series."""
        if given.name not in self._found:
            raise MethodError(f"there is no volume called {given.name!r}; make one for each")
        path = self._found[given.name]
        voxels = read_volume(path).voxels
        if tuple(voxels.shape) != given.shape:
            raise MethodError(
                f"{path.name} has {tuple(voxels.shape)} voxels, where {given.shape} are wanted "
                "along (z, y, x)"
            )
        return Reconstructed(np.asarray(voxels[:, :, :], np.float32))
