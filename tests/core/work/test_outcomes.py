"""An outcome is a result or an error, and an error is told in one sentence."""

from concurrent.futures import Future

import numpy as np
import pytest

from colonnade.core.errors import ColonnadeError, ImageError, MissingExtraError
from colonnade.core.work.outcomes import Outcome, reason


def done(error: BaseException) -> "Future[int]":
    future: Future[int] = Future()
    future.set_exception(error)
    return future


def test_a_result_may_be_none() -> None:
    future: Future[None] = Future()
    future.set_result(None)
    outcome = Outcome.of(3, "item", future)
    assert (outcome.index, outcome.item, outcome.error) == (3, "item", None)
    assert outcome.value() is None


def test_an_error_is_kept_with_where_it_came_from() -> None:
    cause = ValueError("why")
    error = ImageError("what")
    error.__cause__ = cause
    outcome = Outcome.of(0, "item", done(error))
    with pytest.raises(ImageError, match="what") as caught:
        outcome.value()
    assert caught.value is error
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_a_program_is_raised(stop: type[BaseException]) -> None:
    with pytest.raises(stop):
        Outcome.of(0, "item", done(stop()))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ImageError("the image is grey; open another"), "the image is grey; open another"),
        (
            MissingExtraError("it", "scale"),
            "it needs an optional part: pip install 'colonnade[scale]'",
        ),
        (np.linalg.LinAlgError("Singular matrix"), "LinAlgError: Singular matrix"),
        (MemoryError(), "there is not enough memory for it"),
        (RuntimeError("first\nsecond"), "RuntimeError: first"),
        (RuntimeError("\n  first\nsecond"), "RuntimeError: first"),
        (AssertionError(), "AssertionError: no reason given"),
    ],
)
def test_an_error_is_told_in_one_sentence(error: Exception, sentence: str) -> None:
    assert reason(error) == sentence


def test_memory_that_is_wanted_by_numpy_is_memory() -> None:
    with pytest.raises(MemoryError) as caught:
        np.empty(2**46, np.float64)
    assert reason(caught.value) == "there is not enough memory for it"
    assert not isinstance(caught.value, ColonnadeError)
