"""What the card of a model for atom columns says beside what all cards do."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from colonnade.atoms.network import (
    NETWORK_ALONE,
    NETWORK_DEFAULTS,
    Calibration,
    NetworkSettings,
    Verdict,
    Weights,
)
from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.core.learn.fields import Fields
from colonnade.core.work.recipe import to_dict

WING = "atoms"


@dataclass(frozen=True)
class SingleAtoms:
    """How candidates are judged where nothing repeats.

    Parameters
    ----------
    calibration
        Weights that make a probability of the evidence for a candidate.
    threshold
        Probability from which a candidate counts as an atom.
    """

    calibration: Weights
    threshold: float


SINGLE_ATOMS_DEFAULT = SingleAtoms((-6.95, 0.49, 0.16, 0.74, 0.54, 0.43), 0.3)
VERDICT_DEFAULT = Verdict(
    (-8.4, 32.0, 4.6, 1.8, -27.3, -6.0), (-2.4, 19.4, -8.4, -1.8, 4.5, -1.8, 4.9)
)
"""Of the packaged network."""

OLDER = {"single_atoms": to_dict(SINGLE_ATOMS_DEFAULT), "verdict": to_dict(VERDICT_DEFAULT)}
"""What a card means that says nothing of single atoms, or of images as a whole."""


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
    single_atoms
        Threshold and calibration where nothing repeats; those above are of crystals.
    verdict
        What speaks for an image of atom columns.
    """

    pixel_size: tuple[float, float]
    threshold: float
    background: float
    calibration: Weights
    network: NetworkSettings
    single_atoms: SingleAtoms = SINGLE_ATOMS_DEFAULT
    verdict: Verdict = VERDICT_DEFAULT

    @property
    def weights(self) -> Calibration:
        """Weights of the evidence in crystals, and where nothing repeats."""
        return Calibration(self.calibration, self.single_atoms.calibration)

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
        fields = Fields(OLDER | card.part, card.name)
        fields.allow([one.name for one in dataclasses.fields(cls)])
        low, high = fields.interval("pixel_size")
        if low <= 0:
            raise ModelError(f"the card of {card.name} is damaged: pixel_size must be above 0")
        return cls(
            pixel_size=(low, high),
            threshold=fields.number("threshold", 0, 1),
            background=fields.positive("background"),
            calibration=_weights(fields, "calibration", NETWORK_ALONE.crystal),
            network=_network(fields.table("network")),
            single_atoms=_single_atoms(fields.table("single_atoms")),
            verdict=_verdict(fields.table("verdict")),
        )

    @staticmethod
    def completed(part: dict[str, Any]) -> dict[str, Any]:
        """Add what cards of format 2 did not say, as it was the same for all networks."""
        return {"network": to_dict(NETWORK_DEFAULTS)} | OLDER | part


def _weights(fields: Fields, name: str, like: Weights) -> Weights:
    """Weights of as many pieces of evidence as others have."""
    return tuple(fields.numbers(name, len(like)))


def _single_atoms(fields: Fields) -> SingleAtoms:
    fields.allow([one.name for one in dataclasses.fields(SingleAtoms)])
    weights = _weights(fields, "calibration", NETWORK_ALONE.single)
    return SingleAtoms(weights, fields.number("threshold", 0, 1))


def _verdict(fields: Fields) -> Verdict:
    names = [one.name for one in dataclasses.fields(Verdict)]
    fields.allow(names)
    return Verdict(*(_weights(fields, name, getattr(VERDICT_DEFAULT, name)) for name in names))


def _network(fields: Fields) -> NetworkSettings:
    names = [one.name for one in dataclasses.fields(NetworkSettings)]
    fields.allow(names)
    return NetworkSettings(**{name: fields.number(name, 0, 1) for name in names})
