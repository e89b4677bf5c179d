"""Errors keep their sentence wherever they are raised."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import LONGEST, FileError, MissingExtraError, visible


def test_a_missing_part_is_named_by_another_process_too() -> None:
    error = MissingExtraError("simulating crystals", "simulate")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is MissingExtraError
    assert str(again) == str(error)
    assert "pip install 'colonnade[simulate]'" in str(again)


def test_what_a_terminal_would_obey_is_written_out() -> None:
    name = "a\x1b]0;owned\x07\n\x9b2J\u202egnp.tif\udcff µ²\u202f.tif"
    said = str(FileError(f"{name} is damaged"))
    assert said == (r"a\x1b]0;owned\x07\n\x9b2J\u202egnp.tif\udcff µ²" + "\u202f.tif is damaged")


def test_a_sentence_has_an_end() -> None:
    assert len(str(FileError("x" * 10**6))) == LONGEST + 2


@given(st.text())
def test_what_is_shown_can_be_printed_and_stays_when_shown_again(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown
    assert visible(text, but="\n").count("\n") == text.count("\n")
