"""Upscale an image or a stack, slice by slice and tile by tile, in bounded memory.

The way of an image: what is broken in it is mended where it is read, its spectrum is measured for
the network, the network answers tile by tile, and each answer goes straight to where the finer
image and the half-widths of its intervals lie, in a file or in memory. All slices of a stack are
shown to the network under the same conditions, so that grey levels do not flicker.
"""

import json
import warnings
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np

from colonnade.core.errors import ColonnadeWarning, ImageError, ModelError
from colonnade.core.files.canvas import Memory, Plane, Sheet
from colonnade.core.files.slices import seen_slices, spread_slices
from colonnade.core.files.source import Image, Source, source_of
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.images.repaired import Repaired
from colonnade.core.images.tiles import Readable, run_tiled
from colonnade.core.learn.model import Model, shipped
from colonnade.core.learn.scale import Normalised
from colonnade.core.learn.slice_work import SliceWork, slice_name, tiling
from colonnade.core.work.progress import Progress, silent
from colonnade.core.work.record import MemoryMarks
from colonnade.sem.card import SemCard
from colonnade.sem.conditions import Conditions
from colonnade.sem.feature import Feature
from colonnade.sem.upscale.along_z.stack import Stack
from colonnade.sem.upscale.maps import Maps, Outputs
from colonnade.sem.upscale.predict import Answers
from colonnade.sem.upscale.shown import Shown
from colonnade.sem.upscale.trust.familiarity import unlike_training
from colonnade.sem.upscale.trust.features import unmeasured_features
from colonnade.sem.upscale.trust.invented import invented_features
from colonnade.sem.upscaled import Along, Assessment, Upscaled

Factor = Literal[2, 4, 8]
"""How many times as fine an image can be made."""

DEFAULT_FACTOR: Factor = 4

LEAST_SIDE = 8
"""Of a smaller image the blocks on which its spectrum is measured would be mirror images alone,
but for a small part [px]."""

LETTERS: dict[Along, str] = {"plane": "x", "z": "z"}
"""What stands before the factor in the names of models and results."""


def upscale(
    image: Image,
    *,
    factor: Factor | None = None,
    along: Along = "plane",
    model: str | Path | Model | None = None,
    pixel_size: PixelSize | None = None,
    progress: Progress = silent,
) -> Upscaled:
    """Make an image finer, and say how far it can be trusted.

    Parameters
    ----------
    image
        A file of any microscope format, an array (y, x) or (z, y, x), a `Micrograph` or a
        `colonnade.core.images.volume.Volume`.
    factor
        How many times as fine: 2, 4 or 8; by default that of the model.
    along
        "plane" makes an image, or every slice of a stack, finer along both of its axes; "z" makes
        several slices of each one of a stack.
    model
        Name of a shipped model, a model file, or a loaded `Model`; by default the light one of
        the factor, and without a factor that for 4.
    pixel_size
        Size of a pixel [nm], where the image has none or a wrong one.
    progress
        Called with the number of finished tiles and of all; what it raises ends the work.

    Returns
    -------
    upscaled
        The finer image, or volume, half the width of a 90 % interval of each of its pixels, and
        what else is to be known. All of it is in memory; the command line has no such limit.
    """
    source = source_of(image).calibrated(pixel_size)
    loaded = choose_model(factor, model, along)
    sheet = finer_sheet(source, loaded)
    finer, half_width = Memory(sheet), Memory(replace(sheet, dtype=np.dtype(np.float32)))
    outputs = Outputs(finer, half_width, MemoryMarks())
    work = Work(source, loaded, conditions_of(source), outputs, progress=progress)
    for index in range(source.count):
        work.do(index)
    assessment = work.assessment()
    for note in assessment.notes:
        warnings.warn(note, ColonnadeWarning, stacklevel=2)
    made = source.image_of(finer.array, assessment.voxel_size, assessment.notes)
    return Upscaled(made, half_width.array, assessment)


def choose_model(
    factor: Factor | None, model: str | Path | Model | None, along: Along = "plane"
) -> Model:
    """Load the model for a factor, or one that is named, if it makes that finer by that factor.

    Raises
    ------
    ModelError
        If it is not for super-resolution, or has another factor, or is for another direction.
    """
    if model is None:
        model = f"light-{LETTERS[along]}{factor or DEFAULT_FACTOR}"
        if model not in shipped():
            raise ModelError(
                f"no packaged model makes stacks {factor} times as fine along z; leave the factor "
                "out, or name a model"
            )
    loaded = model if isinstance(model, Model) else Model.load(model)
    part, name = SemCard.of(loaded.card), loaded.card.name
    if part.is_along_z and along == "plane":
        raise ModelError(f"the model {name} is for stacks along z; say so, or choose another")
    if along == "z" and not part.is_along_z:
        raise ModelError(
            f"the model {name} makes images finer in their planes, not stacks along z; choose "
            "another, such as light-z4"
        )
    if factor is not None and factor != factor_of(loaded):
        raise ModelError(
            f"the model {name} makes images {factor_of(loaded)} times as fine, not {factor} "
            "times; leave the factor out, or choose another model"
        )
    return loaded


def factor_of(model: Model) -> int:
    """How many times as fine a model makes an image in its plane, or a stack along z."""
    return max(model.card.factor, SemCard.of(model.card).thinner)


def finer_sheet(source: Source, model: Model) -> Sheet:
    """Describe what a model makes of an image or a stack."""
    return source.finer(model.card.factor, SemCard.of(model.card).thinner)


class Work(SliceWork):
    """The upscaling of one image or stack, which can be stopped and go on.

    Parameters
    ----------
    source
        What is upscaled.
    model
        The network.
    conditions
        Of all slices.
    outputs
        Where its answers go.
    step
        Tiles of the image are a multiple of so many pixels [px].
    progress
        Called with the number of finished tiles and of all.
    """

    def __init__(
        self,
        source: Source,
        model: Model,
        conditions: Conditions,
        outputs: Outputs,
        *,
        step: int = 1,
        progress: Progress = silent,
    ) -> None:
        super().__init__(source, outputs.marks, replace(tiling(model.card), step=step), progress)
        self.model, self.outputs = model, outputs
        part = SemCard.of(model.card)
        self._thinner = part.thinner
        self._stack = Stack(source, part) if part.is_along_z else None
        self._conditions = conditions
        self._companion = _companion(model)

    def make(self, index: int) -> str:
        """Upscale the tiles of a slice that are not done; give its notes and features."""
        return json.dumps(self._upscale(index))

    def _upscale(self, index: int) -> dict[str, list[Any]]:
        """Upscale a slice, and say what is to be put down of it."""
        if self._stack is not None:
            seen, notes = self._stack.seen(index)
            self._answer(index, seen)
            return {"notes": [*notes], "features": []}
        levels, remarks = self.source.grey(index)
        repaired = Repaired(levels)
        self._answer(index, repaired, repaired.unknown)
        finer = Plane(self.outputs.image, index)
        features = unmeasured_features(repaired, finer, self.model.card.factor)
        if self._companion is not None:
            answers = Answers(self._companion, repaired, self._conditions)
            features += invented_features(finer, answers, self.model.card.factor)
        return {
            "notes": [*remarks, *repaired.notes],
            "features": [asdict(feature) for feature in features],
        }

    def _answer(self, index: int, seen: Readable, unknown: Readable | None = None) -> None:
        """Let the network answer to what it sees of a slice, tile by tile."""
        out = Maps(index, self.model.card, self._conditions, self.outputs, self.advance, unknown)
        run_tiled(
            lambda tiles: self.model(self._conditions.channels(tiles)),
            Normalised(seen, self._conditions),
            self.cut,
            out,
            out.is_done,
        )

    def leave_out(self, index: int) -> None:
        """Say of every pixel of what comes of a slice that nothing is known of it."""
        planes = range(index * self._thinner, (index + 1) * self._thinner)
        for plane, place in product(planes, self.places):
            part = (place[0], place[1])
            size = [each.stop - each.start for each in part]
            self.outputs.image.write(plane, part, np.zeros(size))
            self.outputs.half_width.write(plane, part, np.full(size, np.nan))

    def assessment(self) -> Assessment:
        """Say what is to be known of all slices that are done."""
        sheet = finer_sheet(self.source, self.model)
        by_heart = SemCard.of(self.model.card).by_heart
        return Assessment(
            name=self.source.name,
            shape=sheet.shape,
            voxel_size=sheet.voxel_size,
            model=self.model.card.name,
            factor=factor_of(self.model),
            mean_half_width=self._mean_half_width(),
            unlike_training=self._unlike_training(),
            by_heart=by_heart.difference if by_heart.is_so else None,
            features=self._all_features(),
            notes=self.notes(),
            metadata=sheet.metadata,
            along="z" if self._stack else "plane",
        )

    def shown(self) -> Shown:
        """Give what is to be shown: the image, or the middle one of the slices that are done.

        Along z it is a section through all of them.
        """
        if self._stack is not None:
            return self._stack.shown(self.outputs)
        done = self.done()
        index = done[len(done) // 2]
        low = Repaired(self.source.grey(index)[0])
        high, half_width = Plane(self.outputs.image, index), Plane(self.outputs.half_width, index)
        factor, aspect = self.model.card.factor, self.source.aspect
        return Shown(low, high, half_width, factor, aspect, self._features(index))

    def notes_on(self, index: int) -> list[str]:
        """Say what was put down of a slice that is done, a sentence each."""
        return self._found(index)["notes"]

    def _mean_half_width(self) -> float:
        done = self.done()
        sums = [json.loads(self.marks.read(tile)) for n in done for tile in self.tiles(n)]
        total, known = np.sum(sums, axis=0)
        return float(total / known)

    def _unlike_training(self) -> float | None:
        """Compare slices that are evenly spread over those that are done with the training."""
        done = self.done()
        chosen = spread_slices(len(done))
        images = (Repaired(self.source.grey(done[number])[0]) for number in chosen)
        familiarity = SemCard.of(self.model.card).familiarity
        return unlike_training(familiarity, images, len(chosen))

    def _all_features(self) -> tuple[tuple[Feature, ...], ...]:
        """Give those of each slice; along z they are not looked for."""
        return () if self._stack else tuple(map(self._features, range(self.source.count)))

    def _features(self, index: int) -> tuple[Feature, ...]:
        if not self.is_done(index):
            return ()
        return tuple(Feature(**feature) for feature in self._found(index)["features"])

    def _found(self, index: int) -> dict[str, list[Any]]:
        """What was put down of a slice."""
        found: dict[str, list[Any]] = json.loads(self.marks.read(slice_name(index)))
        return found


def _companion(model: Model) -> Model | None:
    """Load the model whose evidence the features of another are checked against, if it has one."""
    name = SemCard.of(model.card).companion
    if not name:
        return None
    companion = Model.load(name)
    if companion.card.factor != model.card.factor:
        raise ModelError(
            f"the model {model.card.name} is checked against {name}, which makes images "
            f"{companion.card.factor} times as fine, not {model.card.factor} times; name another "
            "companion when you train it"
        )
    SemCard.of(companion.card)
    return companion


def conditions_of(source: Source) -> Conditions:
    """Measure an image; or slices of a stack that are evenly spread, for all of its slices.

    Raises
    ------
    ImageError
        If nothing can be seen in any of them, or they are too small.
    """
    if min(source.shape[-2:]) < LEAST_SIDE:
        height, width = source.shape[-2:]
        raise ImageError(
            f"an image of {height} x {width} px is too small to be upscaled; it should be at "
            f"least {LEAST_SIDE} px high and wide"
        )
    if source.count == 1:
        return Conditions.of(Repaired(source.grey(0)[0]))
    chosen = spread_slices(source.count)
    return Conditions.of_several(seen_slices(source, chosen), len(chosen))
