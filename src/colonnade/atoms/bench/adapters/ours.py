"""Ours: every way to detect and to refine, with any model."""

from dataclasses import dataclass
from functools import partial

from colonnade.atoms.bench.contestants import Shown
from colonnade.atoms.columns import Columns
from colonnade.atoms.locate import DEFAULT, DEFAULT_MODEL, Wish, locate_frame
from colonnade.core.model import Model


@dataclass(frozen=True, eq=False)
class Ours:
    """Told nothing but the image.

    Parameters
    ----------
    model
        Finds the columns.
    wish
        How they are to be found.
    """

    model: Model
    wish: Wish

    def find(self, shown: Shown) -> Columns:
        """Find the columns of one image."""
        return locate_frame(shown.image, self.model, self.wish).columns


def _make(wish: Wish, name: str, model: str) -> Ours:
    return Ours(Model.load(model or name), wish)


default = partial(_make, DEFAULT, DEFAULT_MODEL)
"""The default; what stands behind the colon is another model."""

offset = partial(_make, Wish("mask", "offset"), DEFAULT_MODEL)
"""The network's mask and its offset, after Lee and Lee."""

centre = partial(_make, Wish("mask", "com"), DEFAULT_MODEL)
"""The centre of mass of the network's mask."""

hough = partial(_make, Wish("hough", "mle"), DEFAULT_MODEL)
"""A circular Hough transform, then the joint fit."""

hough_offset = partial(_make, Wish("hough", "offset"), DEFAULT_MODEL)
"""A circular Hough transform, then the network's offset."""

hough_centre = partial(_make, Wish("hough", "com"), DEFAULT_MODEL)
"""A U-Net and a circular Hough transform, after Ge and Xin."""

encoder_decoder = partial(_make, Wish("mask", "com"), "encoder-decoder")
"""An encoder-decoder and the centre of mass of its mask, after Ziatdinov et al."""
