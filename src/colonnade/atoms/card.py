"""What the card of a model for atom columns says beside what all cards do."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from colonnade.atoms.network import NETWORK_DEFAULTS, NetworkSettings
from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.core.learn.fields import Fields
from colonnade.core.work.recipe import to_dict

WING = "atoms"

CALIBRATION_WEIGHTS = 4
"""Constant, and weights of confidence, signal to noise and lattice support."""


@dataclass(frozen=True)
class AtomsCard:
    """The part of a card that is of atom columns alone.

    Parameters
    ----------
    pixel_size
        Smallest and largest pixel that the model was trained for [nm].
    threshold
        Probability from which a candidate counts as a column.
    background
        Standard deviation of the Gaussian that takes the background off its input [px].
    calibration
        Weights that make a probability of the evidence for a candidate.
    network
        What the network's confidences mean.
    """

    pixel_size: tuple[float, float]
    threshold: float
    background: float
    calibration: tuple[float, float, float, float]
    network: NetworkSettings

    @property
    def summary(self) -> str:
        """What the model is for, in words."""
        low, high = (1000 * size for size in self.pixel_size)
        return f"pixels of {low:g} to {high:g} pm"

    def to_part(self) -> dict[str, Any]:
        """Give it as the common card keeps it."""
        return to_dict(self)

    @classmethod
    def of(cls, card: Card) -> "AtomsCard":
        """Read it from a card, and refuse that of another wing.

        Raises
        ------
        ModelError
            If the model is not for atom columns, or a value is missing, of another type or out of
            range.
        """
        if card.wing != WING:
            raise ModelError(
                f"the model {card.name} is for {card.wing}, not for atom columns; choose another"
            )
        fields = Fields(card.part, card.name)
        fields.allow([one.name for one in dataclasses.fields(cls)])
        constant, confidence, snr, support = fields.numbers("calibration", CALIBRATION_WEIGHTS)
        low, high = fields.interval("pixel_size")
        if low <= 0:
            raise ModelError(f"the card of {card.name} is damaged: pixel_size must be above 0")
        return cls(
            pixel_size=(low, high),
            threshold=fields.number("threshold", 0, 1),
            background=fields.positive("background"),
            calibration=(constant, confidence, snr, support),
            network=_network(fields.table("network")),
        )

    @staticmethod
    def completed(part: dict[str, Any]) -> dict[str, Any]:
        """Add what cards of format 2 did not say, as it was the same for all networks."""
        return {"network": to_dict(NETWORK_DEFAULTS)} | part


def _network(fields: Fields) -> NetworkSettings:
    names = [one.name for one in dataclasses.fields(NetworkSettings)]
    fields.allow(names)
    return NetworkSettings(**{name: fields.number(name, 0, 1) for name in names})
