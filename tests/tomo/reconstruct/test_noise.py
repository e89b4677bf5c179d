"""The noise of views is measured in all that they may show, flat places or none."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.core.errors import ImageError
from colonnade.tomo.reconstruct.moved import Move, Moved
from colonnade.tomo.reconstruct.noise import measure_view_noise
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation, SimulatedSeries, simulate
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts
from colonnade.tomo.tilts import TiltSeries


def recorded(family: str, counts: float, correlation: float) -> SimulatedSeries:
    shares = {one.name: float(one.name == family) for one in fields(PhantomShares)}
    recording = Recording(
        clean=0.0,
        dose=(counts, counts),
        correlated=float(correlation > 0),
        correlation=(correlation, correlation),
        backed=0.0,
        drifting=0.0,
        speckled=0.0,
    )
    recipe = SeriesSimulation(
        size=(64, 32, 64),
        phantoms=Phantoms(shares=PhantomShares(**shares)),
        tilts=Tilts(reach=(60.0,), step=(2.0,), irregular=0.0),
        stage=Stage(misaligned=0.0),
        recording=recording,
    )
    return simulate(recipe, np.random.default_rng(5))


@pytest.mark.parametrize(
    ("family", "counts", "correlation"),
    [
        ("faceted", 50.0, 0.0),
        ("catalyst", 1000.0, 0.0),
        ("needle", 1000.0, 0.5),
        ("texture", 200.0, 0.0),
        ("film", 50.0, 0.5),
    ],
)
def test_noise_is_right_where_views_are_full_of_edges(
    family: str, counts: float, correlation: float
) -> None:
    made = recorded(family, counts, correlation)
    found = measure_view_noise(made.series)
    whole, true = (np.sqrt(np.mean(np.square(each))) for each in (found, made.noise))
    assert whole == pytest.approx(true, rel=0.05)
    assert found == pytest.approx(made.noise, rel=0.12)


def waves(seed: int) -> TiltSeries:
    """Views of a few waves that move with the tilt, with noise, in any order."""
    rng = np.random.default_rng(seed)
    tilts = rng.permutation(np.arange(-48.0, 49.0, 4.0))
    y, x = np.indices((20, 24))
    views = np.stack([30 + 9 * np.sin(x / 3 + y / 4 + tilt / 20) for tilt in tilts])
    noisy = views + 2.0 * rng.standard_normal(views.shape)
    return TiltSeries(noisy.astype(np.float32), tuple(tilts))


@given(st.integers(0, 99), st.floats(0.01, 100))
@settings(max_examples=10)
def test_noise_is_told_in_the_grey_levels_of_the_views(seed: int, times: float) -> None:
    series = waves(seed)
    scaled = TiltSeries(np.asarray(series.views) * np.float32(times), series.angles)
    turned = TiltSeries(np.asarray(series.views).swapaxes(1, 2), series.angles)
    found = measure_view_noise(series)
    assert np.sqrt(np.mean(found**2)) == pytest.approx(2.0, rel=0.06)
    np.testing.assert_allclose(measure_view_noise(scaled), times * found, rtol=1e-3)
    np.testing.assert_allclose(measure_view_noise(turned), found, rtol=1e-5)


def test_resampling_leaves_less_noise_and_that_is_known() -> None:
    rng = np.random.default_rng(1)
    tilts = np.arange(-40.0, 41.0, 4.0)
    shifts = np.stack([rng.uniform(-3, 3, len(tilts)), np.full(len(tilts), 0.5)], 1)
    noise = rng.standard_normal((len(tilts), 64, 64)).astype(np.float32)
    moved = TiltSeries(Moved(noise, Move(1.5, shifts)), tuple(tilts))
    found = measure_view_noise(moved)
    true = [float(moved.view(view).std()) for view in range(len(tilts))]
    assert found == pytest.approx(true, rel=0.1)
    assert np.mean(found) == pytest.approx(np.mean(true), rel=0.03)
    assert max(true) < 0.95


def test_views_without_noise_have_none() -> None:
    views = np.full((9, 16, 16), 3.0, np.float32)
    found = measure_view_noise(TiltSeries(views, tuple(range(9))))
    assert found == pytest.approx(np.zeros(9), abs=1e-3)


def test_views_that_are_too_small_do_not_tell_their_noise() -> None:
    with pytest.raises(ImageError, match="8 x 32 px do not tell"):
        measure_view_noise(TiltSeries(np.zeros((5, 8, 32), np.float32), tuple(range(5))))
