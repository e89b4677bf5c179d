"""Features that were pasted in or erased are found, and noise is not."""

from dataclasses import astuple
from time import sleep

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.signal import lfilter

from colonnade.core.arrays import Single
from colonnade.core.errors import RecipeError
from colonnade.sem.feature import Feature
from colonnade.sem.upscale.trust import features, threads
from colonnade.sem.upscale.trust.evidence import Detector, FeatureSettings
from colonnade.sem.upscale.trust.features import unmeasured_features
from colonnade.sem.upscale.trust.forward import Forward

FACTOR, SIDE, SIGMA, BLUR = 4, 96, 10.0, 0.3


def ground(seed: int) -> Single:
    """Draw a finer image of smooth hills."""
    rng = np.random.default_rng([seed, 0])
    hills = gaussian_filter(rng.standard_normal((SIDE * FACTOR,) * 2), 24)
    return np.asarray(200 + 20 * hills / hills.std(), np.float32)


def with_disc(finer: Single, y: float, x: float, radius: float, contrast: float) -> Single:
    """Paste a disc at a place and of a radius in coarse pixels."""
    rows, columns = (np.mgrid[: finer.shape[0], : finer.shape[1]] + 0.5) / FACTOR
    inside = np.hypot(rows - y - 0.5, columns - x - 0.5) <= radius
    return np.asarray(finer + contrast * inside, np.float32)


def recorded(finer: Single, seed: int, correlation: float = 0.0, streaks: float = 0.0) -> Single:
    """Measure a finer image, with noise along the rows and rows of unequal brightness."""
    rng = np.random.default_rng([seed, 1])
    coarse = Forward(FACTOR, BLUR).coarse(finer, (slice(0, SIDE), slice(0, SIDE)))
    white = rng.standard_normal((SIDE, SIDE + 20)) * SIGMA * np.sqrt(1 - correlation**2)
    noise = lfilter([1.0], [1.0, -correlation], white, axis=1)[:, 20:]
    return np.asarray(coarse + noise + streaks * rng.standard_normal((SIDE, 1)), np.float32)


def near(found: list[Feature], y: float, x: float) -> Feature:
    """Give the one feature near a place in coarse pixels."""
    [one] = [
        feature
        for feature in found
        if np.hypot((feature.y + 0.5) / FACTOR - y - 0.5, (feature.x + 0.5) / FACTOR - x - 0.5) < 2
    ]
    return one


@pytest.mark.parametrize(("correlation", "streaks"), [(0.0, 0.0), (0.5, 0.0), (0.2, 5.0)])
def test_noise_raises_few_false_alarms(correlation: float, streaks: float) -> None:
    alarms = 0
    for seed in range(20):
        finer = ground(seed)
        found = unmeasured_features(recorded(finer, seed, correlation, streaks), finer, FACTOR)
        alarms += bool(found)
    # One of 20 is to have an alarm; more than four have one once in three hundred times.
    assert alarms < 5


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("radius", [1.0, 3.0])
def test_features_far_above_the_noise_are_listed_with_their_kind(sign: int, radius: float) -> None:
    # The signal to noise of a disc of this contrast is 16 before the probe blurs it.
    contrast = sign * 16 * SIGMA / (radius * np.sqrt(np.pi))
    for seed in range(3):
        plain = ground(seed)
        full = with_disc(plain, 40.3, 57.6, radius, contrast)
        for measured, finer, kind in (
            (recorded(plain, seed), full, "added"),
            (recorded(full, seed), plain, "missing"),
        ):
            feature = near(unmeasured_features(measured, finer, FACTOR), 40.3, 57.6)
            assert feature.kind == kind
            assert 0.6 < feature.size / (2 * radius * FACTOR) < 1.7
            assert np.hypot(feature.y / FACTOR - 40.7, feature.x / FACTOR - 58.0) < 0.7


def test_evidence_grows_with_the_signal() -> None:
    plain = ground(0)
    measured = recorded(plain, 0)
    strengths = [
        near(
            unmeasured_features(measured, with_disc(plain, 50, 50, 1.5, contrast), FACTOR), 50, 50
        ).evidence
        for contrast in (80, 120, 160)
    ]
    np.testing.assert_allclose(np.diff(strengths), strengths[-1] / 4, rtol=0.35)


def test_what_is_written_twice_is_listed_once() -> None:
    plain = ground(1)
    full = with_disc(with_disc(plain, 30, 30, 2, 150), 60, 70, 4, -100)
    found = unmeasured_features(recorded(plain, 1), full, FACTOR)
    assert len(found) == 2
    assert found[0].evidence >= found[1].evidence


def test_the_evidence_does_not_depend_on_how_the_image_is_cut() -> None:
    finer = ground(2)
    measured, forward = recorded(finer, 2), Forward(FACTOR, BLUR)
    detector = Detector.of(measured, finer, forward, FeatureSettings())
    whole = detector.look(measured, finer, (slice(0, SIDE), slice(0, SIDE))).evidence
    part = detector.look(measured, finer, (slice(20, 71), slice(37, SIDE))).evidence
    np.testing.assert_allclose(part, whole[:, 20:71, 37:], atol=1e-4)


class File:
    """An image that must be read by one thread at a time, as an open file."""

    def __init__(self, grey: Single) -> None:
        self.grey, self.shape, self.busy = grey, grey.shape, False

    def __getitem__(self, part: tuple[slice, slice]) -> Single:
        assert not self.busy
        self.busy = True
        sleep(0.001)  # lets other threads try
        self.busy = False
        return self.grey[part]


def test_several_threads_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = ground(1)
    full = with_disc(with_disc(plain, 30, 30, 2, 150), 60, 70, 4, -100)
    measured = recorded(plain, 1)
    alone = unmeasured_features(measured, full, FACTOR)
    monkeypatch.setattr(features, "TILE", 20)
    monkeypatch.setattr(threads, "available_cpus", lambda: 5)
    together = unmeasured_features(File(measured), File(full), FACTOR)
    assert [one.kind for one in together] == [one.kind for one in alone] == ["added"] * 2
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(astuple(one)[:3], astuple(other)[:3], atol=1e-3)
        assert one.evidence == pytest.approx(other.evidence, rel=1e-4)


def test_an_image_that_explains_everything_has_no_features() -> None:
    finer = ground(3)
    measured = Forward(FACTOR, 0.0).coarse(finer, (slice(0, SIDE), slice(0, SIDE)))
    assert unmeasured_features(measured, finer, FACTOR) == []
    flat = np.full((40, 50), 7, np.float32)
    assert unmeasured_features(flat, np.kron(flat, np.ones((4, 4), np.float32)), FACTOR) == []


def test_larger_images_want_more_evidence_and_fewer_alarms_more_still() -> None:
    settings, strict = FeatureSettings(), FeatureSettings(false_alarms=0.005)
    small, large = settings.threshold((96, 96)), settings.threshold((960, 960))
    assert large - small == pytest.approx(np.log(100) / settings.decline)
    assert strict.threshold((96, 96)) - small == pytest.approx(np.log(10) / settings.decline)


@pytest.mark.parametrize("number", [1, 6])
def test_neither_many_features_nor_strong_ones_hide_others(number: int) -> None:
    plain = ground(4)
    places = [(16 + 32 * row, 24 + 48 * column) for row in range(3) for column in range(2)]
    full, wanted = plain, {}
    for count, (y, x) in enumerate(places[:number]):
        radius = (1.0, 1.4, 2.0, 2.8)[count % 4]
        full = with_disc(full, y, x, radius, (150.0, -300.0)[count % 2])
        wanted[y, x] = radius
    found = unmeasured_features(recorded(plain, 4), full, FACTOR)
    assert len(found) == number
    for y, x in wanted:
        assert near(found, y, x).kind == "added"


@pytest.mark.parametrize(("share", "listed"), [(0.03, 0), (0.15, 1)])
def test_with_hardly_any_noise_what_is_as_faint_as_a_network_s_errors_is_not_listed(
    share: float, listed: int
) -> None:
    plain = ground(5)
    contrast = share * float(np.ptp(plain))
    full = with_disc(plain, 40.3, 57.6, 2.0, contrast)
    noise = np.random.default_rng(5).normal(0, 0.1, (SIDE, SIDE))
    exact = Forward(FACTOR, BLUR).coarse(plain, (slice(0, SIDE), slice(0, SIDE)))
    measured = np.asarray(exact + noise, np.float32)
    assert len(unmeasured_features(measured, full, FACTOR)) == listed
    every = FeatureSettings(least_contrast=0.0)
    assert len(unmeasured_features(measured, full, FACTOR, every)) == 1
    with pytest.raises(RecipeError, match="least_contrast is a share"):
        FeatureSettings(least_contrast=1.0)
