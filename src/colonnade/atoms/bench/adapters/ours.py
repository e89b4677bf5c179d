"""Ours: every way to detect and to refine, with any model."""

from dataclasses import dataclass
from functools import partial

from colonnade.atoms.bench.case import MethodInput
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.locate import DEFAULT, DEFAULT_MODEL, Options, locate_frame
from colonnade.core.learn.model import Model


@dataclass(frozen=True, eq=False)
class Ours:
    """Told nothing but the image.

    Parameters
    ----------
    model
        Finds the columns.
    options
        How they are to be found.
    """

    model: Model
    options: Options

    def run(self, given: MethodInput) -> Columns:
        """Find the columns of one image."""
        return locate_frame(given.image, self.model, self.options).columns


def _make(options: Options, name: str, model: str) -> Ours:
    return Ours(Model.load(model or name), options)


default = partial(_make, DEFAULT, DEFAULT_MODEL)
"""The default; what stands behind the colon is another model."""

offset = partial(_make, Options("mask", "offset"), DEFAULT_MODEL)
"""The network's mask and its offset, after Lee and Lee."""

centre = partial(_make, Options("mask", "com"), DEFAULT_MODEL)
"""The centre of mass of the network's mask."""

hough = partial(_make, Options("hough", "mle"), DEFAULT_MODEL)
"""A circular Hough transform, then the joint fit."""

hough_offset = partial(_make, Options("hough", "offset"), DEFAULT_MODEL)
"""A circular Hough transform, then the network's offset."""

hough_centre = partial(_make, Options("hough", "com"), DEFAULT_MODEL)
"""A U-Net and a circular Hough transform, after Ge and Xin."""

encoder_decoder = partial(_make, Options("mask", "com"), "encoder-decoder")
"""An encoder-decoder and the centre of mass of its mask, after Ziatdinov et al."""
