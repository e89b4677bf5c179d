"""The series of the benchmark: the same specimens at every dose and every reach of the tilts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.bench.case import Case
from colonnade.tomo.bench.cases import list_cases
from colonnade.tomo.bench.test_series import (
    DOSES,
    GEOMETRIES,
    NAMES,
    NOISE,
    QUICK,
    UNSEEN,
    Geometry,
    draw_test_series,
    family_of,
)

CATALYST = NAMES.index("catalyst")


def series_at(step: int, number: int = CATALYST, geometry: str = "32px 60deg") -> Case:
    return Case(geometry, NOISE.name, NOISE.steps[step], number)


@given(st.integers(16, 1024), st.integers(20, 80))
def test_a_geometry_is_known_by_its_name(side: int, reach: int) -> None:
    geometry = Geometry(side, float(reach))
    assert Geometry.named(geometry.name) == geometry


def test_every_family_is_shown_at_every_dose_by_a_dozen_specimens() -> None:
    cases = list_cases(False, None)
    assert len({case.name for case in cases}) == len(cases)
    for geometry in GEOMETRIES[:2]:
        assert geometry.side == 128
        for value in NOISE.steps:
            shown = [
                family_of(case)
                for case in cases
                if (case.series, case.value) == (geometry.name, value)
            ]
            assert {name: shown.count(name) for name in NAMES} == dict.fromkeys(NAMES, 12)
    assert set(UNSEEN) < set(NAMES)


def test_a_quick_run_has_one_small_specimen_of_each_family() -> None:
    cases = list_cases(True, None)
    assert {case.series for case in cases} == {QUICK.name}
    assert len(cases) == len(NAMES) * len(DOSES)


def test_only_the_noise_differs_along_the_axis() -> None:
    clean, noisy = draw_test_series(series_at(0)), draw_test_series(series_at(2))
    np.testing.assert_array_equal(clean.truth, noisy.truth)
    assert not clean.noise.any()
    off = np.asarray(noisy.series.views) - np.asarray(clean.series.views)
    assert off.std() == pytest.approx(noisy.input.noise_level, rel=0.05)
    # The variance of counts is their mean: 200 where the views are brightest.
    brightest = np.asarray(clean.series.views).max()
    mean = np.asarray(clean.series.views).mean()
    assert noisy.input.noise_level == pytest.approx(np.sqrt(mean * brightest / 200), rel=0.02)


def test_the_specimen_is_the_same_at_every_reach_and_views_span_it() -> None:
    narrow, wide = (
        draw_test_series(series_at(0, geometry=f"32px {reach}deg")) for reach in (60, 70)
    )
    np.testing.assert_array_equal(narrow.truth, wide.truth)
    assert (min(wide.series.angles), max(wide.series.angles)) == (-70, 70)
    assert len(narrow.series.angles) == 61
    assert narrow.input.shape == narrow.truth.shape == (32, 3, 32)


def test_specimens_of_a_family_differ() -> None:
    first, second = (
        draw_test_series(series_at(0, number)) for number in (CATALYST, CATALYST + len(NAMES))
    )
    assert family_of(first.case) == family_of(second.case) == "catalyst"
    assert not np.array_equal(first.truth, second.truth)
