"""What an array is follows from its axes and its type, whatever file it is of."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.files.signals import (
    READABLE,
    SEVERAL,
    Axis,
    Signal,
    luminance,
    make_signal,
    squeeze,
)


def axes(*units: str, size: int = 9) -> list[Axis]:
    names = ["", "z", "y", "x"][-len(units) :]
    return [Axis(name, size, 2.0, 0.0, unit) for name, unit in zip(names, units, strict=True)]


def judged(*units: str, dtype: Any = "u2", **more: Any) -> Signal:
    array = np.zeros((9,) * len(units), dtype)
    return make_signal("one", array, axes(*units), {}, **more)


@pytest.mark.parametrize(
    ("units", "kind"),
    [
        (("nm", "nm"), "image"),
        (("", ""), "image"),
        (("s", "nm", "nm"), "stack"),
        (("", "nm", "nm"), "stack"),
        (("nm", "nm", "nm"), "volume"),
        (("deg", "nm", "nm"), "tilt series"),
        (("nm", "1/nm"), "diffraction"),
        (("nm", "mrad", "mrad"), "diffraction"),
        (("deg", "deg"), "diffraction"),
        (("nm", "nm", "eV"), "spectrum"),
        (("eV", "nm", "nm"), "spectrum"),
        (("nm", "s"), "other"),
        (("s", "nm", "nm", "nm"), "other"),
        (("nm",), "spectrum"),
    ],
)
def test_the_units_of_the_axes_say_the_kind(units: tuple[str, ...], kind: str) -> None:
    assert judged(*units).kind == kind


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [("c8", "complex"), ("U3", "other"), ("f4", "image"), ("?", "image"), ("i8", "image")],
)
def test_the_number_type_says_what_is_no_image(dtype: str, kind: str) -> None:
    assert judged("nm", "nm", dtype=dtype).kind == kind


def test_listed_tilts_make_a_series_whatever_the_axis_says() -> None:
    tilts = [-60.0, -3.0, 0.0, 1.0, 2.0, 5.0, 8.0, 13.0, 21.0]
    found = judged("nm", "nm", "nm", tilts=tilts)
    assert found.kind == "tilt series"
    assert found.tilts == tuple(tilts)
    assert found.slice_thickness is None
    assert judged("nm", "nm", tilts=tilts).tilts is None


@pytest.mark.parametrize(
    ("axis", "tilts"),
    [
        (Axis("Tilt", 3, 2.0, -60.0), (-60.0, -58.0, -56.0)),
        (Axis("tilt angle", 3, 2.0, -60.0, "<undefined>"), (-60.0, -58.0, -56.0)),
        (Axis("Tilt", 3), None),  # counted, as axes are that nobody calibrated
        (Axis("z", 3, 2.0, -60.0), None),
    ],
)
def test_an_axis_without_a_unit_may_say_by_its_name_that_it_tilts(
    axis: Axis, tilts: tuple[float, ...] | None
) -> None:
    signal = make_signal("a", np.zeros((3, 4, 5)), (axis, Axis("y", 4), Axis("x", 5)), {})
    assert signal.tilts == tilts


def test_only_what_is_a_micrograph_has_a_pixel_size() -> None:
    assert judged("nm", "nm", "nm").pixel_size == (2.0, 2.0)
    assert judged("nm", "nm", "nm").slice_thickness == 2.0
    assert judged("1/nm", "1/nm").pixel_size is None
    assert set(SEVERAL) < set(READABLE)


@pytest.mark.parametrize("kind", ["nm", "deg", "s"])
def test_each_frame_is_read_alone(kind: str) -> None:
    array = np.arange(9 * 9 * 9, dtype="u2").reshape(9, 9, 9)
    found = make_signal("one", array, axes(kind, "nm", "nm"), {})
    assert found.frames == 9
    pixels, notes = found.plane(4)
    assert np.array_equal(pixels, array[4])
    assert notes == ()
    pixels[0, 0] = 7  # it is the reader's own
    assert array[4, 0, 0] == 324
    part = (slice(2, 5), slice(0, 9, 4), slice(3, 4))
    assert np.array_equal(found.read(part), array[part])


def test_colours_in_fields_are_colours() -> None:
    fields = np.zeros((9, 9), [("R", "u1"), ("G", "u1"), ("B", "u1"), ("A", "u1")])
    fields["G"] = 200
    found = make_signal("one", fields, axes("nm", "nm"), {})
    assert (found.kind, found.dtype, found.is_colour) == ("rgb", "colour", True)
    pixels, notes = found.plane(0)
    assert np.allclose(pixels, 0.587 * 200)
    assert len(notes) == 1


@given(st.integers(0, 255))
def test_grey_is_as_bright_as_each_of_its_colours(level: int) -> None:
    assert luminance(np.full((2, 3, 3), level, "u1")) == pytest.approx(np.full((2, 3), level))
    assert luminance(np.full((2, 3, 4), level, "u1")).shape == (2, 3)


@given(st.lists(st.integers(1, 3), min_size=2, max_size=5))
def test_squeezing_keeps_two_axes_and_every_sample(shape: list[int]) -> None:
    array = np.arange(np.prod(shape)).reshape(shape)
    kept, left = squeeze(array, [Axis(str(place), size) for place, size in enumerate(shape)])
    assert kept.shape == tuple(axis.size for axis in left)
    assert kept.size == array.size
    assert np.array_equal(np.ravel(kept), np.ravel(array))
    assert len(left) >= 2
    assert len(left) == 2 or all(axis.size > 1 for axis in left)


def test_a_signal_knows_its_own_size_without_colours() -> None:
    array = np.zeros((4, 9, 9, 3), "u1")
    found = make_signal("one", array, [Axis("z", 4), *axes("nm", "nm")], {}, ["a note"])
    assert (found.kind, found.shape, found.frames) == ("stack", (4, 9, 9), 4)
    assert found.notes == ("a note",)
    assert found.path == Path()


@pytest.mark.parametrize("scale", [0.0, -0.5, float("nan"), float("inf"), 1e-9, 1e9])
def test_a_size_that_is_none_is_not_used_and_said(scale: float) -> None:
    lengths = [Axis(name, 9, scale, 0.0, "nm") for name in "yx"]
    found = make_signal("one", np.zeros((9, 9)), lengths, {})
    assert found.pixel_size is None
    (note,) = found.notes
    assert note.startswith("a pixel of ")
    assert note.endswith(" nm is no micrograph's, so it is not used")


def test_pixels_that_are_lines_are_not_used() -> None:
    sides = [Axis("y", 9, 16.0, 0.0, "nm"), Axis("x", 9, 0.016, 0.0, "nm")]
    found = make_signal("one", np.zeros((9, 9)), sides, {})
    assert found.pixel_size is None
    assert "16 x 0.016 nm is no micrograph's" in found.notes[0]
