"""The commands that a page offers are those of the command line."""

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.app.verbs import arguments, command_line, find_verb, verbs
from colonnade.cli import app
from colonnade.core.errors import ColonnadeError


def test_every_option_says_what_it_means_and_is_parsed_with_its_default() -> None:
    for verb in verbs():
        options = {
            option.name: option.default if option.choices is None else option.choices[0]
            for option in verb.options
        }
        assert all(option.meaning for option in verb.options)
        arguments(verb, ["a.tif"], options)


def test_options_are_read_off_the_command() -> None:
    options = {option.name: option for option in find_verb("locate").options}
    assert options["detect"].choices == ("mask", "hough")
    assert options["threshold"].kind == "number"
    assert options["average"].default is False
    assert options["model"].choices == ("atoms", "encoder-decoder")
    assert options["pixel_size"].flag == "--pixel-size"
    assert "9.8pm" in options["pixel_size"].meaning


def test_the_same_command_has_the_choices_of_its_wing() -> None:
    kinds = {wing: find_verb("map", wing).options[0].choices for wing in ("atoms", "sem")}
    assert "strain" in (kinds["atoms"] or ())
    assert kinds["sem"] == ("particles", "pores")


def test_the_command_line_is_as_a_person_types_it() -> None:
    tokens = arguments(
        find_verb("locate"),
        ["gold on carbon.dm4"],
        {"pixel_size": "9.8pm", "detect": "mask", "average": True, "frame": None},
    )
    line = "colonnade locate 'gold on carbon.dm4' --pixel-size 9.8pm --average"
    assert command_line(tokens) == line


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30))
def test_neither_files_nor_texts_are_taken_for_options(text: str) -> None:
    tokens = arguments(find_verb("locate"), [text], {"signal": text})
    _, bound, _ = app.parse_args(tokens, exit_on_error=False, print_error=False)
    assert str(bound.kwargs["signal"]) == text
    assert [path.name for path in bound.args] == [text.replace("/", "")] or "/" in text
    assert shlex.split(command_line(tokens))[1:] == tokens


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("locate", {"threshold": 2}, "Must be <= 1"),
        ("locate", {"frame": 1.5}, "whole number"),
        ("locate", {"frame": True}, "must be set, as integer"),
        ("locate", {"average": "yes"}, "on or off"),
        ("locate", {"pixel_size": "9.8"}, "has no unit"),
        ("locate", {"signal": "a\nb"}, "one line"),
        ("locate", {"out": "/tmp"}, "no option out"),
        ("locate", {"model": "/etc/model.onnx"}, "one of atoms"),
        ("upscale", {"factor": 3}, "one of 2, 4, 8"),
        ("reconstruct", {"angles": "/etc/passwd"}, "are no angles"),
        ("reconstruct", {"angles": "0:180:0.0000001"}, "larger steps"),
        ("reconstruct", {"axis": "up"}, "up"),
        ("map", {}, "kind must be set"),
        ("map", {"kind": "strain", "crystal": "../my.cif [100]"}, "no name of a crystal"),
        ("map", {"kind": "strain", "reference": "1:2"}, "no part of an image"),
    ],
)
def test_what_a_command_cannot_take_is_refused_in_its_words(
    name: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ColonnadeError, match=words):
        arguments(find_verb(name), ["a.tif"], options)


def test_a_command_that_no_wing_offers_is_refused() -> None:
    with pytest.raises(ColonnadeError, match="no train"):
        find_verb("train")
    with pytest.raises(ColonnadeError, match="no locate for tomo"):
        find_verb("locate", "tomo")


def test_choices_are_called_what_the_help_calls_them() -> None:
    called = {
        option.name: dict(zip(option.choices or (), option.words or (), strict=True))
        for option in find_verb("reconstruct").options
    }
    assert called["method"] == {
        "wbp": "weighted back-projection (wbp)",
        "sirt": "iterations that stop at the noise (sirt)",
        "tv": "total variation (tv)",
        "network": "a network that improves it (network)",
    }
    assert called["model"]["tomo"] == "tomo"
