"""Run a command with something quick in place of its networks and its fits.

    python benchmarks/files/quick_command.py locate film.tif --out out --workers 1

What is left is all that a long batch grows by: files, frames, records, tables, pages. In place of
a search `locate` gets columns on a lattice that shakes, one in 300 pixels. In place of an answer
`upscale` and `denoise` get zeros, and features are not looked for.
"""

from typing import Any
from unittest.mock import patch

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.candidates import InputScale
from colonnade.atoms.locate.locate import Options, Result
from colonnade.cli import main
from colonnade.core.arrays import Single
from colonnade.core.images.binning import Binning
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.learn.model import Model

SPACING = 17.3
"""Of the columns [px]: one in 300 square pixels."""

SHAKE = 0.1
"""Standard deviation of their places [px]."""


def lattice(image: Micrograph, model: Model, options: Options, progress: Any) -> Result:
    """Give columns on a lattice."""
    rows, columns = (np.arange(SPACING / 2, size, SPACING) for size in image.shape)
    places = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    rng = np.random.default_rng(int(image.pixels.sum()))
    y, x = (places + rng.normal(0, SHAKE, places.shape)).T
    shake, one = np.full(len(y), SHAKE), np.ones(len(y))
    labels = {"snr": one, "ellipticity": one, "double": one}
    found = Columns(y, x, shake, shake, one, one, one, labels, image.pixel_size)
    return Result(image, found, InputScale(Binning(), dark=False), ())


def nothing(model: Model, images: Single) -> Single:
    """Give an answer of zeros."""
    count, _, *size = images.shape
    card = model.card
    finer = [card.factor * length for length in size]
    return np.zeros((count, card.output_channels, *finer), np.float32)


if __name__ == "__main__":
    with (
        patch("colonnade.atoms.locate.files.locate_frame", lattice),
        patch("colonnade.core.learn.model.Model.__call__", nothing),
        patch("colonnade.sem.upscale.upscale.unmeasured_features", lambda *_: []),
    ):
        main()
