"""The part of a card that is of super-resolution: checked before it is used."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.sem.card import Familiarity, SemCard

PART = SemCard(
    interval_factor=2.3,
    familiarity=Familiarity(((0.5, 1.0), (0.25, -2.0)), constant=-3.0, weight=4.0),
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
    rows=st.integers(0, 3).flatmap(lambda n: st.lists(st.tuples(*[numbers] * n), max_size=5)),
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
        familiarity=Familiarity(tuple(rows), constant, weight),
        particle_sizes=tuple(size for size, _ in sizes),
        particle_recall=tuple(share for _, share in sizes),
    )
    written = replace(CARD, part=part.to_part()).to_metadata()
    assert SemCard.of(Card.from_metadata(written, "model")) == part


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("interval_factor", [0, -1.0, None, "2", float("nan")]),
        ("familiarity", [None, [], {"references": [[1.0], [1.0, 2.0]]}, {"references": 3}]),
        ("companion", [None, 3, "\x1b[2J"]),
        ("materials", [None, "rock", ["rock", 3], ["\x07"]]),
        ("particle_sizes", [None, [1.0, "2"], 3.0]),
        ("particle_recall", [None, [1.0], [1.0, None]]),
    ],
)
def test_a_part_that_is_wrong_is_refused_by_name(field: str, values: list[Any]) -> None:
    for value in values:
        if field == "familiarity" and isinstance(value, dict):
            value = {"constant": 0.0, "weight": 0.0} | value
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


def test_references_make_a_table() -> None:
    np.testing.assert_array_equal(PART.familiarity.table, [[0.5, 1.0], [0.25, -2.0]])
    assert PART.summary == "trained on rock, tin balls"
