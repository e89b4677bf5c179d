"""What the card of a model for tomography says, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.tomo.card import DENOISES, RECONSTRUCTS, TomoCard

PART = TomoCard(RECONSTRUCTS, ("grains",), (0.1, 9.0), (45.0, 76.0), "sirt", 2, 0.5, 1.2)


def card(part: dict[str, Any], wing: str = "tomo") -> Card:
    return Card(
        name="tiny",
        wing=wing,
        recipe="",
        data_hash="0" * 64,
        input_channels=1,
        output_channels=2,
        input_range=None,
        factor=1,
        stride=1,
        halo=1,
        scores={},
        training="",
        failures="",
        part=part,
    )


def test_a_card_is_read_as_it_was_written() -> None:
    assert TomoCard.of(card(PART.to_part())) == PART


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"does": "dreams"}, "does must be one of reconstructs, denoises, not 'dreams'"),
        ({"begins": "wbp"}, "begins must be one of tv, sirt, not 'wbp'"),
        ({"noise": [2.0, 1.0]}, "noise must be a lower and a higher number"),
        ({"steps": 0}, "steps must be a whole number from 1"),
        ({"interval_factor": 0.0}, "interval_factor must be above 0"),
        ({"agrees": -1.0}, "agrees must be a finite number from 0"),
        ({"colour": "red"}, "unknown field 'colour'"),
    ],
)
def test_a_damaged_card_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        TomoCard.of(card(PART.to_part() | change))


def test_a_model_of_another_wing_or_for_another_end_is_refused() -> None:
    with pytest.raises(ModelError, match="tiny is for sem, not for tomography"):
        TomoCard.of(card(PART.to_part(), "sem"))
    denoiser = card(replace(PART, does=DENOISES).to_part())
    with pytest.raises(ModelError, match="tiny denoises, and one that reconstructs is wanted"):
        TomoCard.of_one_that(RECONSTRUCTS, denoiser)
