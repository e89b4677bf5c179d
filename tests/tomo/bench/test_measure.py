"""Scores of volumes whose faults are known."""

from pathlib import Path

import numpy as np
import pytest

from colonnade.core.bench.case import Case
from colonnade.tomo.bench import case
from colonnade.tomo.bench.case import Reconstructed
from colonnade.tomo.bench.measure import COLUMNS, measure, pool, projected, scores_of
from colonnade.tomo.bench.outputs import kept_output, no_output, write_output
from colonnade.tomo.tilts import TiltSeries

SHAPE = (40, 3, 40)
ANGLES = tuple(np.arange(-60.0, 61.0, 6.0).tolist())
CASE = Case("40px 60deg", "noise", 7.07, 0)


def ball() -> np.ndarray:
    z, y, x = np.ogrid[:40, -1:2, :40]
    inside = (z - 19.5) ** 2 + (2.0 * y) ** 2 + (x - 15.5) ** 2 < 9.0**2
    return np.where(inside, 0.8, 0.0).astype(np.float32)


def taken(truth: np.ndarray, noise: float) -> case.TestSeries:
    views = projected(truth, ANGLES).transpose(1, 0, 2)
    views = views + noise * np.random.default_rng(0).standard_normal(views.shape)
    series = TiltSeries(views.astype(np.float32), ANGLES)
    return case.TestSeries(CASE, series, np.full(len(ANGLES), noise), truth)


def test_the_peak_is_the_brightest_voxel_of_the_truth() -> None:
    truth = ball()
    found = measure(taken(truth, 0.5), Reconstructed(truth + np.float32(0.08)))
    assert found.psnr == pytest.approx(20, abs=1e-3)
    assert np.isnan(found.auroc)
    assert np.isnan(found.coverage)


def test_the_truth_leaves_the_noise_of_the_views_and_nothing_else() -> None:
    truth = ball()
    found = measure(taken(truth, 0.5), Reconstructed(truth))
    assert found.residual == pytest.approx(1, rel=0.03)
    assert (found.ssim, found.fsc_measured, found.fsc_missing) == pytest.approx((1, 1, 1))
    assert np.isnan(measure(taken(truth, 0.0), Reconstructed(truth)).residual)


def test_where_views_show_more_than_the_truth_the_residual_says_nothing() -> None:
    truth = ball()
    wide = taken(truth, 0.5)
    views = np.asarray(wide.series.views) + 1.5
    beyond = case.TestSeries(CASE, TiltSeries(views, ANGLES), wide.noise, truth)
    assert np.isnan(measure(beyond, Reconstructed(truth)).residual)


def test_what_is_wrong_in_the_wedge_alone_is_seen_there_alone() -> None:
    truth = np.random.default_rng(1).random(SHAPE).astype(np.float32)
    z, x = np.fft.fftfreq(40)[:, None, None], np.fft.fftfreq(40)
    missing = np.broadcast_to(np.abs(z) > np.tan(np.deg2rad(60)) * np.abs(x), SHAPE)
    volume = np.fft.ifftn(np.where(missing, 0, np.fft.fftn(truth))).real.astype(np.float32)
    found = measure(taken(truth, 0.5), Reconstructed(volume))
    assert found.fsc_measured > 0.95
    assert found.fsc_missing < 0.4


def test_intervals_are_judged_inside_the_specimen() -> None:
    truth = ball()
    error = np.where(np.arange(40) < 15, 0.3, 0.01).astype(np.float32)
    volume = np.where(truth > 0, truth + error, truth)
    knowing = Reconstructed(volume, np.broadcast_to(1.1 * error, SHAPE))
    found = measure(taken(truth, 0.5), knowing)
    assert (found.auroc, found.coverage) == (1, 1)
    blind = Reconstructed(volume, np.full(SHAPE, 0.1, np.float32))
    found = measure(taken(truth, 0.5), blind)
    assert found.auroc == 0.5
    assert found.coverage == pytest.approx(np.mean(error[np.nonzero(truth)[2]] < 0.1))


def test_all_images_are_pooled_by_their_median_and_their_worst() -> None:
    columns = {name: np.array([3.0, 1.0, 2.0]) for name in COLUMNS}
    pooled = pool(columns | {"auroc": np.full(3, np.nan)})
    assert (pooled["psnr"], pooled["psnr_least"], pooled["residual"]) == (2, 1, 2)
    assert np.isnan(pooled["auroc"])
    drawn = pool({name: np.array([[3.0, 1.0, 2.0], [3.0, 3.0, 2.0]]) for name in COLUMNS})
    assert drawn["psnr_least"].tolist() == [1, 2]


def test_a_method_that_fails_shows_nothing_and_still_has_scores() -> None:
    test = taken(ball(), 0.5)
    scores = scores_of(test, no_output(test))
    assert tuple(scores) == COLUMNS
    share = float((test.truth > 0).mean())
    assert scores["psnr"] == pytest.approx(-10 * np.log10(share))


@pytest.mark.parametrize("half_width", [None, 0.1 * ball()])
def test_what_a_run_keeps_is_read_back(tmp_path: Path, half_width: np.ndarray | None) -> None:
    write_output(Reconstructed(ball(), half_width), tmp_path / "kept.npz")
    back = kept_output(tmp_path, "kept")
    np.testing.assert_array_equal(back.volume, ball())
    assert (back.half_width is None) == (half_width is None)
