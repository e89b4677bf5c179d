"""Methods are put to the test by what they have not seen."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tilted_ellipsoids import film, particle, project

from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.prepare import Preparation
from colonnade.tomo.reconstruct.reconstruct import Options, Work, reconstruct
from colonnade.tomo.reconstruct.trust.predicted import Predicted, between_others, beyond_ends
from colonnade.tomo.reconstruct.trust.validate import Validation, validate
from colonnade.tomo.tilts import TiltSeries

SIDE = 32
ANGLES = np.arange(-60.0, 61.0, 3.0)
NOISE = 0.5
RAW = Preparation(0, background=False, normalise=False)


@pytest.fixture(scope="module")
def series() -> TiltSeries:
    """A particle, with white noise."""
    rng = np.random.default_rng(7)
    clean = project(particle(rng, SIDE), ANGLES, SIDE)
    noisy = clean + NOISE * rng.standard_normal(clean.shape)
    return TiltSeries(noisy.astype(np.float32), tuple(ANGLES))


def validated(series: TiltSeries, method: str) -> Validation:
    noise = np.full(len(series.angles), NOISE)
    return validate(series, Options(method), noise=noise)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def by_method(series: TiltSeries) -> dict[str, Validation]:
    return {method: validated(series, method) for method in ("wbp", "sirt", "tv")}


tilts = st.lists(st.integers(-80, 80), min_size=9, max_size=60, unique=True).map(np.array)


@given(tilts, st.integers(2, 8))
def test_what_is_left_out_lies_between_others(angles: np.ndarray, every: int) -> None:
    left = between_others(angles, every)
    kept = np.delete(angles, left)
    assert kept.min() < angles[left].min()
    assert angles[left].max() < kept.max()
    assert abs(len(left) - len(angles) / every) <= 1


@given(tilts, st.floats(0.01, 0.3))
def test_what_is_left_out_lies_beyond_all_others(angles: np.ndarray, share: float) -> None:
    below, above = beyond_ends(angles, share)
    kept = np.delete(angles, np.concatenate([below, above]))
    assert angles[below].max() < kept.min()
    assert kept.max() < angles[above].min()
    assert len(below) == len(above) == max(1, round(share * len(angles)))


def test_errors_of_several_views_are_joined_by_their_squares() -> None:
    three, four = np.array([3.0, 3.0]), np.array([4.0, 0.0])
    found = Predicted(np.zeros(2), np.hypot(three, four), np.array([1.0, 1.0]), 10 * three)
    assert found.over_noise == pytest.approx(np.sqrt((25 + 9) / 2))
    assert found.share == pytest.approx(np.sqrt((25 + 9) / 1800))
    assert np.isinf(replace(found, noise=np.zeros(2)).over_noise)


def test_views_that_were_seen_are_known_best_and_those_beyond_the_ends_least(
    by_method: dict[str, Validation],
) -> None:
    for found in by_method.values():
        assert found.fitted.over_noise < found.inside.over_noise < found.beyond.over_noise
        assert found.inside.over_noise > 1
    assert by_method["tv"].fitted.over_noise == pytest.approx(1, abs=0.1)


def test_methods_differ_beyond_the_ends(by_method: dict[str, Validation]) -> None:
    wbp, sirt, tv = (by_method[method].beyond.over_noise for method in ("wbp", "sirt", "tv"))
    assert tv < sirt < wbp
    inside = [by_method[method].inside.over_noise for method in ("sirt", "tv")]
    assert (sirt - tv) > 2 * abs(inside[0] - inside[1])


def test_iterations_leave_less_and_less(by_method: dict[str, Validation]) -> None:
    assert not by_method["wbp"].convergence.size
    falling = by_method["sirt"].convergence
    assert (np.diff(falling) < 0).all()
    assert falling[-1] == pytest.approx(1, abs=0.05)
    settled = by_method["tv"].convergence
    assert np.ptp(settled[-10:]) < 0.01 < np.ptp(settled)


def test_the_order_of_the_views_does_not_matter(
    series: TiltSeries, by_method: dict[str, Validation]
) -> None:
    order = np.random.default_rng(3).permutation(len(ANGLES))
    mixed = TiltSeries(series.views[order], tuple(ANGLES[order]))
    found, before = validated(mixed, "wbp"), by_method["wbp"]
    assert found.inside.over_noise == pytest.approx(before.inside.over_noise, rel=1e-4)
    assert found.beyond.over_noise == pytest.approx(before.beyond.over_noise, rel=1e-4)
    assert found.below.angles.max() < -45 < 45 < found.above.angles.min()


def test_half_the_difference_of_halves_is_what_noise_does_to_a_volume() -> None:
    """For a linear method that is exact: the noise of both halves is independent."""
    rng = np.random.default_rng(8)
    angles = np.arange(-60.0, 60.5, 1.0)
    clean = project(particle(rng, SIDE), angles, SIDE)
    views = [clean + rng.standard_normal(clean.shape).astype(np.float32) for _ in range(2)]
    one, other = (_slices(TiltSeries(each, tuple(angles)), rows=(14, 16, 18)) for each in views)
    inside = one > 0.2 * np.quantile(one, 0.98)
    expected = (one - other)[inside].std() / np.sqrt(2)
    found = validate(TiltSeries(views[0], tuple(angles)), Options("wbp"), noise=np.ones(121))
    assert found.halves.difference == pytest.approx(expected, rel=0.15)


def _slices(series: TiltSeries, rows: tuple[int, ...]) -> np.ndarray:
    volume = reconstruct(series, Options("wbp"), noise=np.ones(len(series.angles))).volume
    return np.asarray(volume.voxels[:, slice(rows[0], rows[-1] + 1), :])


def test_numbers_are_plain(by_method: dict[str, Validation]) -> None:
    said = json.loads(json.dumps(by_method["tv"].to_json(), allow_nan=False))
    assert said["beyond"]["angles_deg"] == [-60, -57, -54, -51, -48, 48, 51, 54, 57, 60]
    assert said["inside"]["error_over_noise"] == pytest.approx(by_method["tv"].inside.over_noise)


def test_what_lies_beside_the_views_has_room() -> None:
    rng = np.random.default_rng(9)
    views = project(film(rng, SIDE), ANGLES, SIDE) + rng.normal(size=(len(ANGLES), SIDE, SIDE))
    series = TiltSeries(views.astype(np.float32), tuple(ANGLES))
    options = Options("sirt", iterations=30, depth=12)
    assert Work.of(series, options, np.ones(len(ANGLES))).plan.margin > 0
    found = validate(series, options, preparation=RAW, noise=np.ones(len(ANGLES)))
    assert found.fitted.share < found.inside.share < found.beyond.share < 1
    assert np.isfinite(found.halves.difference)


def test_views_without_noise_are_compared_with_what_they_show(series: TiltSeries) -> None:
    found = validate(series, Options("sirt", iterations=5), noise=np.zeros(len(ANGLES)))
    assert not found.convergence.size
    assert f"to {found.inside.share:.1%} of what they show between others" in found.sentence
    said = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert said["beyond"]["error_over_noise"] is None
    assert said["beyond"]["error_over_views"] == pytest.approx(found.beyond.share)


def test_too_few_views_are_refused(series: TiltSeries) -> None:
    few = TiltSeries(series.views[:8], series.angles[:8])
    with pytest.raises(ImageError, match="8 views, too few to leave some out"):
        validate(few, Options("sirt"), noise=np.full(8, NOISE))
