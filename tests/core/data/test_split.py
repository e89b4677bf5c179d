"""Nothing is ever on both sides of a split: shown with crystals, whose names come turned."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from colonnade.atoms.library.index import crystal_families
from colonnade.core.arrays import Indices
from colonnade.core.data.split import TEST_SHARE, FewFamiliesError, Part, split_by_family
from colonnade.core.errors import ColonnadeError

CRYSTALS = [f"{name} [{axis}]" for name in ("Si", "Au", "NiO", "TiO2") for axis in ("100", "110")]


def split_by_crystal(crystals: list[str], part: Part) -> Indices:
    return split_by_family([crystal_families(name) for name in crystals], part, "crystal")


def crystals(families: list[str]) -> set[str]:
    """Name the crystals; an invented one is another in every image."""
    names = {re.sub(r" \[.*", "", name) for family in families for name in family.split(" | ")}
    return names - {"invented", "none"}


@given(st.lists(st.sampled_from([*CRYSTALS, "Si [110] | Au [100]", "invented", "none"])))
def test_no_crystal_is_on_both_sides(families: list[str]) -> None:
    single = [family for family in families if " | " not in family]
    assume(len(crystals(single)) > 1)
    train, test = (split_by_crystal(families, part) for part in ("train", "test"))
    assert not crystals([families[i] for i in train]) & crystals([families[i] for i in test])
    assert not set(train) & set(test)
    assert len(train)
    assert len(test)
    assert list(train) == sorted(train)


@given(st.lists(st.sampled_from(["A", "B", "C", "D", "E", "F", "none"]), min_size=12, max_size=60))
def test_the_test_side_holds_a_tenth_unless_one_crystal_is_nearly_all(families: list[str]) -> None:
    assume(len(crystals(families)) > 1)
    train, test = (split_by_crystal(families, part) for part in ("train", "test"))
    assert len(train) + len(test) == len(families)
    enough = len(test) >= TEST_SHARE * len(families)
    assert enough or len(crystals([families[i] for i in train])) == 1


@given(st.permutations(CRYSTALS * 3))
def test_the_sides_do_not_depend_on_the_order_of_the_images(families: list[str]) -> None:
    sides = {
        part: sorted(families[i] for i in split_by_crystal(families, part))
        for part in ("train", "test")
    }
    in_order = sorted(families)
    for part, side in sides.items():
        assert [in_order[i] for i in split_by_crystal(in_order, part)] == side


def test_the_split_is_the_same_in_every_run() -> None:
    chosen = split_by_crystal(CRYSTALS, "test")
    assert [CRYSTALS[i] for i in chosen] == ["Au [100]", "Au [110]"]


def test_all_images_are_not_split() -> None:
    np.testing.assert_array_equal(split_by_crystal(["Si", "Si", "Au"], "all"), [0, 1, 2])


def test_an_image_of_both_sides_is_on_neither() -> None:
    families = ["A", "B", "A | B"]
    sides = [*split_by_crystal(families, "train"), *split_by_crystal(families, "test")]
    assert sorted(sides) == [0, 1]


def test_images_without_a_crystal_and_of_invented_ones_are_shared_out() -> None:
    families = ["invented", "none"] * 20 + ["Si [110] | invented"] * 5 + ["Au [100]"] * 5
    train, test = (split_by_crystal(families, part) for part in ("train", "test"))
    assert len(train) + len(test) == len(families)
    np.testing.assert_array_equal(test[:4], [0, 10, 20, 30])
    assert len(test) == 4 + 5
    only_invented = split_by_crystal(["invented"] * 12, "test")
    np.testing.assert_array_equal(only_invented, [0, 10])


@pytest.mark.parametrize(
    "families", [["Si [110]", "Si [100]"], ["A | B", "B | A"], ["Si"] + ["none"] * 30]
)
def test_what_cannot_be_split_is_refused(families: list[str]) -> None:
    with pytest.raises(ColonnadeError, match="cannot be split"):
        split_by_crystal(families, "train")


@pytest.mark.parametrize("families", [[], ["none"]])
def test_one_image_is_too_few(families: list[str]) -> None:
    with pytest.raises(ColonnadeError, match="at least two images"):
        split_by_crystal(families, "test")


@given(st.lists(st.frozensets(st.sampled_from("ABCDE"), max_size=2), min_size=4))
def test_families_of_any_wing_are_on_one_side(shown: list[frozenset[str]]) -> None:
    """Whatever they are, and where an image shows two of them."""
    try:
        train, test = (split_by_family(shown, part, "specimen") for part in ("train", "test"))
    except FewFamiliesError:
        assume(False)
    sides = [set().union(*(shown[i] for i in side)) for side in (train, test)]
    assert not sides[0] & sides[1]
    assert len(train)
    assert len(test)
    left_out = set(range(len(shown))) - set(train) - set(test)
    # Only what shows families of both sides is on neither.
    assert all(len(shown[i]) == 2 for i in left_out)


def test_a_refusal_names_what_there_is_too_little_of() -> None:
    with pytest.raises(FewFamiliesError, match=r"no specimen is .* they show A only"):
        split_by_family([frozenset("A")] * 3, "train", "specimen")
