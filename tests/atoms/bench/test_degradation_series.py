"""Series of images: each quality is what its name says, and everything else stays good."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from colonnade.atoms.bench import degradation_series, structures
from colonnade.atoms.bench.measure import measure
from colonnade.atoms.locate.locate import locate_frame
from colonnade.core.bench.case import Case
from colonnade.core.learn.model import Model


def test_a_quick_run_shows_what_is_no_lattice() -> None:
    quick = {one.axis for one in structures.list_cases(quick=True)}
    kinds = {
        structures.ATOMS,
        structures.DIMERS,
        structures.HALOS,
        structures.STAINS,
        structures.NO_ATOMS,
    }
    assert kinds <= quick
    empty = [one for one in structures.list_cases(False) if one.axis == structures.NO_ATOMS]
    assert not any(len(structures.draw_structure(one).truth) for one in empty)


def test_each_axis_has_ten_steps_and_structures_show_every_failure_of_the_original() -> None:
    assert all(len(axis.steps) >= 10 for axis in degradation_series.AXES)
    shown = [picture.shows for picture in structures.PICTURES]
    assert len(shown) >= 60
    assert {
        structures.OVERLAP,
        structures.BLURRED,
        structures.NOISY,
        structures.COARSE,
        structures.VARIED,
        structures.FINE,
    } <= set(shown)


@pytest.mark.parametrize("decibels", [16.0, 5.5, -2.0])
def test_ten_decibels_more_are_ten_times_the_electrons(decibels: float) -> None:
    good, poor = (
        degradation_series.draw_degraded(Case("WS2 [001]", "noise", value, 0)).image.pixels
        for value in (25.0, decibels)
    )
    assert good.mean() / poor.mean() == pytest.approx(10 ** ((25 - decibels) / 10), rel=0.1)
    # Poisson noise: its mean square is the mean.
    top = gaussian_filter(good, 1.5).max()
    assert top**2 / good.mean() == pytest.approx(10**2.5, rel=0.3)


def test_contrast_is_what_its_name_says_before_the_noise() -> None:
    drawn = degradation_series.draw_degraded(Case("SrTiO3 [100]", "contrast", 0.2, 0))
    smooth = drawn.image.pixels.astype(float)
    level = np.quantile(smooth, 0.02), np.quantile(smooth, 0.998)
    assert (level[1] - level[0]) / (level[1] + level[0]) == pytest.approx(0.2, abs=0.08)


def test_oxygen_is_not_to_be_found_in_strontium_titanate() -> None:
    drawn = degradation_series.draw_degraded(Case("SrTiO3 [100]", "pixel size", 8.0, 0))
    oxygen = drawn.truth.labels["atomic_number"] == degradation_series.OXYGEN
    assert oxygen.any()
    assert (drawn.truth.labels["detectable"] == ~oxygen).all()


def test_light_columns_three_pixels_from_heavy_ones_are_found() -> None:
    drawn = degradation_series.draw_degraded(Case("WS2 [001]", "pixel size", 27.0, 0))
    found = locate_frame(drawn.image, Model.load("atoms"))
    assert found.scale.binning.finer == 2
    result = measure(drawn, found.columns)
    assert result.recall > 0.95
    assert result.precision > 0.95
    assert result.crlb_ratio < 1.3


def test_the_crlb_of_a_whole_image_is_near_that_of_one_column_alone() -> None:
    drawn = degradation_series.draw_degraded(Case("SrTiO3 [100]", "pixel size", 8.0, 0))
    side = np.array(drawn.image.shape)
    inner = ((drawn.truth.positions > 12) & (drawn.truth.positions < side - 13)).all(1)
    bright = inner & (drawn.truth.labels["detectable"] > 0)
    sigma = degradation_series.GOOD_RESOLUTION_NM / 2.3548 / (0.08 * 0.2761)
    alone = sigma / np.sqrt(drawn.truth.intensity[bright])
    # Neighbours, background and an unknown width take some; a pixel adds to the width.
    ratio = drawn.crlb[bright] / alone[:, None]
    assert (ratio > 0.95).all()
    assert np.median(ratio) < 1.8


@pytest.mark.parametrize("axis", ["fly-back", "drift"])
def test_shifts_of_rows_disturb_the_image_and_not_the_brightness(axis: str) -> None:
    worst = {one.name: one.steps[-1] for one in degradation_series.AXES}[axis]
    good, poor = (
        degradation_series.draw_degraded(Case("SrTiO3 [100]", axis, value, 0)).image.pixels
        for value in (0.02, worst)
    )
    rows = [np.mean(one[1:] * one[:-1]) / np.mean(one**2) for one in (good, poor)]
    assert good.mean() == pytest.approx(poor.mean(), rel=0.1)
    if axis == "fly-back":
        assert rows[1] < 0.9 * rows[0]


def test_a_quick_run_has_fewer_steps_and_one_image_of_each() -> None:
    every, quick = (list(degradation_series.list_cases(few)) for few in (False, True))
    assert len({case.name for case in every}) == len(every)
    assert {case.name for case in quick} < {case.name for case in every}
    assert {case.number for case in quick} == {0}
    assert len(every) == 3 * 2 * sum(len(axis.steps) for axis in degradation_series.AXES)
