"""Take the noise out of an image or a stack, slice by slice and tile by tile, in bounded memory.

The way of an image: what is broken in it is mended where it is read, its noise is measured for
the network, the network answers tile by tile, and each answer goes straight to where the denoised
image lies, in a file or in memory. The noise of a stack is measured once, so that slices stay
alike.
"""

import json
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.errors import ColonnadeWarning
from colonnade.core.files.canvas import Canvas, Memory, Plane, as_type, tile_name
from colonnade.core.files.slices import seen_slices, spread_slices
from colonnade.core.files.source import Image, Source, source_of
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.images.repaired import Repaired, Unknown
from colonnade.core.images.spread import spread_blocks
from colonnade.core.images.tiles import Place, Readable, run_tiled
from colonnade.core.learn.model import Model
from colonnade.core.learn.scale import Normalised
from colonnade.core.learn.slice_work import TILE, SliceWork, slice_name, tiling
from colonnade.core.measures.noise import check_size
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.record import Marks, MemoryMarks
from colonnade.tomo.card import DENOISES, TomoCard
from colonnade.tomo.denoise.conditions import Conditions
from colonnade.tomo.denoise.denoised import Assessment, Denoised
from colonnade.tomo.denoise.shown import Shown

DEFAULT_MODEL = "denoiser"
"""The packaged model."""

BLOCK = 256
"""Noise is measured on blocks of this side [px], in which flat parts are found between edges."""

MOST_BLOCKS = 64
"""So many blocks, evenly spread, stand for a large image, or for several."""


def denoise(
    image: Image,
    *,
    model: str | Path | Model | None = None,
    pixel_size: PixelSize | None = None,
    progress: Progress = silent,
) -> Denoised:
    """Take the noise out of an image, and say how noisy it was.

    Parameters
    ----------
    image
        A file of any microscope format, an array (y, x) or (z, y, x), a `Micrograph` or a
        `colonnade.core.images.volume.Volume`. Rows run along the fast axis of the scan.
    model
        Name of a shipped model, a model file, or a loaded `Model`; by default the packaged one.
    pixel_size
        Size of a pixel [nm], where the image has none or a wrong one.
    progress
        Called with the number of finished tiles and of all; what it raises ends the work.

    Returns
    -------
    denoised
        The image, or volume, without its noise, and what else is to be known. All of it is in
        memory; the command line has no such limit.
    """
    source = source_of(image).calibrated(pixel_size)
    memory = Memory(source.finer(1))
    output = Output(memory, MemoryMarks())
    work = Work(source, choose_model(model), conditions_of(source), output, progress=progress)
    for index in range(source.count):
        work.do(index)
    assessment = work.assessment()
    for note in assessment.notes:
        warnings.warn(note, ColonnadeWarning, stacklevel=2)
    made = source.image_of(memory.array, assessment.voxel_size, assessment.notes)
    return Denoised(made, assessment)


def choose_model(model: str | Path | Model | None) -> Model:
    """Load the packaged model, or one that is named, if it denoises.

    Raises
    ------
    ModelError
        If it does not.
    """
    loaded = model if isinstance(model, Model) else Model.load(model or DEFAULT_MODEL)
    TomoCard.of_one_that(DENOISES, loaded.card)
    return loaded


@dataclass(frozen=True, eq=False)
class Output:
    """Where the denoised image or stack goes.

    Parameters
    ----------
    image
        The grey levels.
    marks
        Keeps which tiles are done, and what was taken away from each.
    """

    image: Canvas
    marks: Marks

    def write(self, index: int, place: Place, levels: Any) -> None:
        """Write what came of a tile of a slice."""
        self.image.write(index, (place[0], place[1]), as_type(levels, self.image.dtype))
        self.image.flush()


@dataclass(frozen=True, eq=False)
class _Taken:
    """Takes the answers to the tiles of one slice.

    Parameters
    ----------
    index
        Which slice.
    seen
        What was measured.
    conditions
        Of the image.
    output
        Where it all goes.
    advance
        Called after each tile.
    """

    index: int
    seen: Readable
    conditions: Conditions
    output: Output
    advance: Callable[[], None]

    @property
    def shape(self) -> tuple[int, ...]:
        """Maps, rows and columns."""
        return (1, *self.output.image.shape[1:])

    def is_done(self, place: Place) -> bool:
        """Whether a tile is done."""
        return self.output.marks.has(tile_name(self.index, place))

    def __setitem__(self, key: Place, maps: Single) -> None:
        """Take the answer to a tile (map, y, x), and put down how much was taken away."""
        levels, place = self.conditions.restore(maps[0]), key[1:]
        removed = np.asarray(self.seen[place], np.float64) - levels
        expected = self.conditions.noise.variance(levels)
        self.output.write(self.index, place, levels)
        sums = [float(np.square(removed).sum()), float(expected.sum())]
        self.output.marks.put(tile_name(self.index, place), json.dumps(sums))
        self.advance()


def predict(model: Model, conditions: Conditions, image: Single, tile: int = TILE) -> Single:
    """Denoise an image in memory; the answer does not depend on the tile.

    Parameters
    ----------
    model
        That denoises.
    conditions
        Of the image.
    image
        Grey levels, axes (y, x), without faults.
    tile
        Largest side of a tile without its halo [px].
    """
    answer = partial(_answer, model, conditions)
    found = run_tiled(answer, conditions.normalise(image), tiling(model.card, tile))
    return conditions.restore(found[0])


FLIPS = tuple(product((1, -1), (1, -1)))
"""Steps along y and x with which tiles are shown: as they are, and mirrored along each axis."""


def _answer(model: Model, conditions: Conditions, tiles: Single) -> Single:
    """Denoise tiles (n, 1, y, x): the mean over mirror images, which errs less than one of them.

    Noise is the same in mirror images, but not with rows for columns.
    """
    if not conditions.is_noisy:
        return tiles
    total = np.zeros_like(tiles)
    for down, across in FLIPS:
        seen = conditions.channels(tiles[:, :, ::down, ::across])
        total += model(seen)[:, :, ::down, ::across]
    return total / np.float32(len(FLIPS))


class Work(SliceWork):
    """The denoising of one image or stack, which can be stopped and go on.

    Parameters
    ----------
    source
        What is denoised.
    model
        The network.
    conditions
        Of all slices.
    output
        Where its answers go.
    step
        Tiles are a multiple of so many pixels [px].
    progress
        Called with the number of finished tiles and of all.
    """

    def __init__(
        self,
        source: Source,
        model: Model,
        conditions: Conditions,
        output: Output,
        *,
        step: int = 1,
        progress: Progress = silent,
    ) -> None:
        super().__init__(source, output.marks, replace(tiling(model.card), step=step), progress)
        self.output = output
        self._model, self._conditions = model, conditions

    def make(self, index: int) -> str:
        """Denoise the tiles of a slice that are not done; give its notes."""
        levels, remarks = self.source.grey(index)
        seen = Repaired(levels)
        taken = _Taken(index, seen, self._conditions, self.output, self.advance)
        answer = partial(_answer, self._model, self._conditions)
        normalised = Normalised(seen, self._conditions)
        run_tiled(answer, normalised, self.cut, taken, taken.is_done)
        return json.dumps([*remarks, *seen.notes])

    def leave_out(self, index: int) -> None:
        """Give a slice as it was measured."""
        levels, _ = self.source.grey(index)
        for place in self.places:
            part = (place[0], place[1])
            self.output.image.write(index, part, np.asarray(levels[part]))

    def notes_on(self, index: int) -> list[str]:
        """Say what was put down of a slice that is done, a sentence each."""
        return [str(note) for note in json.loads(self.marks.read(slice_name(index)))]

    def assessment(self) -> Assessment:
        """Say what is to be known of all slices that are done."""
        sheet = self.source.finer(1)
        return Assessment(
            name=self.source.name,
            shape=sheet.shape,
            voxel_size=sheet.voxel_size,
            model=self._model.card.name,
            noise=self._conditions.noise,
            removed=self._removed(),
            notes=self.notes(),
            metadata=sheet.metadata,
        )

    def shown(self) -> Shown:
        """Give what is to be shown: the image, or the middle one of the slices that are done."""
        done = self.done()
        index = done[len(done) // 2]
        before = Repaired(self.source.grey(index)[0])
        return Shown(before, Plane(self.output.image, index), self.source.aspect)

    def _removed(self) -> float:
        sums = [json.loads(self.marks.read(t)) for n in self.done() for t in self.tiles(n)]
        removed, expected = np.sum(sums, axis=0)
        return float(np.sqrt(removed / expected)) if expected > 0 else 0.0


def conditions_of(source: Source) -> Conditions:
    """Measure an image; or slices of a stack that are evenly spread, for all of its slices.

    Raises
    ------
    ImageError
        If nothing can be seen in any of them, or they are too small to show their noise.
    """
    check_size(*source.shape[-2:])
    images = list(seen_slices(source, spread_slices(source.count)))
    most = max(1, MOST_BLOCKS // len(images))
    side = min(BLOCK, *source.shape[-2:])

    def blocks(several: Iterable[Readable]) -> list[Single]:
        return [block for one in several for block in spread_blocks(one, side, side, most)]

    if not any(image.unknown for image in images):
        return Conditions.of(blocks(images))
    unknown = blocks(Unknown(image.measured) for image in images)
    return Conditions.of(blocks(images), [block > 0 for block in unknown])
