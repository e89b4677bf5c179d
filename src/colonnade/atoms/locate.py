"""Find every atom column of an image."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.detect import Refinement, find
from colonnade.atoms.measure import measure
from colonnade.atoms.prepare import Binning, normalise
from colonnade.core.errors import ColonnadeWarning, ImageError
from colonnade.core.files import read_frames
from colonnade.core.micrograph import Micrograph
from colonnade.core.model import Model
from colonnade.core.repair import repair
from colonnade.core.tiles import run_tiled

PixelSize = float | Sequence[float]
"""Size of a pixel [nm]: one number, or one along y and one along x."""

DEFAULT_MODEL = "atoms"

BINNINGS = (1, 2, 3, 4, 6, 8, 12)
"""Binnings that are tried where no pixel size is known."""


@dataclass(frozen=True, eq=False)
class Located:
    """The columns of one image, and how they were found.

    Parameters
    ----------
    image
        The image that was searched, as the file had it but for `notes`.
    columns
        What was found.
    binning
        Blocks of pixels that were averaged for the network.
    notes
        What had to be mended or guessed, a sentence each.
    """

    image: Micrograph
    columns: Columns
    binning: Binning
    notes: tuple[str, ...]


def locate(
    image: str | Path | NDArray[np.generic] | Micrograph,
    *,
    pixel_size: PixelSize | None = None,
    model: str | Path | Model = DEFAULT_MODEL,
    refine: Refinement = "offset",
) -> Columns:
    """Find every atom column of an image, to a fraction of a pixel.

    Parameters
    ----------
    image
        A file of any microscope format, an array (y, x) or (frame, y, x), or a `Micrograph`.
    pixel_size
        Size of a pixel [nm], where the image has none or a wrong one.
    model
        Name of a shipped model, a model file, or a loaded `Model`.
    refine
        ``"offset"`` adds the offset that the network predicts to the centre of mass of its mask;
        ``"com"`` leaves it out.

    Returns
    -------
    columns
        Position, score, intensity and width of each column. The columns of a stack carry the
        label ``frame``.
    """
    loaded = model if isinstance(model, Model) else Model.load(model)
    parts: list[Columns] = []
    notes: dict[str, None] = {}
    for frame in _frames(image):
        one = locate_frame(calibrated(frame, pixel_size), loaded, refine)
        parts.append(one.columns)
        notes |= dict.fromkeys(one.notes)
    for note in notes:
        warnings.warn(note, ColonnadeWarning, stacklevel=2)
    return joined(parts)


def joined(parts: Sequence[Columns]) -> Columns:
    """Put the columns of a stack's frames into one table, with the label ``frame``."""
    if len(parts) == 1:
        return parts[0]
    return Columns.concatenate([part.with_labels(frame=i) for i, part in enumerate(parts)])


def calibrated(image: Micrograph, pixel_size: PixelSize | None) -> Micrograph:
    """Give an image another pixel size [nm], if there is one to give."""
    if pixel_size is None:
        return image
    along_y, along_x = np.broadcast_to(np.asarray(pixel_size, float), 2)
    return replace(image, pixel_size=(float(along_y), float(along_x)))


def locate_frame(image: Micrograph, model: Model, refine: Refinement) -> Located:
    """Find the columns of one image."""
    pixels, repairs = repair(image.pixels)
    notes = [*image.metadata.get("notes", ()), *repairs]
    search = _Search(pixels, model, refine)
    if image.pixel_size is not None:
        binning = binning_for(image.pixel_size, model.card.pixel_size)
        notes += _too_coarse(image.pixel_size, model.card.pixel_size)
    else:
        binning = search.best_binning()
        notes.append("there is no pixel size, so the scale was taken from the image itself")
    columns = measure(pixels, search.columns(binning))
    columns = replace(columns, pixel_size=image.pixel_size)
    return Located(image, columns, binning, tuple(notes))


def binning_for(pixel_size: tuple[float, float], known: tuple[float, float]) -> Binning:
    """Blocks that bring pixels nearest to the middle of what the network was trained on [nm]."""
    middle = np.sqrt(known[0] * known[1])
    along = [
        min(range(1, 65), key=lambda factor: abs(np.log(factor * size / middle)))
        for size in pixel_size
    ]
    return Binning(*along)


def _frames(
    image: str | Path | NDArray[np.generic] | Micrograph,
) -> Sequence[Micrograph]:
    if isinstance(image, Micrograph):
        return [image]
    if isinstance(image, str | Path):
        return read_frames(image)
    array = np.asarray(image)
    if array.ndim != 3:
        return [Micrograph(array)]
    if array.shape[0] == 0:
        raise ImageError("the stack has no frames")
    if array.shape[2] in (3, 4):
        raise ImageError(
            f"an array of the shape {array.shape} looks like a colour image; give one channel"
        )
    return [Micrograph(frame, name=f"frame {i}") for i, frame in enumerate(array)]


def _too_coarse(pixel_size: tuple[float, float], known: tuple[float, float]) -> list[str]:
    if max(pixel_size) <= 1.5 * known[1]:
        return []
    return [
        f"a pixel of {max(pixel_size):.3g} nm is too coarse to resolve atom columns; "
        f"the model knows pixels up to {known[1]:.3g} nm"
    ]


class _Search:
    """One image and one network, at whatever binning."""

    def __init__(self, pixels: NDArray[np.float32], model: Model, refine: Refinement) -> None:
        self.pixels, self.model, self.refine = pixels, model, refine

    def columns(self, binning: Binning) -> Columns:
        """Columns in pixels of the image."""
        return self._found(binning, self.model.card.threshold)

    def best_binning(self) -> Binning:
        """Binning at which the network is surest: most sure columns, fewest doubtful ones.

        Too fine, and noise becomes a crowd of doubtful columns; too coarse, and columns merge.
        """
        small = min(self.pixels.shape)
        factors = [factor for factor in BINNINGS if small / factor >= 32] or [1]
        return max((Binning(factor, factor) for factor in factors), key=self._sureness)

    def _sureness(self, binning: Binning) -> int:
        threshold = self.model.card.threshold
        score = self._found(binning, threshold / 2).score
        return int(np.where(score >= threshold, 1, -1).sum())

    def _found(self, binning: Binning, threshold: float) -> Columns:
        maps = self._maps(binning.apply(self.pixels))
        positions, score = find(maps[0], maps[1:], threshold, self.refine)
        positions = binning.undo(positions)
        last = np.array(self.pixels.shape) - 0.5
        inside = ((positions >= -0.5) & (positions <= last)).all(axis=1)
        return Columns(y=positions[inside, 0], x=positions[inside, 1], score=score[inside])

    def _maps(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        card = self.model.card
        return run_tiled(
            self.model,
            normalise(image, card.background),
            channels=3,
            stride=card.stride,
            halo=card.halo,
        )
