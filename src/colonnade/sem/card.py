"""What the card of a model for super-resolution says beside what all cards do."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import LARGEST_FACTOR, Card
from colonnade.core.learn.fields import Fields
from colonnade.core.work.recipe import to_dict
from colonnade.sem.looks import QUANTITIES

WING = "sem"

MOST_REFERENCES = 1024
"""No card holds more reference images."""

MOST_SLICES = 64
"""No model sees more slices of a stack together."""


@dataclass(frozen=True)
class Familiarity:
    """What tells a material that a model has learned from one that it has not.

    Images are described by numbers (`colonnade.sem.looks`). Along some axes in
    their space other materials differ most from those that were learned.

    Parameters
    ----------
    middle, spread
        Mean and standard deviation of each number, over many materials.
    axes
        Weights of the numbers along each axis, a row an axis.
    references
        Where images that the model has learned from lie along the axes, a row an image. None
        where the model cannot tell.
    constant, weight
        Log odds that an image is unlike them: a constant, and the weight of the logarithm of its
        distance from the nearest.
    """

    middle: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    axes: tuple[tuple[float, ...], ...] = ()
    references: tuple[tuple[float, ...], ...] = ()
    constant: float = 0.0
    weight: float = 0.0

    @property
    def can_tell(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self.references)


BY_HEART = 0.7
"""Difference of gains from which a model counts as having learned its images by heart [dB]."""

SURE = 2.0
"""In how many of its standard errors that difference must be."""


@dataclass(frozen=True)
class ByHeart:
    """How a model's errors on pairs that it learned from compare with those on others.

    Parameters
    ----------
    difference
        By how much errors are larger on pairs that it did not learn from [dB].
    error
        Standard error of the difference [dB].
    materials
        Number of materials that were compared; 0 where none was on both sides.
    """

    difference: float = 0.0
    error: float = 0.0
    materials: int = 0

    @property
    def is_so(self) -> bool:
        """Whether it has learned its training images by heart."""
        return self.difference >= max(BY_HEART, SURE * self.error) and self.materials > 0


@dataclass(frozen=True)
class SemCard:
    """The part of a card that is of super-resolution alone.

    Parameters
    ----------
    interval_factor
        By how much the half-widths of intervals that the network predicts are widened.
    familiarity
        What tells unlike materials.
    by_heart
        Whether it has learned its training images by heart.
    companion
        The model whose evidence the features of this one are checked against; empty for a model
        that was trained for the smallest error.
    materials
        What it was trained on.
    particle_sizes, particle_recall
        Diameters [pixels of the input], and the share of particles of each that it shows.
    slices, thinner
        How many slices of a stack it sees together, and how many it makes of the middle one; both
        are 1 for a model that makes images finer in their planes.
    """

    interval_factor: float
    familiarity: Familiarity
    by_heart: ByHeart
    companion: str
    materials: tuple[str, ...]
    particle_sizes: tuple[float, ...] = ()
    particle_recall: tuple[float, ...] = ()
    slices: int = 1
    thinner: int = 1

    @property
    def is_along_z(self) -> bool:
        """Whether the model makes stacks finer along z, and not images in their planes."""
        return self.thinner > 1

    @property
    def summary(self) -> str:
        """What the model is for, in words."""
        learned = f"trained on {', '.join(self.materials)}"
        return f"for stacks, along z, {learned}" if self.is_along_z else learned

    def to_part(self) -> dict[str, Any]:
        """Give it as the common card keeps it."""
        return to_dict(self)

    @classmethod
    def of(cls, card: Card) -> "SemCard":
        """Read it from a card, and refuse that of another wing.

        Raises
        ------
        ModelError
            If the model is not for super-resolution, or a value is missing, of another type or
            out of range.
        """
        if card.wing != WING:
            raise ModelError(
                f"the model {card.name} is for {card.wing}, not for scanning electron "
                "micrographs; choose another"
            )
        fields = Fields(card.part, card.name)
        fields.allow([one.name for one in dataclasses.fields(cls)])
        sizes = fields.some_numbers("particle_sizes")
        return cls(
            interval_factor=fields.positive("interval_factor"),
            familiarity=_familiarity(fields.table("familiarity")),
            by_heart=_by_heart(fields.table("by_heart")),
            companion=fields.text("companion"),
            materials=fields.texts("materials"),
            particle_sizes=sizes,
            particle_recall=fields.numbers("particle_recall", len(sizes)),
            slices=fields.integer("slices", 1, MOST_SLICES),
            thinner=fields.integer("thinner", 1, LARGEST_FACTOR),
        )

    @staticmethod
    def completed(part: dict[str, Any]) -> dict[str, Any]:
        """Older cards are of no model for super-resolution."""
        return part


def _familiarity(fields: Fields) -> Familiarity:
    fields.allow([one.name for one in dataclasses.fields(Familiarity)])
    count = QUANTITIES if fields.rows("references", MOST_REFERENCES) else 0
    return Familiarity(
        middle=fields.numbers("middle", count),
        spread=fields.numbers("spread", count),
        axes=_rows(fields, "axes", count),
        references=_rows(fields, "references", len(fields.rows("axes", count))),
        constant=fields.number("constant"),
        weight=fields.number("weight"),
    )


def _by_heart(fields: Fields) -> ByHeart:
    fields.allow([one.name for one in dataclasses.fields(ByHeart)])
    return ByHeart(
        difference=fields.number("difference"),
        error=fields.number("error", low=0),
        materials=fields.integer("materials", 0, MOST_REFERENCES),
    )


def _rows(fields: Fields, name: str, length: int) -> tuple[tuple[float, ...], ...]:
    """Read rows of a length."""
    rows = fields.rows(name, MOST_REFERENCES)
    if rows and len(rows[0]) != length:
        raise ModelError(
            f"the card of {fields.where} is damaged: {fields.within}.{name} has rows of "
            f"{len(rows[0])} numbers instead of {length}"
        )
    return rows
