"""A tilt series is opened with the angles that somebody says, and never with others."""

from pathlib import Path

import numpy as np
import pytest
from bruker_files import write_bcf
from tifffile import imwrite

from colonnade.core.errors import ColonnadeError, ImageError
from colonnade.tomo.reconstruct.moved import Moved
from colonnade.tomo.reconstruct.named import holds_views
from colonnade.tomo.reconstruct.source import open_series

VIEWS = np.random.default_rng(3).integers(0, 1000, (5, 20, 30)).astype(np.uint16)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """Five views that say nothing of their angles."""
    path = tmp_path / "rod.tif"
    imwrite(path, VIEWS, photometric="minisblack", metadata={"axes": "ZYX"})
    return path


def test_without_angles_there_is_one_sentence(stack: Path) -> None:
    with pytest.raises(ImageError, match=r"rod\.tif does not say its tilt angles.*--angles"):
        open_series(stack)


def test_a_range_of_angles_includes_both_ends(stack: Path) -> None:
    series = open_series(stack, angles="-60:60:30")
    assert series.angles == (-60, -30, 0, 30, 60)
    np.testing.assert_array_equal(series.view(2), VIEWS[2])


def test_a_range_may_fall(stack: Path) -> None:
    assert open_series(stack, angles="10:-10:5").angles == (10, 5, 0, -5, -10)


@pytest.mark.parametrize("angles", ["-60:60:20", "0:2:0", "nowhere.tlt"])
def test_angles_that_do_not_fit_are_refused(stack: Path, angles: str) -> None:
    with pytest.raises(ColonnadeError, match=r"5 views, but .* 7 angles|step of zero|opened"):
        open_series(stack, angles=angles)


@pytest.mark.parametrize("name", ["rod.rawtlt", "rod.tlt", "rod.tif.mdoc", "rod.mdoc"])
def test_angles_beside_the_series_are_read(stack: Path, name: str) -> None:
    line = "[ZValue = {}]\nTiltAngle = {}\n" if name.endswith("mdoc") else "{1}\n"
    text = "".join(line.format(view, 7 * view) for view in range(5))
    stack.with_name(name).write_text(text)
    assert open_series(stack).angles == (0, 7, 14, 21, 28)


def test_angles_beside_the_series_with_another_count_are_refused(stack: Path) -> None:
    stack.with_suffix(".tlt").write_text("1\n2\n3\n4\n")
    with pytest.raises(ImageError, match=r"5 views, but .*rod\.tlt has 4 angles"):
        open_series(stack)


def test_the_user_wins_over_what_lies_beside_and_is_told(stack: Path) -> None:
    stack.with_suffix(".tlt").write_text("1\n2\n3\n4\n5\n")
    series = open_series(stack, angles="0:8:2")
    assert series.angles == (0, 2, 4, 6, 8)
    (note,) = series.metadata["notes"]
    assert "rod.tlt has others" in note


def test_a_folder_of_views_is_a_series_in_natural_order(tmp_path: Path) -> None:
    for number, view in zip((1, 2, 9, 10, 11), VIEWS, strict=True):
        imwrite(tmp_path / f"view{number}.tif", view)
    series = open_series(tmp_path, angles="0:40:10", pixel_size=2.5)
    np.testing.assert_array_equal(series.rows(slice(4, 6)), VIEWS[:, 4:6].swapaxes(0, 1))
    assert series.pixel_size == (2.5, 2.5)


def test_angles_in_names_may_be_negative(tmp_path: Path) -> None:
    for tilt, view in zip((-20, -10, 0, 10, 20), VIEWS, strict=True):
        imwrite(tmp_path / f"rod_{tilt}.tif", view)
    series = open_series(tmp_path, angles="-20:20:10")
    np.testing.assert_array_equal(series.view(0), VIEWS[0])
    np.testing.assert_array_equal(series.view(1), VIEWS[1])


def test_a_folder_of_bruker_files_is_a_series_by_the_tilts_of_its_stage(tmp_path: Path) -> None:
    for number, (tilt, view) in enumerate(zip((-40, -20.5, 0, 20, 40), VIEWS, strict=True)):
        write_bcf(tmp_path / f"{number}.bcf", {"BF": view[::-1] + 1, "HAADF": view + 1}, tilt=tilt)
    assert holds_views(tmp_path)
    series = open_series(tmp_path, signal="HAADF")
    assert series.angles == (-40, -20.5, 0, 20, 40)
    assert series.pixel_size == pytest.approx((2.0, 3.0))
    np.testing.assert_array_equal(series.rows(slice(3, 4))[0], VIEWS[:, 3] + 1)
    with pytest.raises(ImageError, match="2 images; choose one with --signal"):
        open_series(tmp_path)


def test_a_stage_that_says_nothing_of_the_views_does_not_gainsay_a_list(tmp_path: Path) -> None:
    for number, view in enumerate(VIEWS):
        write_bcf(tmp_path / f"{number}.bcf", {"HAADF": view + 1}, tilt=0)
    with pytest.raises(ImageError, match="does not say its tilt angles"):
        open_series(tmp_path)
    (tmp_path / "rod.rawtlt").write_text("0\n1\n2\n3\n4\n")
    series = open_series(tmp_path)
    assert series.angles == (0, 1, 2, 3, 4)
    assert not series.metadata["notes"]


def test_views_of_two_sizes_are_refused(tmp_path: Path) -> None:
    for number, view in enumerate(VIEWS):
        imwrite(tmp_path / f"{number}.tif", view[:, : 30 - number])
    with pytest.raises(ImageError, match="one size"):
        open_series(tmp_path, angles="0:4:1")


def test_an_axis_along_x_comes_to_run_along_y(stack: Path) -> None:
    series = open_series(stack, angles="0:4:1", axis="x", pixel_size=(1.0, 2.0))
    assert series.shape == (5, 30, 20)
    assert series.pixel_size == (2.0, 1.0)
    # What lay down a column from the bottom now lies along a row from the left.
    np.testing.assert_array_equal(series.view(1)[3], VIEWS[1, ::-1, 3])
    np.testing.assert_array_equal(series.rows(slice(3, 5))[0], VIEWS[:, ::-1, 3])


def test_an_axis_in_degrees_turns_views_that_far(stack: Path) -> None:
    turned = open_series(stack, angles="0:4:1", axis=90.0)
    np.testing.assert_array_equal(turned.view(0), np.rot90(VIEWS[0], -1))
    little = open_series(stack, angles="0:4:1", axis=84.0)
    assert isinstance(little.views, Moved)
    assert little.views.move.angle == pytest.approx(-6)


def test_pixels_that_are_not_square_cannot_be_turned_a_little(stack: Path) -> None:
    with pytest.raises(ImageError, match="square"):
        open_series(stack, angles="0:4:1", axis=5.0, pixel_size=(1.0, 1.1))


def test_a_series_of_a_microscope_has_its_angles(shared_data: Path) -> None:
    series = open_series(shared_data / "tomo" / "HAADF.dm3")
    assert series.shape == (91, 64, 64)
    assert series.angles == tuple(range(-90, 91, 2))
    assert series.pixel_size == pytest.approx((17.995, 17.995), abs=1e-3)


def test_an_mrc_file_agrees_with_the_angles_beside_it(shared_data: Path) -> None:
    series = open_series(shared_data / "tomo" / "needle" / "HAADF.mrc")
    assert series.angles == pytest.approx(range(-76, 77, 2), abs=0.05)
    assert not series.metadata["notes"]


def test_single_views_say_the_tilt_of_the_stage(shared_data: Path) -> None:
    series = open_series(shared_data / "tomo" / "dm-series")
    assert series.angles == pytest.approx((-72, -69, -66), abs=0.01)
