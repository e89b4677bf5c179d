"""What the network is taught: where each pixel's column is, and where nothing is taught."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.masks import masks
from colonnade.atoms.train.targets import label_maps

SHAPE = (40, 64)

seeds = st.integers(0, 2**32 - 1)


def truth(positions: object, detectable: object = 1) -> Columns:
    y, x = np.reshape(np.asarray(positions, float), (-1, 2)).T
    return Columns(y=y, x=x).with_labels(detectable=detectable)


def apart(seed: int, shape: tuple[int, int] = SHAPE, spacing: int = 8) -> np.ndarray:
    """Positions anywhere in the image, none nearer to another than 3 px."""
    rng = np.random.default_rng(seed)
    rows, columns = np.meshgrid(
        np.arange(spacing // 2, shape[0], spacing), np.arange(spacing // 2, shape[1], spacing)
    )
    positions = np.stack([rows.ravel(), columns.ravel()], 1)
    moved = positions + rng.uniform(-0.5, 0.5, positions.shape) * (spacing - 3)
    kept = moved[rng.random(len(moved)) < 0.7]
    return np.clip(kept, -0.49, np.array(shape) - 0.51)


def distance_map(positions: np.ndarray, shape: tuple[int, int] = SHAPE) -> np.ndarray:
    """Distance of every pixel to the nearest position, the slow way."""
    if not len(positions):
        return np.full(shape, np.inf)
    y, x = np.indices(shape)
    every = [np.hypot(y - py, x - px) for py, px in positions]
    return np.min(every, axis=0)


@given(seed=seeds)
def test_the_offset_at_the_nearest_pixel_is_what_rounding_took(seed: int) -> None:
    positions = apart(seed)
    maps = label_maps(truth(positions), SHAPE, 1.25)
    y, x = np.round(positions).astype(int).T
    expected = positions - np.round(positions)
    np.testing.assert_allclose(maps["offset"][:, y, x].T, expected, atol=1e-6)
    assert maps["near"][y, x].all()


@given(seed=seeds)
def test_every_offset_that_counts_leads_to_the_nearest_column(seed: int) -> None:
    positions = apart(seed)
    maps = label_maps(truth(positions), SHAPE, 1.25)
    near = np.argwhere(maps["near"])
    target = near + maps["offset"][:, *near.T].T
    gaps = np.linalg.norm(target[:, None] - positions[None], axis=2)
    np.testing.assert_allclose(gaps.min(axis=1, initial=np.inf), 0, atol=1e-5)
    lengths = np.hypot(*maps["offset"][:, *near.T])
    np.testing.assert_allclose(lengths, distance_map(positions)[tuple(near.T)], atol=1e-5)
    assert (lengths <= np.hypot(1.5, 1.5) + 1e-6).all()


@given(seed=seeds, sigma=st.floats(0.6, 3))
def test_the_mask_is_the_gaussian_of_the_distance_to_the_nearest_column(
    seed: int, sigma: float
) -> None:
    positions = apart(seed)
    mask = label_maps(truth(positions), SHAPE, sigma)["mask"]
    expected = np.exp(-0.5 * (distance_map(positions) / sigma) ** 2)
    np.testing.assert_allclose(mask, expected, atol=np.exp(-8))


@given(seed=seeds)
def test_nothing_is_taught_only_around_columns_that_cannot_be_detected(seed: int) -> None:
    positions = apart(seed, spacing=5)
    detectable = np.random.default_rng(seed).random(len(positions)) < 0.5
    certain = label_maps(truth(positions, detectable), SHAPE, 1.25)["certain"]
    to_detectable, to_others = (
        distance_map(positions[chosen]).astype(np.float32) for chosen in (detectable, ~detectable)
    )
    clear = (np.abs(to_others - 2.5) > 1e-3) & ~(np.abs(to_detectable - to_others) < 1e-3)
    expected = ~((to_others < 2.5) & (to_others < to_detectable))
    np.testing.assert_array_equal(certain[clear], expected[clear])


def test_the_offset_counts_in_three_by_three_pixels() -> None:
    for y, x in ((10.0, 20.0), (10.3, 20.4), (9.6, 20.2)):
        near = np.argwhere(label_maps(truth([[y, x]]), SHAPE, 1.25)["near"])
        assert near.min(0).tolist() == [9, 19]
        assert near.max(0).tolist() == [11, 21]
        assert len(near) == 9


def test_columns_that_cannot_be_detected_leave_no_mark_on_the_mask() -> None:
    both = label_maps(truth([[10.2, 20.4], [25.3, 41.8]], [1, 0]), SHAPE, 1.25)
    one = label_maps(truth([[10.2, 20.4]]), SHAPE, 1.25)
    for name in ("mask", "offset", "near"):
        np.testing.assert_array_equal(both[name], one[name])
    assert both["certain"][25, 42] == 0
    assert both["certain"][10, 20] == 1
    assert one["certain"].all()


@pytest.mark.parametrize(
    "position", [(-0.49, -0.49), (39.49, 63.49), (0.0, 30.3), (39.4, 0.2), (-0.5, 63.5)]
)
def test_columns_on_the_border_are_taught(position: tuple[float, float]) -> None:
    maps = label_maps(truth([position]), SHAPE, 1.25)
    y, x = np.clip(np.round(position).astype(int), 0, [39, 63])
    np.testing.assert_allclose(maps["offset"][:, y, x], np.array(position) - [y, x], atol=1e-6)
    assert maps["near"][y, x] == 1
    assert maps["mask"].argmax() == y * SHAPE[1] + x
    np.testing.assert_allclose(
        maps["mask"], np.exp(-0.5 * (distance_map(np.array([position])) / 1.25) ** 2), atol=4e-4
    )


def test_an_image_without_columns_teaches_background_everywhere() -> None:
    maps = label_maps(truth([]), SHAPE, 1.25)
    assert not maps["mask"].any()
    assert not maps["near"].any()
    assert maps["certain"].all()


def test_of_two_columns_on_one_pixel_the_nearer_is_taught() -> None:
    for order in ([0, 1], [1, 0]):
        positions = np.array([[10.1, 20.0], [10.3, 20.4]])[order]
        maps = label_maps(truth(positions), SHAPE, 1.25)
        np.testing.assert_allclose(maps["offset"][:, 10, 20], [0.1, 0.0], atol=1e-6)


@given(seed=seeds)
def test_turning_the_image_turns_the_labels(seed: int) -> None:
    """Transposing exchanges y and x everywhere, so neither is mistaken for the other."""
    positions = apart(seed)
    maps = label_maps(truth(positions), SHAPE, 1.25)
    turned = label_maps(truth(positions[:, ::-1]), SHAPE[::-1], 1.25)
    np.testing.assert_allclose(turned["mask"], maps["mask"].T, atol=1e-6)
    near = maps["near"] > 0
    np.testing.assert_array_equal(turned["near"].T > 0, near)
    np.testing.assert_allclose(
        turned["offset"].transpose(0, 2, 1)[::-1][:, near], maps["offset"][:, near], atol=1e-6
    )


def test_the_maps_are_of_the_type_that_networks_take() -> None:
    maps = label_maps(truth([[3.0, 4.0]]), SHAPE, 1.25)
    assert {name: (values.shape, values.dtype) for name, values in maps.items()} == {
        "mask": (SHAPE, np.float32),
        "certain": (SHAPE, np.float32),
        "offset": ((2, *SHAPE), np.float32),
        "near": (SHAPE, np.float32),
        "variance": (SHAPE, np.float32),
    }


def test_what_noise_allows_is_the_bound_of_a_gaussian_peak() -> None:
    columns = replace(truth([[10.2, 20.4], [30.0, 8.0]]), width=np.array([2.0, 3.0]))
    columns = columns.with_labels(snr=[10.0, 6.0])
    variance = label_maps(columns, SHAPE, 1.25)["variance"]
    # Peak of height A on white noise s: SNR = A sigma sqrt(pi) / s, and the bound on a position
    # is s sqrt(2 / pi) / A.
    assert variance[10, 20] == pytest.approx(2 * 2.0**2 / 10.0**2)
    assert variance[30, 8] == pytest.approx(2 * 3.0**2 / 6.0**2)
    assert variance[0, 0] == 0


def spread_out(seed: int, shape: tuple[int, int], spacing: int) -> Columns:
    """Columns near the crossings of a grid, as far from each other as that allows."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[spacing : shape[0] - spacing : spacing, spacing : shape[1] - spacing : spacing]
    places = np.stack([y.ravel(), x.ravel()], 1) + rng.uniform(-0.5, 0.5, (y.size, 2))
    return Columns(y=places[:, 0], x=places[:, 1], width=np.full(y.size, 2.0))


@given(seed=st.integers(0, 2**32 - 1), width=st.floats(1.0, 3.5))
def test_the_centres_of_masks_are_the_columns_to_a_hundredth_of_a_pixel(
    seed: int, width: float
) -> None:
    shape, spacing = (90, 130), 24
    columns = replace(spread_out(seed, shape, spacing), width=np.full(8, width))
    reach = np.arange(-11, 12)
    for mask in masks(columns, shape).values():
        assert mask.dtype == np.uint8
        assert mask.shape == shape
        off = []
        for y, x in columns.positions:
            rows, across = np.round([y, x]).astype(int)[:, None] + reach
            part = mask[np.ix_(rows, across)].astype(float)
            off += [part.sum(1) @ rows / part.sum() - y, part.sum(0) @ across / part.sum() - x]
        assert np.sqrt(np.mean(np.square(off))) < 0.01


def test_masks_follow_the_width_but_do_not_touch() -> None:
    shape = (90, 130)
    areas = {}
    for width in (1.5, 3.0, 50.0):
        columns = replace(spread_out(0, shape, 24), width=np.full(8, width))
        made = masks(columns, shape)
        areas[width] = {name: (mask > 127).sum() / 8 for name, mask in made.items()}
        _, pieces = ndimage.label(made["circular_mask"] > 127)
        assert pieces == 8
    for width, radius in ((1.5, 2.25), (3.0, 4.5), (50.0, 0.45 * 24)):
        assert areas[width]["circular_mask"] == pytest.approx(np.pi * radius**2, rel=0.06)
        small = areas[width]["small_circular_mask"]
        assert small == pytest.approx(np.pi * radius**2 / 4, rel=0.15)


@pytest.mark.parametrize("places", [[], [(-0.4, 5.0)], [(19.4, 29.4), (0.0, 0.0)]])
def test_masks_reach_the_border(places: list[tuple[float, float]]) -> None:
    y, x = np.reshape(places, (-1, 2)).T
    made = masks(Columns(y=y, x=x, width=np.full(y.size, 1.5)), (20, 30))
    for mask in made.values():
        inside = mask[np.round(y).astype(int), np.round(x).astype(int)]
        assert (inside > 200).all()
        assert mask.any() == bool(len(places))


def test_where_nobody_knows_the_width_masks_follow_the_spacing() -> None:
    shape = (90, 130)
    wide = replace(spread_out(0, shape, 24), width=np.full(8, 50.0))
    unknown = replace(wide, width=np.full(8, np.nan))
    for name, mask in masks(unknown, shape).items():
        np.testing.assert_array_equal(mask, masks(wide, shape)[name])
    assert masks(unknown[:1], shape)["circular_mask"].any()
