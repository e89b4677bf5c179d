"""Images that were upscaled elsewhere."""

from pathlib import Path

from colonnade.core.bench.methods import MethodError
from colonnade.core.files.formats import SUFFIXES
from colonnade.sem.bench.case import MethodInput, Upscaling
from colonnade.sem.bench.outputs import read_output


def make(argument: str) -> "Images":
    """Make the method ready: ``images:FOLDER`` names the folder that holds the results."""
    folder = Path(argument)
    if not argument or not folder.is_dir():
        raise MethodError(
            f"{argument!r} is not a folder; write images:FOLDER, where FOLDER holds an image "
            "called as that of the benchmark for each"
        )
    return Images(folder)


class Images:
    """Images that somebody made elsewhere of those that a run keeps in its folder ``images``.

    Parameters
    ----------
    folder
        Holds ``NAME.tif``, or ``NAME`` with the ending of any other format that can be read, on
        the grey scale of the image that was given.
    """

    def __init__(self, folder: Path) -> None:
        self._found = {
            path.name.removesuffix(path.suffix): path
            for path in sorted(folder.iterdir())
            if path.suffix.lower() in SUFFIXES
        }

    def run(self, given: MethodInput) -> Upscaling:
        """Read the result for one image."""
        if given.name not in self._found:
            raise MethodError(f"there is no image called {given.name!r}; make one for each")
        output = read_output(self._found[given.name])
        height, width = given.image.shape
        wanted = (given.factor * height, given.factor * width)
        if output.image.shape != wanted:
            raise MethodError(
                f"{self._found[given.name].name} has {output.image.shape} px, where {wanted} are "
                f"wanted: make it {given.factor} times as large as what was given"
            )
        return output
