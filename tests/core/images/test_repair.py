"""Broken pixels and lines are mended, and sound images are left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.core.errors import ImageError
from colonnade.core.images.repair import repair

Image = NDArray[np.float32]


def noisy(height: int = 40, width: int = 60, seed: int = 0) -> Image:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    return (100 + 20 * np.sin(x / 3) * np.cos(y / 4) + rng.normal(0, 3, y.shape)).astype("f4")


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 999), st.sampled_from([0.3, 3, 300]))
def test_a_sound_noisy_image_is_left_alone(h: int, w: int, seed: int, dose: float) -> None:
    rng = np.random.default_rng(seed)
    continuous = rng.normal(-5, 2, (h, w + 1)).astype("f4")
    counts = rng.poisson(dose * (1 + np.arange(w + 16) % 3), (h + 1, w + 16)).astype("f4")
    counts[0, 0] = 1 + counts.max()
    for image in (continuous, counts):
        mended, notes = repair(image)
        assert notes == []
        assert np.array_equal(mended, image)


def test_the_image_that_is_given_is_never_changed() -> None:
    image = noisy()
    image[3, 4] = np.nan
    image[7] = 0
    before = image.copy()
    repair(image)
    assert np.array_equal(image, before, equal_nan=True)


@pytest.mark.parametrize("fault", [np.nan, np.inf, -np.inf])
def test_a_pixel_without_a_number_takes_that_of_its_neighbours(fault: float) -> None:
    sound = noisy()
    image = sound.copy()
    image[10, 20] = image[0, 0] = fault
    mended, notes = repair(image)
    assert notes == ["2 pixels were NaN or infinite and were filled from their neighbours"]
    assert mended[10, 20] == pytest.approx(sound[10, 20], abs=12)
    assert mended[0, 0] == pytest.approx(sound[0, 0], abs=12)
    kept = np.isfinite(image)
    assert np.array_equal(mended[kept], image[kept])


def test_a_large_hole_is_filled_too() -> None:
    image = noisy()
    image[5:35, 5:50] = np.nan
    mended, _ = repair(image)
    assert np.isfinite(mended).all()
    assert 50 < mended.min() < mended.max() < 150
    hole = mended[10:30, 10:45]
    # Nothing is drawn into it that could be taken for something seen.
    assert np.ptp(hole) < 0.3 * np.ptp(mended)
    assert np.abs(np.diff(hole)).max() < 5


@pytest.mark.parametrize("level", [1e30, -1e30, 3e38, 4e4])
def test_a_hot_pixel_is_filled_that_would_hide_the_rest(level: float) -> None:
    sound = noisy(200, 300)
    image = sound.copy()
    image[10, 20] = image[0, 299] = level
    mended, notes = repair(image)
    assert notes == [
        "2 pixels were hot, far beyond all others, and were filled from their neighbours"
    ]
    assert np.abs(mended - sound).max() < 40
    kept = image == sound
    assert np.array_equal(mended[kept], sound[kept])


def test_hot_and_broken_pixels_side_by_side_are_told_apart() -> None:
    image = noisy(200, 300)
    image[10, 20:22] = [1e30, np.nan]
    mended, notes = repair(image)
    assert [note.split(",")[0] for note in notes] == [
        "1 pixel was NaN or infinite and was filled from its neighbours",
        "1 pixel was hot",
    ]
    assert 50 < mended.min() < mended.max() < 150


def test_a_single_atom_in_the_dark_is_no_hot_pixel() -> None:
    y, x = np.mgrid[:600, :600]
    atom = 1000 * np.exp(-((y - 300) ** 2 + (x - 300) ** 2) / (2 * 0.6**2)).astype("f4")
    assert atom.max() > 100 * atom.std()
    assert repair(atom)[1] == []


@pytest.mark.parametrize("row", [0, 1, 17, 39])
@pytest.mark.parametrize("level", [0.0, 65535.0])
def test_a_dead_row_is_interpolated(row: int, level: float) -> None:
    sound = noisy()
    image = sound.copy()
    image[row] = level
    mended, notes = repair(image)
    assert notes == [f"row {row} was dead and was filled from its neighbours"]
    assert np.abs(mended[row] - sound[row]).mean() < 8
    assert np.array_equal(np.delete(mended, row, 0), np.delete(image, row, 0))


def test_dead_rows_and_columns_that_cross_are_all_filled() -> None:
    sound = noisy()
    image = sound.copy()
    image[[8, 9, 30]] = 0
    image[:, [5, 44]] = 4095
    mended, notes = repair(image)
    assert notes == [
        "rows 8, 9, 30 were dead and were filled from their neighbours",
        "columns 5, 44 were dead and were filled from their neighbours",
    ]
    assert np.abs(mended - sound).max() < 40


def test_rows_between_two_others_rise_evenly() -> None:
    image = np.tile(np.arange(20, dtype="f4"), (6, 1))
    image += 100 * np.arange(6, dtype="f4")[:, np.newaxis]
    sound = image.copy()
    image[2:4] = -9
    assert np.allclose(repair(image)[0], sound)


def test_a_wide_border_and_a_picture_without_noise_are_left_alone() -> None:
    padded = np.pad(noisy(), 6)
    assert repair(padded)[1] == []
    y, x = np.mgrid[:48, :48]
    dots = np.clip(np.cos(x / 4) + np.cos(y / 4) - 1.2, 0, None).astype("f4")
    assert repair(dots)[1] == []
    assert repair(y.astype("f4"))[1] == []


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (np.full((4, 5), 7.0), "every pixel of the image is 7"),
        (np.full((4, 5), np.nan), "no pixel of the image is a finite number"),
        (np.array([[1.0, np.nan], [np.inf, 1.0]]), "every pixel of the image is 1"),
    ],
)
def test_an_image_with_nothing_on_it_is_refused(image: NDArray[np.float64], why: str) -> None:
    with pytest.raises(ImageError, match=why):
        repair(image)


@pytest.mark.parametrize("code", ["u1", "u2", "i2", "f2", "f8"])
def test_every_number_type_is_single_precision_for_what_follows(code: str) -> None:
    image = noisy().astype(code)
    mended, notes = repair(image)
    assert mended.dtype == np.float32
    assert np.array_equal(mended, image.astype("f4"))
    assert notes == []


def test_what_single_precision_cannot_hold_is_filled() -> None:
    image = noisy().astype("f8")
    image[10, 20] = 1e300
    mended, notes = repair(image)
    assert notes == ["1 pixel was NaN or infinite and was filled from its neighbours"]
    assert mended[10, 20] == pytest.approx(noisy()[10, 20], abs=12)
