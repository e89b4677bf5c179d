"""Scores: known answers score as arithmetic says, in one image and in several together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.bench import case
from colonnade.atoms.bench.measure import (
    COLUMNS,
    GATE_NM,
    GATE_SHARE,
    gate,
    measure,
    nothing_found,
    pool,
    scores_of,
)
from colonnade.atoms.columns import Columns
from colonnade.core.bench.case import Case
from colonnade.core.images.micrograph import Micrograph

SPACING, COUNT, PIXEL = 12.0, 10, 0.02
"""Distance [px] and number along each side of the columns of a square lattice; pixel [nm]."""

REACH = GATE_SHARE * SPACING
"""Gate, and width of the border [px]."""

CASE = Case("SrTiO3 [100]", "noise", 10.0, 0)

seeds = st.integers(0, 2**32 - 1)


def lattice() -> np.ndarray:
    """Columns none of which is near the border."""
    y, x = np.meshgrid(*2 * [(np.arange(COUNT) + 0.5) * SPACING])
    return np.stack([y.ravel(), x.ravel()], axis=1)


def lattice_image(
    detectable: np.ndarray | None = None, crlb: float = 0.5, pixel: float | None = PIXEL
) -> case.TestImage:
    y, x = lattice().T
    detectable = np.ones(len(y), int) if detectable is None else detectable
    truth = Columns(y, x).with_labels(detectable=detectable)
    side = int(COUNT * SPACING)
    size = None if pixel is None else (pixel, pixel)
    image = Micrograph(np.zeros((side, side), np.float32), size)
    return case.TestImage(CASE, image, truth, np.full((len(y), 2), crlb))


def columns(positions: np.ndarray, sigma: float = np.nan) -> Columns:
    y, x = np.reshape(positions, (-1, 2)).T
    return Columns(y, x, sigma_y=np.full(len(y), sigma), sigma_x=np.full(len(y), sigma))


def test_the_gate_is_a_share_of_the_spacing_and_never_wider_than_90_pm() -> None:
    assert gate(lattice_image()) == pytest.approx(min(REACH, GATE_NM / PIXEL))


def test_the_truth_scores_full_marks() -> None:
    result = measure(lattice_image(), columns(lattice()))
    assert (result.recall, result.precision, result.rms_pm) == (1, 1, 0)
    assert (result.found, result.missed, result.false) == (100, 0, 0)


@given(angle=st.floats(0, 6.3), length=st.floats(1e-3, 4.4), seed=seeds)
def test_a_shift_is_error_and_bias_and_nothing_else(
    angle: float, length: float, seed: int
) -> None:
    shift = length * np.array([np.sin(angle), np.cos(angle)])
    shuffled = np.random.default_rng(seed).permutation(lattice() + shift)
    result = measure(lattice_image(), columns(shuffled))
    assert (result.recall, result.precision) == (1, 1)
    assert result.rms_pm == pytest.approx(1000 * PIXEL * length)
    assert result.p95_pm == pytest.approx(1000 * PIXEL * length)
    assert result.bias_y_pm == pytest.approx(1000 * PIXEL * shift[0])
    assert result.bias_x_pm == pytest.approx(1000 * PIXEL * shift[1])


@given(lost=st.integers(0, 100), seed=seeds)
def test_thinned_truth_loses_recall_alone(lost: int, seed: int) -> None:
    left = np.random.default_rng(seed).permutation(lattice())[lost:]
    result = measure(lattice_image(), columns(left))
    assert result.recall == pytest.approx(1 - lost / 100)
    assert np.isnan(result.precision) if lost == 100 else result.precision == 1


@given(more=st.integers(0, 81), seed=seeds)
def test_polluted_truth_loses_precision_alone(more: int, seed: int) -> None:
    y, x = np.meshgrid(*2 * [np.arange(1, COUNT) * SPACING])
    gaps = np.random.default_rng(seed).permutation(np.stack([y.ravel(), x.ravel()], 1))
    result = measure(lattice_image(), columns(np.concatenate([lattice(), gaps[:more]])))
    assert result.recall == 1
    assert result.precision == pytest.approx(100 / (100 + more))


def test_columns_that_are_not_to_be_found_are_neither_missed_nor_false() -> None:
    detectable = np.arange(100) % 2
    everything = measure(lattice_image(detectable), columns(lattice()))
    only = measure(lattice_image(detectable), columns(lattice()[detectable > 0]))
    assert (everything.recall, everything.precision) == (only.recall, only.precision) == (1, 1)


def test_errors_are_told_in_units_of_the_crlb_and_of_their_own_error_bars() -> None:
    rng = np.random.default_rng(0)
    errors = rng.normal(0, 0.5, (20, 100, 2))
    drawn = [measure(lattice_image(), columns(lattice() + error, 0.5)) for error in errors]
    assert np.mean([one.crlb_ratio for one in drawn]) == pytest.approx(1, abs=0.05)
    assert np.mean([one.within_1 for one in drawn]) == pytest.approx(0.683, abs=0.03)
    assert np.mean([one.within_2 for one in drawn]) == pytest.approx(0.954, abs=0.02)


def test_without_a_pixel_size_the_gate_is_the_share_alone_and_no_length_is_known() -> None:
    image = lattice_image(pixel=None)
    assert gate(image) == pytest.approx(REACH)
    result = measure(image, columns(lattice() - 0.5, 1.0))
    # The outermost row and column are within the gate of the border.
    assert (result.found, result.recall) == (81, 1)
    lengths = (result.rms_pm, result.bias_y_pm, result.bias_x_pm, result.p95_pm)
    assert np.isnan(lengths).all()
    # Its own error bars and the CRLB are in pixels.
    assert result.within_1 == 1
    assert result.crlb_ratio == pytest.approx(1 / 0.67449, rel=1e-4)


def test_the_gate_follows_the_nearest_neighbours_and_spacing_the_typical_ones() -> None:
    # Ten of a hundred columns have a neighbour at half the distance.
    close = lattice()[:5] + np.array([SPACING / 2, 0])
    y, x = np.concatenate([lattice(), close]).T
    truth = Columns(y, x).with_labels(detectable=np.ones(len(y), int))
    whole = lattice_image(pixel=None)
    image = case.TestImage(CASE, whole.image, truth, np.full((len(y), 2), np.nan))
    assert gate(image) == pytest.approx(GATE_SHARE * SPACING / 2)
    assert image.spacing == SPACING


@pytest.mark.parametrize("count", [0, 1])
def test_without_neighbours_the_spacing_is_a_usual_one(count: int) -> None:
    image = lattice_image((np.arange(100) < count).astype(int))
    assert image.spacing == pytest.approx(case.USUAL_NM / PIXEL)
    assert image.input.spacing == image.spacing
    assert gate(image) == pytest.approx(GATE_NM / PIXEL)
    unknown = lattice_image((np.arange(100) < count).astype(int), pixel=None)
    assert unknown.spacing == COUNT * SPACING


def test_where_there_is_nothing_whatever_is_found_is_false() -> None:
    empty = Columns(np.empty(0), np.empty(0)).with_labels(detectable=np.empty(0, int))
    image = case.TestImage(CASE, lattice_image().image, empty, np.empty((0, 2)))
    nothing, three = measure(image, empty), measure(image, Columns(*lattice()[44:47].T))
    assert np.isnan([nothing.recall, nothing.precision, three.recall]).all()
    assert (nothing.false, three.false, three.precision) == (0, 3, 0)


def test_a_method_that_failed_has_missed_everything_and_invented_nothing() -> None:
    image = lattice_image()
    scores = scores_of(image, nothing_found(image))
    assert tuple(scores) == COLUMNS
    assert (scores["found"], scores["missed"], scores["false"]) == (0, 100, 0)
    assert scores["recall"] == 0
    assert np.isnan([scores["precision"], scores["rms_pm"], scores["crlb_ratio"]]).all()


def table(*rows: dict[str, float]) -> dict[str, np.ndarray]:
    """Columns of the table of scores; what is not said is unknown."""
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in COLUMNS}


def test_scores_of_several_images_are_those_of_all_their_columns() -> None:
    first = {"found": 30, "missed": 10, "false": 0, "rms_pm": 3.0, "within_1": 0.5}
    second = {"found": 10, "missed": 0, "false": 5, "rms_pm": 5.0}
    third = {"found": 0, "missed": 0, "false": 5}
    scores = pool(table(first, second, third))
    assert scores["recall"] == pytest.approx(40 / 50)
    assert scores["precision"] == pytest.approx(40 / 50)
    assert scores["rms_pm"] == pytest.approx(np.sqrt((30 * 9 + 10 * 25) / 40))
    # The second image has no error bars, so the first alone speaks of them.
    assert scores["within_1"] == 0.5
    assert np.isnan(scores["crlb_ratio"])


def test_means_give_each_image_the_weight_of_its_columns() -> None:
    none = {"missed": 0, "false": 0}
    few, many = (none | {"found": n, "bias_y_pm": bias} for n, bias in ((1, 4), (3, 8)))
    assert pool(table(few, many))["bias_y_pm"] == pytest.approx((1 * 4 + 3 * 8) / 4)


def test_where_nothing_is_found_nothing_but_the_recall_is_known() -> None:
    scores = pool(table({"found": 0, "missed": 7, "false": 0}))
    assert scores["recall"] == 0
    assert np.isnan([scores["precision"], scores["rms_pm"], scores["within_2"]]).all()


@given(seed=seeds)
def test_redrawn_images_are_pooled_one_draw_at_a_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one = {name: rng.uniform(1, 9, 5) for name in COLUMNS}
    chosen = rng.integers(5, size=(3, 5))
    together = pool({name: values[chosen] for name, values in one.items()})
    apart = [pool({name: values[draw] for name, values in one.items()}) for draw in chosen]
    for name, values in together.items():
        np.testing.assert_allclose(values, [scores[name] for scores in apart])
