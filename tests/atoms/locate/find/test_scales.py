"""Images are shown to the network at the right scale and the right way up, with nothing told."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import colonnade
from colonnade import ColonnadeWarning, Columns, Model
from colonnade.atoms.card import AtomsCard
from colonnade.atoms.locate.find.scales import InputScale, Search, finer_binning, join
from colonnade.core.images.binning import Binning

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load("atoms")


def lattice(spacing: float = 13.0, width: float = 2.3, count: int = 8) -> tuple[Array, Array]:
    """Electrons that are expected of bright columns, and where these are."""
    side = round(count * spacing)
    along = spacing / 2 + spacing * np.arange(count)
    positions = np.stack(np.meshgrid(along, along, indexing="ij"), -1).reshape(-1, 2)
    y, x = (np.exp(-0.5 * ((np.arange(side)[:, None] - along) / width) ** 2) for _ in "yx")
    return 30 + 300 * y.sum(1)[:, None] * x.sum(1), positions


def recorded(expected: Array, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).poisson(expected).astype(np.float32)


def quietly(image: NDArray[np.float32], model: Model, pixel_size: float | None = None) -> Columns:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ColonnadeWarning)
        return colonnade.locate(image, pixel_size=pixel_size, model=model)


def assert_found(columns: Columns, positions: Array, gate: float) -> None:
    """Every column is found once, and nothing else."""
    assert len(columns) == len(positions)
    distance, nearest = cKDTree(columns.positions).query(positions)
    assert len(set(nearest)) == len(positions)
    assert distance.max() < gate


@given(st.floats(2e-3, 0.1), st.integers(1, 4), st.booleans())
def test_binning_brings_every_pixel_size_near_what_is_known(
    size: float, ratio: int, turned: bool
) -> None:
    """Between the limits of the model, or not at all where pixels are too coarse for it."""
    model = Model.load("atoms")
    low, high = AtomsCard.of(model.card).pixel_size
    pixel = np.array([size, size / ratio])[:: -1 if turned else 1]
    image = recorded(np.full((200, 200), 3.0))
    binning = Search(image, model).best_scale((float(pixel[0]), float(pixel[1]))).binning
    shown = pixel * [binning.y, binning.x]
    assert shown[0] == pytest.approx(shown[1], rel=1e-6)
    assert shown.max() < 1.31 * high or max(binning.y, binning.x) == ratio
    assert shown.min() > 0.79 * low


def test_dark_columns_are_those_of_the_image_turned_over(model: Model) -> None:
    expected, positions = lattice()
    bright = recorded(expected)
    dark = 1000 - bright
    with pytest.warns(ColonnadeWarning, match="the columns are dark"):
        found = colonnade.locate(dark, pixel_size=0.02, model=model)
    plain = quietly(bright, model, 0.02)
    assert_found(plain, positions, 0.3)
    np.testing.assert_allclose(found.positions, plain.positions, atol=2e-2)
    np.testing.assert_allclose(found.intensity, -plain.intensity, rtol=2e-2)
    np.testing.assert_allclose(found.width, plain.width, rtol=1e-2)
    np.testing.assert_allclose(found.labels["snr"], plain.labels["snr"], rtol=1e-2)
    assert (plain.intensity > 0).all()


def test_bright_columns_are_not_called_dark(model: Model) -> None:
    """Not even where they are so close that the gaps between them stand alone."""
    for spacing, width in ((13.0, 2.3), (8.0, 2.0), (7.0, 1.8)):
        expected, _ = lattice(spacing, width, count=14)
        assert not Search(recorded(expected), model).best_scale((0.02, 0.02)).dark


@pytest.mark.parametrize("finer", [1, 2, 4])
def test_without_a_calibration_fine_images_are_binned(finer: int, model: Model) -> None:
    """So that the columns are as far apart as they were before the pixels were made finer."""
    expected, positions = lattice(13.0 * finer, 2.3 * finer)
    image = recorded(expected / finer**2)
    scale = Search(image, model).best_scale(None)
    assert scale.binning.y == scale.binning.x
    assert 6 <= 13.0 * finer / scale.binning.y <= 26
    assert not scale.dark
    assert_found(quietly(image, model), positions, 0.4 * finer + 0.3)


@pytest.mark.parametrize("spacing", [5.0, 6.0])
def test_without_a_calibration_coarse_images_are_left_as_they_are(
    spacing: float, model: Model
) -> None:
    expected, _ = lattice(spacing, 0.2 * spacing, count=18)
    scale = Search(recorded(expected), model).best_scale(None)
    assert (scale.binning.y, scale.binning.x) == (1, 1)


@pytest.mark.parametrize("change", [lambda image: 40 * image - 900, lambda image: image / 7])
def test_gain_and_black_level_do_not_change_the_setting(
    change: Callable[[NDArray[np.float32]], NDArray[np.float32]], model: Model
) -> None:
    image = recorded(lattice(26.0, 4.6, count=5)[0])
    assert Search(change(image), model).best_scale(None) == Search(image, model).best_scale(None)


def test_a_pixel_size_forbids_what_the_model_does_not_know(model: Model) -> None:
    """Even where the image alone would be binned."""
    image = recorded(lattice(26.0, 4.6, count=5)[0])
    low, high = AtomsCard.of(model.card).pixel_size
    coarse = Search(image, model).best_scale((high, high))
    assert (coarse.binning.y, coarse.binning.x) == (1, 1)
    fine = Search(image, model).best_scale((low / 4, low / 4))
    assert fine.binning.y >= 3


@pytest.mark.parametrize("by", [(2, 2), (3, 3), (1, 3), (2, 1)])
def test_finer_pixels_on_the_same_scale_give_the_same_candidates(
    by: tuple[int, int], model: Model
) -> None:
    image = recorded(lattice()[0])
    fine = np.kron(image, np.ones(by, np.float32))
    coarse = Search(image, model).on_scale(InputScale(Binning(1, 1), dark=False), "offset", "mask")
    found = Search(fine, model).on_scale(InputScale(Binning(*by), dark=False), "offset", "mask")
    np.testing.assert_allclose(Binning(*by).apply_to(found[0]), coarse[0], atol=1e-3)
    np.testing.assert_allclose(found[1], coarse[1], atol=1e-4)


@pytest.mark.parametrize(
    ("binning", "half"), [((1, 1), (1, 1)), ((2, 2), (1, 1)), ((8, 8), (4, 4)), ((2, 6), (1, 3))]
)
def test_the_finer_scale_is_about_half_along_both_axes(
    binning: tuple[int, int], half: tuple[int, int]
) -> None:
    assert finer_binning(Binning(*binning)) == Binning(*half)


def test_two_scales_are_joined_without_doubles() -> None:
    """Two that the fine scale plainly parts replace one, a doubtful pair does not."""
    coarse = np.array([[10.0, 10.0], [10.0, 30.0], [10.0, 50.0]]), np.array([0.9, 0.8, 0.7])
    fine = (
        np.array([[10.0, 9.0], [10.0, 11.0], [10.0, 30.4], [9.0, 50.0], [11.0, 50.0], [30, 30]]),
        np.array([0.8, 0.6, 0.95, 0.9, 0.3, 0.7]),
    )
    positions, score = join(coarse, fine, near=3.0)
    kept = [tuple(place) for place in positions.tolist()]
    assert {(10.0, 9.0), (10.0, 11.0), (10.0, 30.0), (10.0, 50.0), (30.0, 30.0)} == set(kept)
    assert len(kept) == len(score) == 5
    for one, other in ((coarse, (np.empty((0, 2)), np.empty(0))), (coarse, coarse)):
        assert len(join(one, other, near=3.0)[0]) == 3


def test_nothing_is_found_beyond_the_border(model: Model) -> None:
    """Where binning pads an image, the padding holds no columns."""
    expected, _ = lattice(39.0, 6.9, count=5)
    image = recorded(expected)[:190, :187]
    search = Search(image, model)
    for detect in ("mask", "hough"):
        scale = search.best_scale(None)
        positions, score = search.candidates(scale, "offset", detect)
        assert len(positions) == len(score) > 0
        assert (positions >= -0.5).all()
        assert (positions <= np.array(image.shape) - 0.5).all()
