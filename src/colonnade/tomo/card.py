"""What the card of a model for tomography says beside what all cards do."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.core.learn.fields import Fields
from colonnade.core.work.recipe import to_dict

WING = "tomo"

RECONSTRUCTS, DENOISES = "reconstructs", "denoises"
"""What a model may do."""

METHODS = ("tv", "sirt")
"""What a model may improve."""

MOST_STEPS = 16
"""No model improves a slice more often."""


@dataclass(frozen=True)
class TomoCard:
    """The part of a card that is of tomography alone.

    Parameters
    ----------
    does
        Whether it reconstructs slices or denoises images.
    families
        What kinds of specimen it was trained on.
    noise
        Least and largest noise that it was trained on: of a model that reconstructs, that of the
        views [brightness of the volume times px]; of one that denoises, that of a pixel [contrast
        of the image].
    reach
        Least and largest tilt up to which series went [degrees]; zeros where it denoises.
    begins
        What it improves, if it reconstructs: total variation or SIRT, "tv" or "sirt".
    steps
        How often it improves a slice, each time with what its projections leave of the views.
    agrees
        Weight of the total variation with which its slices are brought to agree with the views
        [that of the total variation alone]; 0 leaves them as the network gives them.
    interval_factor
        By how much the half-widths of intervals that the network predicts are widened.
    """

    does: str
    families: tuple[str, ...]
    noise: tuple[float, float]
    reach: tuple[float, float] = (0.0, 0.0)
    begins: str = "tv"
    steps: int = 1
    agrees: float = 0.0
    interval_factor: float = 1.0

    @property
    def summary(self) -> str:
        """What the model is for, in words."""
        return f"{self.does}; trained on {', '.join(self.families)}"

    def to_part(self) -> dict[str, Any]:
        """Give it as the common card keeps it."""
        return to_dict(self)

    @classmethod
    def of(cls, card: Card) -> "TomoCard":
        """Read it from a card, and refuse that of another wing.

        Raises
        ------
        ModelError
            If the model is not for tomography, or a value is missing, of another type or out of
            range.
        """
        if card.wing != WING:
            raise ModelError(
                f"the model {card.name} is for {card.wing}, not for tomography; choose another"
            )
        fields = Fields(card.part, card.name)
        fields.allow([one.name for one in dataclasses.fields(cls)])
        return cls(
            does=_one_of(fields, "does", (RECONSTRUCTS, DENOISES)),
            families=fields.texts("families"),
            noise=fields.interval("noise"),
            reach=fields.interval("reach"),
            begins=_one_of(fields, "begins", METHODS),
            steps=fields.integer("steps", 1, MOST_STEPS),
            agrees=fields.number("agrees", low=0),
            interval_factor=fields.positive("interval_factor"),
        )

    @classmethod
    def of_one_that(cls, does: str, card: Card) -> "TomoCard":
        """Read it from the card of a model that does something, and refuse that of another.

        Raises
        ------
        ModelError
            Also if the model does something else.
        """
        part = cls.of(card)
        if part.does != does:
            raise ModelError(
                f"the model {card.name} {part.does}, and one that {does} is wanted; choose another"
            )
        return part

    @staticmethod
    def completed(part: dict[str, Any]) -> dict[str, Any]:
        """Older cards are of no model for tomography."""
        return part


def _one_of(fields: Fields, name: str, words: tuple[str, ...]) -> str:
    """Read one of some words."""
    word = fields.text(name)
    if word not in words:
        raise ModelError(
            f"the card of {fields.where} is damaged: {name} must be one of {', '.join(words)}, "
            f"not {word[:60]!r}"
        )
    return word
