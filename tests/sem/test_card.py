"""The part of a card that is of super-resolution: checked before it is used."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.sem.card import ByHeart, Familiarity, SemCard
from colonnade.sem.looks import QUANTITIES

PART = SemCard(
    interval_factor=2.3,
    familiarity=Familiarity(
        middle=(0.5,) * QUANTITIES,
        spread=(2.0,) * QUANTITIES,
        axes=((0.1,) * QUANTITIES, (-0.25,) * QUANTITIES),
        references=((0.5, 1.0), (0.25, -2.0)),
        constant=-3.0,
        weight=4.0,
    ),
    by_heart=ByHeart(difference=1.4, error=0.3, materials=2),
    companion="",
    materials=("rock", "tin balls"),
    particle_sizes=(2.0, 4.0),
    particle_recall=(0.3, 1.0),
)

CARD = Card(
    name="finer",
    wing="sem",
    recipe="version = 1",
    data_hash="0" * 64,
    input_channels=17,
    output_channels=3,
    input_range=None,
    factor=4,
    stride=4,
    halo=8,
    scores={},
    training="not",
    failures="all",
    part=PART.to_part(),
)

numbers = st.floats(-1e6, 1e6)


@given(
    factor=st.floats(1e-3, 100),
    rows=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5),
    constant=numbers,
    weight=numbers,
    sizes=st.lists(st.tuples(numbers, numbers), max_size=6),
)
def test_the_part_comes_back_from_a_file(
    factor: float,
    rows: list[tuple[float, ...]],
    constant: float,
    weight: float,
    sizes: list[tuple[float, float]],
) -> None:
    part = replace(
        PART,
        interval_factor=factor,
        familiarity=replace(
            PART.familiarity, references=tuple(rows), constant=constant, weight=weight
        ),
        particle_sizes=tuple(size for size, _ in sizes),
        particle_recall=tuple(share for _, share in sizes),
    )
    written = replace(CARD, part=part.to_part()).to_metadata()
    assert SemCard.of(Card.from_metadata(written, "model")) == part


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("interval_factor", [0, -1.0, None, "2", float("nan")]),
        (
            "familiarity",
            [
                None,
                [],
                {"references": [[1.0, 2.0], [1.0]]},
                {"references": [[1.0]]},
                {"references": 3},
                {"middle": [1.0]},
                {"spread": []},
                {"axes": [[1.0, 2.0]]},
                {"weight": float("inf")},
            ],
        ),
        (
            "by_heart",
            [None, {"difference": "1"}, {"error": -0.1}, {"materials": 0.5}],
        ),
        ("companion", [None, 3, "\x1b[2J"]),
        ("materials", [None, "rock", ["rock", 3], ["\x07"]]),
        ("particle_sizes", [None, [1.0, "2"], 3.0]),
        ("particle_recall", [None, [1.0], [1.0, None]]),
    ],
)
def test_a_part_that_is_wrong_is_refused_by_name(field: str, values: list[Any]) -> None:
    for value in values:
        if field in ("familiarity", "by_heart") and isinstance(value, dict):
            value = PART.to_part()[field] | value
        with pytest.raises(ModelError, match=field):
            SemCard.of(replace(CARD, part=PART.to_part() | {field: value}))


@pytest.mark.parametrize("field", [one.name for one in fields(SemCard)])
def test_nothing_may_be_missing(field: str) -> None:
    part = {name: value for name, value in PART.to_part().items() if name != field}
    with pytest.raises(ModelError, match=f"{field} is missing"):
        SemCard.of(replace(CARD, part=part))


def test_a_model_of_another_wing_is_refused() -> None:
    with pytest.raises(ModelError, match="the model finer is for atoms, not for scanning"):
        SemCard.of(replace(CARD, wing="atoms"))


def test_a_model_without_references_cannot_tell() -> None:
    assert PART.familiarity.can_tell
    part = replace(PART, familiarity=Familiarity())
    assert SemCard.of(replace(CARD, part=part.to_part())) == part
    assert not part.familiarity.can_tell


@pytest.mark.parametrize(
    ("difference", "error", "materials", "so"),
    [(1.4, 0.3, 1, True), (1.4, 0.8, 1, False), (0.5, 0.1, 1, False), (1.4, 0.0, 0, False)],
)
def test_by_heart_is_what_is_large_and_sure(
    difference: float, error: float, materials: int, so: bool
) -> None:
    assert ByHeart(difference, error, materials).is_so == so


def test_the_summary_names_the_materials() -> None:
    assert PART.summary == "trained on rock, tin balls"
