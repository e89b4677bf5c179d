"""Methods are found by the entry points of their wing."""

import pytest
from toy_wing import Corrected, Reading, Same

from colonnade.core.bench.methods import MethodError, installed_methods, load_method


def test_methods_of_another_package_are_found_and_given_what_is_behind_the_colon() -> None:
    assert installed_methods("offsets") == ["corrected", "same"]
    assert isinstance(load_method("offsets", "same"), Same)
    made = load_method("offsets", "corrected:0.25")
    assert isinstance(made, Corrected)
    assert made.run(Reading(8.0, 8.0)) == 6.0


def test_the_methods_of_one_wing_are_not_those_of_another() -> None:
    assert "same" not in installed_methods("atoms")
    assert "log-gaussian" in installed_methods("atoms")
    with pytest.raises(MethodError, match=r"no method named 'same'; there are .*log-gaussian"):
        load_method("atoms", "same:1")


def test_a_method_that_cannot_be_made_says_why() -> None:
    with pytest.raises(MethodError, match="there is no such instrument"):
        load_method("offsets", "same:absent")
