"""A card says the same after it was written and read, and what is not a card is refused."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hostile import any_content, gives_or_refuses
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ModelError
from colonnade.core.learn.card import CARD_KEY, FORMAT_KEY, Card

words = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20).filter(
    str.isprintable
)
numbers = st.floats(-1e6, 1e6)


def written(card: Card, **changes: Any) -> dict[str, str]:
    """Give the metadata of a card some of whose fields are exchanged."""
    content = json.loads(card.to_metadata()[CARD_KEY]) | changes
    return card.to_metadata() | {CARD_KEY: json.dumps(content)}


@given(
    name=words,
    channels=st.integers(1, 8),
    interval=st.none() | st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair))),
    stride=st.integers(1, 64),
    steps=st.integers(0, 16),
    scores=st.dictionaries(words, numbers, max_size=3),
    part=st.dictionaries(words, numbers | words | st.lists(numbers), max_size=3),
)
def test_a_card_comes_back_as_it_was_written(card: Card, **drawn: Any) -> None:
    made = replace(
        card,
        name=drawn["name"],
        input_channels=drawn["channels"],
        input_range=drawn["interval"],
        stride=drawn["stride"],
        halo=drawn["steps"] * drawn["stride"],
        scores=drawn["scores"],
        part=drawn["part"],
    )
    assert Card.from_metadata(made.to_metadata(), "model") == made


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", ["", "two\nlines", 3, None, "\x1b[31m"]),
        ("wing", ["", "no word", "a-b", 1]),
        ("recipe", [None, 1, "\x00"]),
        ("data_hash", ["", "0" * 63, "G" * 64, "A" * 64, 7]),
        ("input_channels", [0, -1, 1.0, "1", True, 10**9]),
        ("output_channels", [0, 10**9, None]),
        ("input_range", [[1, 0], [0], [0, float("nan")], "0..1", [0, float("inf")], 0]),
        ("factor", [0, -2, 2.0, 1000]),
        ("stride", [0, -8, 8.0, 10**9, None]),
        ("halo", [-8, 3, 10**9, 64.0]),
        ("scores", [[], {"recall": float("nan")}, {"recall": "1"}, {"recall": True}]),
        ("training", [None, []]),
        ("failures", [None, 3]),
        ("part", [None, [], "x"]),
        ("licence", [None, 0]),
    ],
)
def test_each_field_is_checked(field: str, values: list[object], card: Card) -> None:
    for value in values:
        with pytest.raises(ModelError, match="the card of model is damaged") as refused:
            Card.from_metadata(written(card, **{field: value}), "model")
        assert field in str(refused.value)
        assert "\n" not in str(refused.value)


def test_no_field_is_left_unchecked(card: Card) -> None:
    """A field of the type of no field is refused wherever it stands."""
    for field in fields(Card):
        with pytest.raises(ModelError, match=field.name):
            Card.from_metadata(written(card, **{field.name: [[]]}), "model")


@pytest.mark.parametrize("name", [field.name for field in fields(Card)])
def test_a_missing_field_is_refused(name: str, card: Card) -> None:
    content = json.loads(card.to_metadata()[CARD_KEY])
    del content[name]
    metadata = card.to_metadata() | {CARD_KEY: json.dumps(content)}
    with pytest.raises(ModelError, match=f"{name} is missing"):
        Card.from_metadata(metadata, "model")


def test_an_unknown_field_is_refused(card: Card) -> None:
    with pytest.raises(ModelError, match="unknown field 'pixel_size'"):
        Card.from_metadata(written(card, pixel_size=[1, 2]), "model")


@pytest.mark.parametrize("text", ["", "not JSON", '{"name": ', "[" * 100_000])
def test_what_is_not_json_is_refused(text: str, card: Card) -> None:
    with pytest.raises(ModelError, match="not JSON"):
        Card.from_metadata(card.to_metadata() | {CARD_KEY: text}, "model")


@pytest.mark.parametrize("text", ["{}", "3", "[]", "null"])
def test_json_that_is_no_card_is_refused(text: str, card: Card) -> None:
    with pytest.raises(ModelError, match="damaged"):
        Card.from_metadata(card.to_metadata() | {CARD_KEY: text}, "model")


def test_a_card_of_the_format_before_says_how_to_convert_it(card: Card) -> None:
    with pytest.raises(ModelError, match=r"colonnade models upgrade old\.onnx"):
        Card.from_metadata(card.to_metadata() | {FORMAT_KEY: "2"}, "old.onnx")


@pytest.mark.parametrize(
    ("version", "shown"), [("99", "format 99,"), ("1", "format 1,"), ("\x1b[2J", r"'\\x1b\[2J'")]
)
def test_a_card_of_another_format_is_refused(version: str, shown: str, card: Card) -> None:
    with pytest.raises(ModelError, match=shown):
        Card.from_metadata(card.to_metadata() | {FORMAT_KEY: version}, "model")


@given(data=st.data())
def test_cards_of_any_content_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, card: Card, data: st.DataObject
) -> None:
    entries = card.to_metadata()

    def read(path: Path) -> Card:
        text = path.read_bytes().decode(errors="replace")
        return Card.from_metadata({**entries, CARD_KEY: text}, "a model")

    content = data.draw(any_content(entries[CARD_KEY].encode()))
    gives_or_refuses(read, tmp_path_factory.getbasetemp() / "any.json", content)
