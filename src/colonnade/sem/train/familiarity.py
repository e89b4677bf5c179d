"""By what a model will tell materials that it has learned from others.

Images that it learned from are the references. Along which axes other materials differ from them
is asked of simulated images of the materials that it did not learn. Where there are none, each
material that it did learn is left out in turn, and is then unlike the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.data.source import Source
from colonnade.sem.card import Familiarity
from colonnade.sem.library.sources import Simulator
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.materials.mixture import Materials
from colonnade.sem.train.task import SemTask
from colonnade.sem.upscale.trust.familiarity import FARTHEST, Look, log_distance, placed

REFERENCES = 300
"""Training images that a card keeps, at most."""

SHARE = 3
"""References, and images of other materials, for each image that the verdict is calibrated on."""

AXES = 16
"""Axes on which materials are told apart; 8 to 32 do it equally well."""

RIDGE = 0.03
"""Added to the variance of each number within a material, in that over many: axes along which
few images happen to agree would count for too much."""

FALSE_ALARMS = 0.05
"""Share of the images of learned materials that may be called unlike."""

BLUR = 0.1
"""Distances that differ by a tenth are not told apart, however few they were."""

STEP = 37
"""Training pairs that are so far from one another show different specimens."""

OTHERS_PART = 6
"""Part of a seed from which images of other materials are simulated."""

DIGITS = 5
"""Digits of the numbers in a card."""


@dataclass(frozen=True, eq=False)
class Seen:
    """An image, what it shows, and what it looks like."""

    material: str
    look: Look

    @classmethod
    def of(cls, pair: Pair) -> "Seen":
        """Describe the coarse image of a pair."""
        return cls(pair.material, Look.of([pair.low], 1))


def familiarity_of(task: SemTask) -> Familiarity:
    """Find out what tells the materials that a network learns from others."""
    count = SHARE * task.recipe.validation_images
    learned = _seen(task.source, range(0, STEP * min(count, REFERENCES), STEP))
    materials = {image.material for image in learned}
    simulation = replace(task.recipe.simulation, materials=Materials())
    simulator = Simulator(simulation, task.recipe.seed, OTHERS_PART)
    others = [one for one in _seen(simulator, range(count)) if one.material not in materials]
    held_out = [Seen.of(pair) for pair in task.held_out.calibration]
    return calibrate(learned, others, held_out)


def calibrate(
    learned: Sequence[Seen], others: Sequence[Seen], held_out: Iterable[Seen]
) -> Familiarity:
    """Choose axes and references, and give the odds their scale.

    Parameters
    ----------
    learned
        Images that a network learned from.
    others
        Images of materials that it did not learn; none where it learned all there are.
    held_out
        Others of the materials that it did learn.
    """
    found = _arranged(learned, others)
    like = [log_distance(found, image.look) for image in held_out if not image.look.is_empty]
    if others:
        unlike = [log_distance(found, image.look) for image in others]
    else:
        unlike = _left_out(learned)
    return _scaled(found, np.array(like), np.array(unlike))


def _seen(source: Source[Pair], numbers: range) -> list[Seen]:
    """Describe some pairs of a source; an image on which there is nothing is left out."""
    seen = (Seen.of(source(number)) for number in numbers)
    return [image for image in seen if not image.look.is_empty]


def _arranged(learned: Sequence[Seen], others: Sequence[Seen]) -> Familiarity:
    """Choose the axes along which other materials, or else all, differ most from those learned.

    Distances along them are in units of what images of one learned material differ by.
    """
    rows = np.array([image.look.mean for image in (*learned, *others)])
    middle, spread = rows.mean(0), rows.std(0) + RIDGE
    normal = np.clip((rows - middle) / spread, -FARTHEST, FARTHEST)
    names = np.array([image.material for image in learned])
    known, unknown = normal[: len(learned)], normal[len(learned) :]
    means = {name: known[names == name].mean(0) for name in np.unique(names)}
    within = _scatter(known - [means[name] for name in names])
    centre = np.mean(list(means.values()), axis=0)
    total = _scatter(known - centre) + (_scatter(unknown - centre) if len(unknown) else 0)
    root = np.linalg.inv(np.linalg.cholesky(within + RIDGE * np.eye(len(within))))
    _, found = np.linalg.eigh(root @ total @ root.T)
    axes = found[:, : -AXES - 1 : -1].T @ root
    empty = Familiarity(_short(middle), _short(spread), _short_rows(axes))
    places = placed(empty, rows[: len(learned)])
    return replace(empty, references=_short_rows(places))


def _scatter(rows: Array) -> Array:
    """Mean square of rows, with what their numbers have in common."""
    return np.asarray(rows.T @ rows / len(rows))


def _left_out(learned: Sequence[Seen]) -> list[float]:
    """Distances of images of each material from those of all others."""
    found = []
    for name in sorted({image.material for image in learned}):
        rest = [image for image in learned if image.material != name]
        if rest:
            without = _arranged(rest, ())
            found += [log_distance(without, one.look) for one in learned if one.material == name]
    return found


def _scaled(found: Familiarity, like: Array, unlike: Array) -> Familiarity:
    """Give the odds of two normal distributions of one width, at few false alarms.

    Where other materials are not farther than those that were learned, nothing can be told.
    """
    if not like.size or not unlike.size or unlike.mean() <= like.mean():
        return Familiarity()
    variance = (like.var() + unlike.var()) / 2 + BLUR**2
    weight = (unlike.mean() - like.mean()) / variance
    even = (like.mean() + unlike.mean()) / 2
    rank = min(int(np.ceil((like.size + 1) * (1 - FALSE_ALARMS))), like.size)
    even = max(even, float(np.sort(like)[rank - 1]))
    return replace(found, constant=_rounded(-weight * even), weight=_rounded(weight))


def _short(numbers: Array) -> tuple[float, ...]:
    return tuple(map(_rounded, numbers))


def _short_rows(rows: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(map(_short, rows))


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
