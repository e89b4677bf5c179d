"""A spot stands out of the texture around it, whatever the units and wherever it lies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.atoms.locate.find.prominence import Prominence
from colonnade.core.images.binning import Binning

SIDE, WIDTH = 96, 1.8


def noise(seed: int, shape: tuple[int, int] = (SIDE, SIDE)) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def spot(y: float, x: float, width: float = WIDTH) -> NDArray[np.float32]:
    rows, columns = np.indices((SIDE, SIDE))
    squared = (rows - y) ** 2 + (columns - x) ** 2
    return np.exp(-squared / (2 * width**2)).astype(np.float32)


@settings(max_examples=25)
@given(
    gain=st.floats(1e-3, 1e4),
    level=st.floats(-1e3, 1e3),
    y=st.floats(10, SIDE - 11),
    x=st.floats(10, SIDE - 11),
)
def test_units_of_grey_do_not_count(gain: float, level: float, y: float, x: float) -> None:
    image = noise(0) + 4 * spot(y, x)
    place = np.array([[y, x]])
    usual = Prominence.of(image, Binning()).at(place)
    changed = Prominence.of(np.float32(gain) * (image + np.float32(level)), Binning()).at(place)
    np.testing.assert_allclose(changed, usual, rtol=0.02, atol=0.02)


@settings(max_examples=25)
@given(y=st.floats(12, SIDE - 13), x=st.floats(12, SIDE - 13))
def test_a_peak_lies_where_the_spot_does(y: float, x: float) -> None:
    peaks = Prominence.of(0.05 * noise(1) + spot(y, x), Binning()).peaks(6.0)
    assert np.linalg.norm(peaks - [y, x], axis=1).min() < 0.2


def test_noise_spreads_by_one_and_seldom_stands_out() -> None:
    found = Prominence.of(noise(2, (512, 512)), Binning())
    for one in (found.prominence, found.clearance):
        assert np.median(one) == pytest.approx(0, abs=0.05)
        assert 0.7 < one.std() < 1.05
    # Of Gaussian noise 3 in 100,000 pixels lie above four standard deviations.
    assert (found.prominence > 4).mean() < 3e-5


def test_texture_is_measured_in_its_own_units() -> None:
    """In the half that is ten times as rough peaks stand out no more often."""
    image = noise(3, (256, 512))
    image[:, 256:] *= 10
    found = Prominence.of(image, Binning())
    columns = found.peaks(2.5)[:, 1]
    smooth, rough = (columns < 200).sum(), (columns > 312).sum()
    assert rough == pytest.approx(smooth, rel=0.35)


def test_an_edge_is_prominent_but_not_clear_of_what_lies_around() -> None:
    image = 0.05 * noise(4)
    image[:, SIDE // 2 :] += 1
    image += spot(30, 20) * 0.6
    found = Prominence.of(image, Binning())
    beside = np.array([[float(y), SIDE / 2 + 1] for y in range(20, 80)])
    atom, edge = found.at(np.array([[30.0, 20.0]])), found.at(beside)
    assert edge[1].max() < 0.5 * atom[1][0]


def test_a_peak_speaks_for_one_place_alone() -> None:
    image = 0.05 * noise(5) + spot(40, 40)
    found = Prominence.of(image, Binning())
    prominence, _ = found.at(np.array([[40.0, 40.0], [40.0, 42.5], [70.0, 70.0]]))
    alone, _ = found.at(np.array([[40.0, 40.0]]))
    assert prominence[0] == alone[0]
    assert prominence[1] < 0.7 * prominence[0]
    assert prominence[2] < 3


def test_peaks_at_known_places_are_not_given_again() -> None:
    found = Prominence.of(0.05 * noise(6) + spot(40, 40) + spot(60, 30), Binning())
    assert len(found.peaks(8.0)) == 2
    apart = found.peaks_apart(np.array([[41.0, 40.5]]))
    assert np.linalg.norm(apart - [40, 40], axis=1).min() > 3
    assert np.linalg.norm(apart - [60, 30], axis=1).min() < 0.5
    assert len(found.peaks_apart(np.empty((0, 2)))) == len(found.peaks(2.5))


def test_places_are_those_of_the_image_and_not_of_binned_pixels() -> None:
    image = np.kron(0.02 * noise(7) + spot(40, 52), np.ones((2, 3), np.float32))
    found = Prominence.of(image, Binning(2, 3))
    place = Binning(2, 3).undo(np.array([[40.0, 52.0]]))
    peaks = found.peaks(8.0)
    assert np.linalg.norm(peaks - place, axis=1).min() < 0.5
    assert found.at(place)[0][0] > 8


def test_a_flat_image_has_nothing_that_stands_out() -> None:
    found = Prominence.of(np.full((64, 64), 7.0, np.float32), Binning())
    assert np.isfinite(found.prominence).all()
    assert not len(found.peaks(2.5))
