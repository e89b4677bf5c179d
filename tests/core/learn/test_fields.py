"""Fields of a card are what they must be, or the sentence says which is not."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ModelError
from colonnade.core.learn.fields import MOST_ITEMS, Fields

finite = st.floats(allow_nan=False, allow_infinity=False)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
READERS = {
    "text": lambda fields: fields.text("x"),
    "integer": lambda fields: fields.integer("x", 1, 9),
    "number": lambda fields: fields.number("x", 0, 1),
    "positive": lambda fields: fields.positive("x"),
    "numbers": lambda fields: fields.numbers("x", 2),
    "interval": lambda fields: fields.interval("x"),
    "some_numbers": lambda fields: fields.some_numbers("x"),
    "texts": lambda fields: fields.texts("x"),
    "rows": lambda fields: fields.rows("x", 9),
    "table": lambda fields: fields.table("x"),
}


@pytest.mark.parametrize("reader", READERS)
@given(value=anything)
def test_any_value_is_read_or_refused_in_one_short_line(reader: str, value: Any) -> None:
    try:
        READERS[reader](Fields({"x": value}, "here"))
    except ModelError as error:
        said = str(error)
    else:
        return
    assert said.startswith("the card of here is damaged: x must be ")
    assert "\n" not in said
    assert len(said) < 200


@pytest.mark.parametrize("reader", READERS)
def test_a_missing_field_is_named(reader: str) -> None:
    with pytest.raises(ModelError, match="x is missing"):
        READERS[reader](Fields({"y": 1}, "here"))


@pytest.mark.parametrize("content", [None, [], "text", 3])
def test_what_is_no_table_has_no_fields(content: object) -> None:
    with pytest.raises(ModelError, match="must be a table"):
        Fields(content, "here")


@given(value=st.floats(0.25, 0.75))
def test_a_number_in_range_is_given_back(value: float) -> None:
    assert Fields({"x": value}, "here").number("x", 0.25, 0.75) == value


@pytest.mark.parametrize("value", [nan, inf, -inf, True, "1", None, [1.0], 10**400, 0.2, 0.8])
def test_what_is_no_number_in_range_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match=r"from 0\.25 to 0\.75"):
        Fields({"x": value}, "here").number("x", 0.25, 0.75)


@pytest.mark.parametrize("value", [0, 1.0, True, "2", 17, 10**400, -3])
def test_what_is_no_whole_number_in_range_is_refused(value: object) -> None:
    with pytest.raises(ModelError, match="a whole number from 1 to 16"):
        Fields({"x": value}, "here").integer("x", 1, 16)
    assert Fields({"x": 16}, "here").integer("x", 1, 16) == 16


@pytest.mark.parametrize("value", [0, 0.0, -1, nan])
def test_only_what_is_above_zero_is_positive(value: float) -> None:
    with pytest.raises(ModelError, match="x must be"):
        Fields({"x": value}, "here").positive("x")
    assert Fields({"x": 1}, "here").positive("x") == 1


@given(low=finite, high=finite)
def test_an_interval_runs_upwards(low: float, high: float) -> None:
    fields = Fields({"x": [low, high]}, "here")
    if low <= high:
        assert fields.interval("x") == (low, high)
    else:
        with pytest.raises(ModelError, match="a lower and a higher number"):
            fields.interval("x")


@pytest.mark.parametrize("value", [[1], [1, 2, 3], "12", [1, None], [1, nan], {"a": 1, "b": 2}])
def test_numbers_are_as_many_as_they_must_be(value: object) -> None:
    with pytest.raises(ModelError, match="x must be"):
        Fields({"x": value}, "here").numbers("x", 2)


@pytest.mark.parametrize("text", ["\x1b[2J", "a\x00b", "\u202ereversed", "\x07"])
def test_text_that_acts_on_a_terminal_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="without control characters") as refused:
        Fields({"x": text}, "here").text("x")
    assert text not in str(refused.value)


def test_text_may_have_several_lines() -> None:
    assert Fields({"x": "a\n\tµ"}, "here").text("x") == "a\n\tµ"


def test_fields_that_are_not_known_are_named() -> None:
    fields = Fields({"x": 1, "z": 2}, "here")
    fields.allow(["x", "y", "z"])
    with pytest.raises(ModelError, match="an unknown field 'z'"):
        fields.allow(["x", "y"])


def test_a_field_within_a_field_is_named_with_it() -> None:
    scores = Fields({"scores": {"recall": "high"}}, "here").table("scores")
    with pytest.raises(ModelError, match=r"scores\.recall must be a finite number"):
        scores.number("recall")
    with pytest.raises(ModelError, match=r"scores\.rms_px is missing"):
        scores.number("rms_px")


@given(rows=st.lists(st.lists(st.floats(-9, 9), min_size=2, max_size=2), max_size=4))
def test_rows_of_one_length_are_given_back(rows: list[list[float]]) -> None:
    assert Fields({"a": rows}, "model").rows("a", 4) == tuple(map(tuple, rows))


@pytest.mark.parametrize("rows", [[[1.0], [1.0, 2.0]], [1.0], "ab", [["1"]], [[0.0]] * 5])
def test_rows_of_several_lengths_and_too_many_are_refused(rows: object) -> None:
    with pytest.raises(ModelError, match="the card of model is damaged: a must be"):
        Fields({"a": rows}, "model").rows("a", 4)


def test_lists_may_be_of_any_length_up_to_a_limit() -> None:
    fields = Fields({"a": [1, 2.5], "b": ["x", "y"], "c": [0.0] * (MOST_ITEMS + 1)}, "model")
    assert fields.some_numbers("a") == (1.0, 2.5)
    assert fields.texts("b") == ("x", "y")
    with pytest.raises(ModelError, match="c must be a list of at most"):
        fields.some_numbers("c")
    with pytest.raises(ModelError, match="a must be text"):
        fields.texts("a")
