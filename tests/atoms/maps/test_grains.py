"""Grains that are turned against each other by a known angle."""

import numpy as np
import pytest
from drawn_crystals import HEXAGONAL, SILICON, crystal, turn
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.grains import find_grains
from colonnade.atoms.maps.lattice import NONE
from colonnade.core.errors import ColonnadeError


def bicrystal(angle: float, noise: float = 0.15, **kind: object) -> Columns:
    """A crystal, and to its right the same crystal turned."""
    left = crystal(noise=noise, seed=1, **kind)  # type: ignore[arg-type]
    right = crystal(noise=noise, seed=2, stretch=turn(angle), **kind)  # type: ignore[arg-type]
    left, right = left[left.x < 240], right[right.x > 250]
    both = Columns.concatenate([left, right])
    return both.with_labels(true=np.repeat([0, 1], [len(left), len(right)]))


@pytest.mark.parametrize(
    ("angle", "kind"),
    [
        (20, {}),
        (-30, {}),
        (15, {"basis": HEXAGONAL, "sites": ((0, 0), (1 / 3, 1 / 3)), "intensity": (1, 1)}),
        (40, {"basis": ((0, 40), (28.3, 0)), "sites": SILICON, "intensity": (1, 1, 1, 1)}),
    ],
)
def test_two_grains_and_the_angle_between_them(angle: float, kind: dict[str, object]) -> None:
    columns = bicrystal(angle, **kind)
    found = find_grains(columns)
    assert len(found.grains) == 2
    of_left = found.number[columns.labels["true"] == 0]
    first = int(np.median(of_left[of_left != NONE]))
    right = found.number == np.where(columns.labels["true"] == 0, first, 1 - first)
    assert right[found.number != NONE].mean() > 0.98
    assert (found.number == NONE).mean() < 0.08
    measured, error = found.misorientation(first, 1 - first)
    assert measured == pytest.approx(angle, abs=4 * error + 0.05)
    assert error < 0.1


def test_the_boundary_is_where_they_meet() -> None:
    found = find_grains(bicrystal(20))
    assert np.abs(found.columns.x[found.boundary] - 245).max() < 50
    assert 10 < found.boundary.sum() < 100


@settings(max_examples=5, deadline=None)
@given(st.floats(15, 37), st.integers(0, 359))
def test_turning_the_whole_image_leaves_the_angle(angle: float, whole: int) -> None:
    columns = bicrystal(angle)
    at = (columns.positions - 200) @ turn(whole).T + 800
    turned = Columns(
        at[:, 0], at[:, 1], columns.sigma_y, columns.sigma_x, intensity=columns.intensity
    )
    found = find_grains(turned)
    assert len(found.grains) == 2
    assert abs(found.misorientation(0, 1)[0]) == pytest.approx(angle, abs=0.3)


def test_one_crystal_is_one_grain() -> None:
    found = find_grains(crystal())
    assert len(found.grains) == 1
    assert found.grains[0].symmetry == 4
    assert not found.boundary.any()
    assert "one grain" in found.sentence


def test_different_crystals_have_no_angle_between_them() -> None:
    left, right = crystal(), crystal(((0, 13), (31, 0)), ((0, 0),), (1,))
    both = Columns.concatenate([left[left.x < 240], right[right.x > 250]])
    found = find_grains(both)
    assert len(found.grains) == 2
    with pytest.raises(ColonnadeError, match="different cells"):
        found.misorientation(0, 1)
    assert "has another cell" in found.sentence
