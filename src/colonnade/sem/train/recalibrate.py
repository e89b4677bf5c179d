"""Make a model's intervals right for images that are too few to learn from.

The network stays as it is. How well the intervals hold is measured on each field in turn, with
what the others alone would have made of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.learn.card import Card
from colonnade.core.learn.model import Model, save_with_card
from colonnade.sem.card import SemCard
from colonnade.sem.library.own_images import OwnImages
from colonnade.sem.train.calibration import error_ratios, interval_factor
from colonnade.sem.upscale.predict import predict

PAIRS = 32
"""Pairs of each field: what differs is rather the fields than the parts of one."""


@dataclass(frozen=True)
class Recalibration:
    """What a calibration on a few fields found.

    Parameters
    ----------
    factor
        By how much half-widths are to be widened, from all fields.
    before
        Share of the grey levels of each field that the intervals of the start held.
    now
        The same of intervals that are calibrated on the other fields.
    """

    factor: float
    before: tuple[float, ...]
    now: tuple[float, ...]

    @classmethod
    def of(cls, ratios: Sequence[Array], factor: float) -> "Recalibration":
        """Calibrate.

        Parameters
        ----------
        ratios
            Errors of all pixels of each field, in half-widths as the network predicts them.
        factor
            By which the start widens half-widths.
        """
        now = [
            np.mean(one <= _factor([*ratios[:number], *ratios[number + 1 :]]))
            for number, one in enumerate(ratios)
        ]
        before = [np.mean(one <= factor) for one in ratios]
        return cls(_factor(ratios), tuple(map(float, before)), tuple(map(float, now)))


def recalibrate(start: str | Path, fields: Sequence[OwnImages], name: str, folder: Path) -> str:
    """Write a model with calibrated intervals into a folder.

    Parameters
    ----------
    start
        The model whose network it has.
    fields
        Pairs of each field.
    name
        What it is called; its file too.
    folder
        Where it goes.

    Returns
    -------
    sentence
        What was done, and how well the intervals hold.
    """
    model = Model.load(start)
    ratios = [field_ratios(model, field) for field in fields]
    found = Recalibration.of(ratios, SemCard.of(model.card).interval_factor)
    path = folder / f"{name}.onnx"
    save_with_card(model.path, _card(model.card, fields, name, found), path)
    count = _count(fields)
    return (
        f"calibrated {path}; {count} images are too few to learn from, so that its network is "
        f"that of {model.card.name}, unchanged, and its intervals alone are made right for yours: "
        f"of the grey levels of images that had no part in that they hold {np.mean(found.now):.0%}"
        f", and held {np.mean(found.before):.0%} before"
    )


def field_ratios(model: Model, field: OwnImages) -> Array:
    """Errors of all pixels of some pairs of a field, in half-widths as the network has them."""
    pairs = (field(number) for number in range(PAIRS))
    return np.concatenate([error_ratios(predict(model, pair.low), pair) for pair in pairs])


def _factor(ratios: Sequence[Array]) -> float:
    """The factor for several fields of one material, taken together."""
    return interval_factor(("own", one) for one in ratios)


def _card(start: Card, fields: Sequence[OwnImages], name: str, found: Recalibration) -> Card:
    """The card of the start, but for its intervals; the verdict on materials stays."""
    done = f"intervals calibrated on {_count(fields)} images in {fields[0].material}"
    images = sha256("".join(field.identity for field in fields).encode()).hexdigest()
    part = replace(SemCard.of(start), interval_factor=found.factor)
    return replace(
        start,
        name=name,
        recipe=f"# The network of {start.name}, {done} (sha256 {images})\n{start.recipe}",
        scores=start.scores
        | {
            "coverage": round(float(np.mean(found.now)), 4),
            "lowest_coverage": round(min(found.now), 4),
        },
        training=f"{start.training}; {done}",
        part=part.to_part(),
    )


def _count(fields: Sequence[OwnImages]) -> int:
    return sum(len(field.images) for field in fields)
