"""AtomAI, with a model that it saved."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.atoms.bench.case import MethodInput
from colonnade.atoms.columns import Columns
from colonnade.core.bench.methods import MethodError, MissingPeerError


def make(argument: str) -> "AtomAI":
    """Make the method ready: ``atomai:FILE`` names a model for segmentation that AtomAI saved.

    AtomAI loads its file by unpickling, which runs whatever code the file holds, so that only a
    file from somebody you trust should be named.
    """
    if not argument:
        raise MethodError("atomai needs a model: write atomai:FILE, with a file it has saved")
    if not Path(argument).is_file():
        raise MethodError(f"there is no file {argument}; name a model that AtomAI has saved")
    try:
        atomai = import_module("atomai")
    except ImportError as error:
        raise MissingPeerError(
            f"AtomAI cannot be loaded ({error}): pip install 'colonnade[peers]'"
        ) from error
    return AtomAI(_loaded(atomai, argument))


def _loaded(atomai: Any, path: str) -> Any:
    try:
        model = atomai.load_model(path)
    except Exception as error:  # unpickling a file that is no model may raise anything
        raise MethodError(f"AtomAI cannot load {path}: {error}") from error
    if not isinstance(model, atomai.models.Segmentor):
        raise MethodError(f"{path} is not a model for segmentation, which finds columns")
    return model


class AtomAI:
    """A network of AtomAI and the centres of mass of what it marks, of all of its classes.

    It is told nothing, and sees the image at the size that it has, so that a model trained at
    another pixel size does not do itself justice. AtomAI gives no standard errors, and leaves out
    what is nearer than 5 px to the border.

    Parameters
    ----------
    model
        A `Segmentor` of AtomAI.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def run(self, given: MethodInput) -> Columns:
        """Find the columns of one image."""
        # AtomAI fills up the image with zeros at its end, which should not be darker than it is.
        pixels = given.image.pixels - given.image.pixels.min()
        _, found = self._model.predict(pixels, verbose=False)
        positions = np.asarray(found[0], float)[:, :2]
        inside = (positions < np.array(given.image.shape) - 0.5).all(axis=1)
        return Columns(*positions[inside].T)
