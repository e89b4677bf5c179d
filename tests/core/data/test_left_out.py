"""Files that are left out are counted and named."""

import warnings

import pytest

from colonnade.core.data.left_out import warn_of_left_out
from colonnade.core.errors import ColonnadeWarning


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a"], "1 images have no truth and are left out: a"),
        (list("abcde"), "5 images have no truth and are left out: a, b, c, d, e"),
        (list("abcdef"), "6 images have no truth and are left out: a, b, c, d, e and more"),
    ],
)
def test_the_first_are_named(names: list[str], said: str) -> None:
    with pytest.warns(ColonnadeWarning) as notes:
        warn_of_left_out(names, "images have no truth")
    assert [str(note.message) for note in notes] == [said]


def test_nothing_is_said_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_left_out([], "images have no truth")
