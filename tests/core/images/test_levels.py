"""What the grey levels of an image are like, and what they say against it."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.core.images.levels import grey_summary, level_notes, ordinary


def test_the_summary_counts_and_measures() -> None:
    image = np.array([[1.0, 2.0, 3.0], [10.0, np.nan, -np.inf]])
    summary = grey_summary(image)
    assert (summary.minimum, summary.median, summary.maximum) == (1, 2.5, 10)
    assert (summary.mean, summary.nans, summary.infinities) == (4, 1, 1)
    assert summary.std == pytest.approx(np.std([1, 2, 3, 10]))
    assert len(summary.histogram) == 32
    assert summary.histogram.count("█") == 4
    assert grey_summary([[np.nan]]).histogram == ""


def test_the_summary_of_negative_and_constant_images() -> None:
    assert grey_summary(np.full((3, 3), -2)).maximum == -2
    assert grey_summary(np.zeros((3, 3), bool)).std == 0


@pytest.mark.parametrize("unit", [1e300, 1e-300])
def test_the_summary_of_vast_and_tiny_grey_levels_has_numbers(unit: float) -> None:
    summary = grey_summary(np.array([1.0, 2.0, 3.0, 6.0]) * unit)
    assert summary.std == pytest.approx(unit * np.std([1, 2, 3, 6]))
    assert summary.mean == pytest.approx(3 * unit)
    assert summary.histogram.count("█") == 4


@pytest.mark.parametrize("kind", ["u1", "i2", "f4", "f8", "?"])
def test_the_summary_is_the_same_in_parts(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    image = rng.poisson(3, (41, 37)).astype(kind)
    whole = grey_summary(image)
    monkeypatch.setattr("colonnade.core.images.levels.AT_ONCE", 100)
    parts = grey_summary(image)
    values = image.astype(float)
    assert (parts.minimum, parts.median, parts.maximum) == (
        values.min(),
        np.median(values),
        values.max(),
    )
    assert parts.mean == pytest.approx(values.mean())
    assert parts.std == pytest.approx(values.std())
    assert parts.histogram == whole.histogram


def test_the_summary_of_a_large_image_takes_little_memory() -> None:
    image = np.zeros((4096, 4096), np.uint8)
    image[::2] = 200
    tracemalloc.start()
    summary = grey_summary(image)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (summary.median, summary.std) == (100, 100)
    assert most < 6 * image.nbytes  # 25 times as much, in double precision


@pytest.mark.parametrize("unit", [1e-300, 1e-30, 1e30, 1e300])
@given(st.lists(st.floats(1, 4), min_size=1, max_size=30))
def test_vast_and_tiny_grey_levels_keep_their_digits(unit: float, levels: list[float]) -> None:
    image = np.array([levels]) * unit
    brought, by = ordinary(image)
    assert np.array_equal(brought * by, image)
    assert 0.25 <= np.abs(brought).min() <= np.abs(brought).max() <= 8


def test_ordinary_grey_levels_are_left_alone() -> None:
    for image in (
        np.arange(6).reshape(2, 3),
        np.eye(3),
        np.full((2, 2), np.nan),
        np.zeros((3, 3)),
    ):
        brought, by = ordinary(image)
        assert brought is image
        assert by == 1
    hot = np.ones((3, 3), np.float32)
    hot[1, 1] = 1e30
    assert ordinary(hot)[1] == 1


def test_what_is_rare_still_tells_what_is_typical() -> None:
    image = np.zeros((2000, 2000))
    image[1234, 567] = 1e-30
    assert ordinary(image)[0].max() == pytest.approx(1, rel=0.6)


def exposed(share: float) -> NDArray[np.uint8]:
    """An image of 8 bits of which a share is brighter than the detector can say."""
    image = np.random.default_rng(0).normal(0, 1, (200, 200))
    return (
        np.clip(200 * image / np.quantile(image, 1 - share), 0, 255).astype(np.uint8).clip(0, 200)
    )


def test_saturation_is_said_with_its_share() -> None:
    (note,) = level_notes(exposed(0.3))
    assert note.startswith("30 % of the pixels have the brightest grey level, 200, as where")
    assert level_notes(exposed(0.003)) == []


def test_bright_plateaus_below_the_end_are_no_saturation() -> None:
    rng = np.random.default_rng(0)
    plateau = np.where(np.arange(100) < 50, 40.0, 90.0) + rng.normal(0, 3, (100, 100))
    assert level_notes(plateau.round()) == []


@pytest.mark.parametrize("mean", [0.001, 0.01, 0.1])
def test_single_electrons_are_few_grey_levels_and_no_saturation(mean: float) -> None:
    counts = np.random.default_rng(0).poisson(mean, (300, 300))
    (note,) = level_notes(counts)
    assert note == (
        f"the image has {counts.max() + 1} grey levels, so that little can be measured in it"
    )
