"""Errors keep their sentence wherever they are raised."""

import pickle

from colonnade.core.errors import MissingExtraError


def test_a_missing_part_is_named_by_another_process_too() -> None:
    error = MissingExtraError("simulating crystals", "simulate")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is MissingExtraError
    assert str(again) == str(error)
    assert "pip install 'colonnade[simulate]'" in str(again)
