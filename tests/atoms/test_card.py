"""The part of a card that is of atom columns: checked before it is used."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.card import (
    OLDER,
    SINGLE_ATOMS_DEFAULT,
    VERDICT_DEFAULT,
    AtomsCard,
    SingleAtoms,
)
from colonnade.atoms.network import NetworkSettings, Verdict
from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.core.learn.model import read_card, shipped

PART = AtomsCard((0.01, 0.05), 0.7, 16.0, (0.3, 0.8, 0.03, 6.0), NetworkSettings())


@pytest.fixture(scope="module")
def card() -> Card:
    return read_card("atoms")


@given(
    sizes=st.tuples(st.floats(1e-3, 1), st.floats(1e-3, 1)).map(sorted),
    threshold=st.floats(0, 1),
    background=st.floats(0.1, 100),
    calibration=st.tuples(*[st.floats(-50, 50)] * 4),
    network=st.builds(NetworkSettings, *[st.floats(0, 1)] * 6),
    single=st.tuples(*[st.floats(-50, 50)] * 6),
    verdict=st.builds(Verdict, *(st.tuples(*[st.floats(-50, 50)] * n) for n in (6, 7))),
)
def test_the_part_comes_back_from_a_file(
    card: Card,
    sizes: list[float],
    threshold: float,
    background: float,
    calibration: tuple[float, float, float, float],
    network: NetworkSettings,
    single: tuple[float, ...],
    verdict: Verdict,
) -> None:
    part = AtomsCard(
        (sizes[0], sizes[1]),
        threshold,
        background,
        calibration,
        network,
        SingleAtoms(single, 1 - threshold),
        verdict,
    )
    written = replace(card, part=part.to_part()).to_metadata()
    assert AtomsCard.of(Card.from_metadata(written, "model")) == part


@pytest.mark.parametrize("name", [n for n in shipped() if read_card(n).wing == "atoms"])
def test_shipped_models_say_what_locate_needs(name: str) -> None:
    part = AtomsCard.of(read_card(name))
    assert part.pixel_size == (0.01, 0.05)
    assert 0.5 < read_card(name).scores["recall"] <= 1
    assert part.background == 16.0
    assert 0.3 <= part.threshold <= 0.8
    # More confidence, a clearer peak and a lattice around it speak for a column. In a crystal the
    # peak may say nothing more: light columns are faint, and at empty sites it has been counted.
    confidence, peak, lattice = part.calibration[1:]
    assert min(confidence, lattice) > 0
    assert peak >= 0
    assert all(weight > 0 for weight in part.single_atoms.calibration[1:])
    assert part.verdict.single[1] > 0
    assert all(weight >= 0 for weight in part.verdict.lattice[1:4])
    assert 0.2 <= part.single_atoms.threshold <= 0.8


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("pixel_size", [[0.0, 0.05], [-0.01, 0.05], [0.05, 0.01], [0.01], None, 0.02]),
        ("threshold", [-0.1, 1.1, "0.5", None, float("nan")]),
        ("background", [0, -1.0, None, float("inf")]),
        ("calibration", [[0, 1, 0], [0, 1, 0, 0, 0], [0, 1, 0, None], None, "0100"]),
    ],
)
def test_each_value_is_checked(field: str, values: list[object], card: Card) -> None:
    for value in values:
        wrong = replace(card, part=PART.to_part() | {field: value})
        with pytest.raises(ModelError, match=f"the card of atoms is damaged: {field} must be"):
            AtomsCard.of(wrong)


@pytest.mark.parametrize(
    "field", [field.name for field in fields(AtomsCard) if field.name not in OLDER]
)
def test_a_missing_value_is_named(field: str, card: Card) -> None:
    part = PART.to_part()
    del part[field]
    with pytest.raises(ModelError, match=f"{field} is missing"):
        AtomsCard.of(replace(card, part=part))


def test_an_older_card_means_what_is_usual_for_single_atoms_and_images(card: Card) -> None:
    part = PART.to_part()
    for name in OLDER:
        del part[name]
    found = AtomsCard.of(replace(card, part=part))
    assert found.single_atoms == SINGLE_ATOMS_DEFAULT
    assert found.verdict == VERDICT_DEFAULT


@pytest.mark.parametrize(
    "wrong",
    [
        {"lattice": [0] * 5, "single": [0] * 7},
        {"lattice": [0] * 6, "single": [0] * 6},
        {"lattice": [0] * 6},
        [0] * 11,
    ],
)
def test_what_it_says_of_images_is_checked(wrong: object, card: Card) -> None:
    with pytest.raises(ModelError, match="verdict"):
        AtomsCard.of(replace(card, part=PART.to_part() | {"verdict": wrong}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"calibration": [0, 1, 0, 0], "threshold": 0.5},
        {"calibration": [0, 1, 0, 0, 0, 0], "threshold": 1.5},
        {"calibration": [0, 1, 0, 0, 0, 0]},
        [0, 1, 0, 0, 0, 0],
    ],
)
def test_what_it_says_of_single_atoms_is_checked(wrong: object, card: Card) -> None:
    with pytest.raises(ModelError, match="single_atoms"):
        AtomsCard.of(replace(card, part=PART.to_part() | {"single_atoms": wrong}))


def test_a_value_of_another_wing_is_refused(card: Card) -> None:
    with pytest.raises(ModelError, match="unknown field 'tilt_range'"):
        AtomsCard.of(replace(card, part=PART.to_part() | {"tilt_range": [-60, 60]}))


def test_a_model_of_another_wing_is_refused(card: Card) -> None:
    with pytest.raises(ModelError, match="the model atoms is for sem, not for atom columns"):
        AtomsCard.of(replace(card, wing="sem"))


@pytest.mark.parametrize("field", [field.name for field in fields(NetworkSettings)])
@pytest.mark.parametrize("value", [-0.1, 1.1, None, "0.5"])
def test_what_confidences_mean_lies_between_0_and_1(field: str, value: object, card: Card) -> None:
    part = PART.to_part()
    wrong = replace(card, part=part | {"network": part["network"] | {field: value}})
    with pytest.raises(ModelError, match=f"network.{field} must be a finite number from 0 to 1"):
        AtomsCard.of(wrong)


def test_an_older_card_gets_the_confidences_that_were_the_same_for_all() -> None:
    part = PART.to_part()
    older = {name: value for name, value in part.items() if name != "network"}
    assert AtomsCard.completed(older) == part
    kept = part | {"network": part["network"] | {"lowest": 0.2}}
    assert AtomsCard.completed(kept) == kept
