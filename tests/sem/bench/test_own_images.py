"""A user's sharp images, made coarse; noisy ones are split."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from scipy.ndimage import gaussian_filter

from colonnade.core.bench.case import Case
from colonnade.core.errors import ImageError
from colonnade.sem.bench import own_images
from colonnade.sem.bench.own_images import diagonals, draw_own_image, list_cases, tiles
from colonnade.sem.bench.test_images import NOISE

SHAPE = (300, 340)


def scene(noise: float) -> np.ndarray:
    rng = np.random.default_rng(2)
    image = 100 + 400 * gaussian_filter(rng.standard_normal(SHAPE), 4)
    return (image + noise * rng.standard_normal(SHAPE)).astype(np.float32)


def folder_with(path: Path, *images: np.ndarray) -> Path:
    for number, image in enumerate(images):
        tifffile.imwrite(path / f"image-{number}.tif", image)
    return path


def test_the_diagonals_share_what_is_smooth_and_no_noise() -> None:
    first, second = diagonals(scene(0))
    assert np.abs(first - second).max() < 0.2 * np.ptp(first)
    noise = np.random.default_rng(1).standard_normal((200, 200)).astype(np.float32)
    first, second = diagonals(noise)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.03
    assert first.var() == pytest.approx(0.5, rel=0.05)


def test_a_clean_image_is_its_own_truth(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, scene(0))
    case = next(iter(list_cases(folder, 4, quick=True)))
    made = draw_own_image(case, folder)
    assert (case.series, made.noise, made.pair.factor) == ("own x4", 0.0, 4)
    side = made.pair.high.shape[0]
    assert side == 288
    part = scene(0)[:side, :side]
    assert np.corrcoef(made.pair.high.ravel(), part.ravel())[0, 1] == pytest.approx(1, abs=1e-6)


def test_a_noisy_image_is_split_and_its_noise_is_known(tmp_path: Path) -> None:
    sigma = 12.0
    folder = folder_with(tmp_path, scene(sigma))
    made = draw_own_image(Case("own x4", NOISE.name, NOISE.steps[0], 0), folder)
    assert made.pair.high.shape == (144, 144)
    # The mean of two pixels has half the variance; grey levels were brought to electrons.
    _, truth = diagonals(scene(0)[:288, :288])
    scale = np.polyfit(truth.ravel(), made.pair.high.ravel(), 1)[0]
    assert np.sqrt(made.noise) / scale == pytest.approx(sigma / np.sqrt(2), rel=0.15)


def test_dose_is_the_mean_number_of_electrons(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, scene(0))
    made = draw_own_image(Case("own x4", NOISE.name, NOISE.steps[3], 0), folder)
    assert made.pair.low.mean() == pytest.approx(30, rel=0.05)


def test_small_images_are_left_out_and_large_ones_cut(tmp_path: Path) -> None:
    small = np.zeros((100, 100), np.float32)
    with pytest.raises(ImageError, match="128 pixels a side"):
        tiles(folder_with(tmp_path, small))
    wide = tmp_path / "wide"
    wide.mkdir()
    folder_with(wide, scene(0), np.tile(scene(0), (2, 3)))
    found = tiles(wide)
    assert [tile.side for tile in found] == [288, *[own_images.SIDE] * 2]
    assert len({(tile.path, tile.corner) for tile in found}) == len(found)
