"""An alignment is kept, and used for other series."""

import json
from pathlib import Path

import numpy as np
import pytest
from hostile import any_content, gives_or_refuses
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import FileError, ImageError
from colonnade.tomo.reconstruct.align.alignment import SUFFIX, Alignment, load_alignment
from colonnade.tomo.reconstruct.moved import Move
from colonnade.tomo.tilts import TiltSeries

ANGLES = tuple(range(-60, 61, 10))
RNG = np.random.default_rng(8)
SERIES = TiltSeries(RNG.normal(size=(13, 20, 24)).astype(np.float32), ANGLES)
FOUND = {
    "residual_before": 2.0,
    "residual_after": 1.0,
    "residual_share": 0.1,
    "error_px": 0.02,
    "last_step_px": 0.01,
}


def alignment() -> Alignment:
    return Alignment(RNG.normal(size=(13, 2)), 5.8, -2.5, notes=("it is so",), **FOUND)


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    kept, path = alignment(), tmp_path / "rod.alignment.json"
    kept.save(path)
    again = load_alignment(path)
    np.testing.assert_array_equal(again.shifts, kept.shifts)
    assert again.axis_angle_deg == 5.8
    assert again.notes == ("it is so",)
    np.testing.assert_array_equal(again.apply(SERIES).view(3), kept.apply(SERIES).view(3))


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": "colonnade alignment 1"})])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(FileError, match="is no alignment"):
        load_alignment(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"shifts": [[float("nan"), 0.0]]},
        {"shifts": [[10**400, 0]]},
        {"axis_angle_deg": float("inf")},
        {"axis_offset_px": "left"},
        {"error_px": None},
        {"more": 1.0},
    ],
)
def test_numbers_that_move_nothing_are_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    path = tmp_path / "a.alignment.json"
    Alignment(np.zeros((1, 2)), 1.0, 0.5, 2.0, 1.0, 0.1, 0.1, 0.01).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(FileError, match="is no alignment"):
        load_alignment(path)


def test_lists_in_lists_without_end_are_no_alignment(tmp_path: Path) -> None:
    path = tmp_path / "a.alignment.json"
    path.write_text("[" * 10**5)
    with pytest.raises(FileError, match="is no alignment"):
        load_alignment(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be opened"):
        load_alignment(tmp_path / "rod.alignment.json")


def test_a_series_of_another_count_is_refused() -> None:
    short = TiltSeries(np.ones((4, 20, 24)), (0, 1, 2, 3))
    with pytest.raises(ImageError, match="4 views, and the alignment is of 13"):
        alignment().apply(short)


def test_axis_and_shifts_say_what_the_move_does() -> None:
    """What moves with the tilt as a point does is the specimen's place, and no shift."""
    tilts = np.deg2rad(ANGLES)
    point = np.stack([np.full(13, 4.0), 1.5 + 3 * np.cos(tilts) - 2 * np.sin(tilts)], axis=1)
    found = Alignment.of_move(Move(0, point), SERIES, **FOUND)
    assert found.axis_offset_px == pytest.approx(1.5, abs=1e-6)
    np.testing.assert_allclose(found.shifts, 0, atol=1e-6)


def test_series_are_aligned_when_they_are_needed() -> None:
    still = Alignment(np.zeros((13, 2)), 0.0, 0.0, **FOUND)
    np.testing.assert_allclose(still.apply(SERIES).view(2), SERIES.view(2), atol=1e-5)
    lower = Alignment(np.tile([3.0, 0.0], (13, 1)), 0.0, 2.0, **FOUND)
    np.testing.assert_allclose(
        lower.apply(SERIES).view(2)[:-3, :-2], SERIES.view(2)[3:, 2:], atol=1e-5
    )


SOUND = Alignment(np.array([[0.0, 1.0], [0.5, 0.0]]), 1.0, 0.5, 2.0, 1.0, 0.1, 0.1, 0.01, ("a",))


@given(data=st.data())
def test_alignments_of_any_content_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{SUFFIX}"
    SOUND.save(path)
    gives_or_refuses(load_alignment, path, data.draw(any_content(path.read_bytes())))
