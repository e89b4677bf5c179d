"""Sharp images of one's own as pairs to learn from, or why not."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from recorded_fields import blobs
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ColonnadeWarning, ImageError
from colonnade.core.work.recipe import dumps
from colonnade.sem.library.degradation import InstrumentFit, fit_degradation
from colonnade.sem.library.open import open_pairs, open_split
from colonnade.sem.library.own_images import FITTED, joined_families, open_own_images
from colonnade.sem.simulate.image import Simulation

SIMULATION = Simulation(factor=4, size=(96, 96))


def save(folder: Path, images, suffix: str = "png") -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    for number, image in enumerate(images):
        path = folder / f"image{number}.{suffix}"
        if suffix == "tif":
            tifffile.imwrite(path, image)
        else:
            Image.fromarray(image).save(path)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return save(tmp_path_factory.mktemp("cathode"), [blobs(seed, 200) for seed in range(6)])


def test_pairs_are_parts_of_the_images_and_always_the_same(folder):
    (source,) = open_own_images(folder, SIMULATION)
    pair, again, other = source(7), source(7), source(8)
    assert np.array_equal(pair.low, again.low)
    assert pair.high.shape == (96, 96)
    assert not np.array_equal(pair.high, other.high)
    number = int(str(pair.drawn["picture"]).removeprefix("image"))
    windows = np.lib.stride_tricks.sliding_window_view(blobs(number, 200), (96, 96))
    assert (windows == pair.high).all((2, 3)).any()
    assert pair.material == folder.name
    assert len(source) == 6 * 4


def test_no_image_is_on_both_sides_of_the_split(folder):
    train, test = open_split(folder, SIMULATION)
    assert test is not None
    sides = [{side(number).drawn["picture"] for number in range(60)} for side in (train, test)]
    assert not sides[0] & sides[1]
    assert len(sides[0]) == 5
    assert len(sides[1]) == 1
    assert train.identity != test.identity


def test_the_images_and_what_is_made_of_them_determine_the_identity(folder, tmp_path):
    (source,) = open_own_images(folder, SIMULATION)
    (finer,) = open_own_images(folder, Simulation(factor=2, size=(96, 96)))
    other = save(tmp_path / "other", [blobs(seed, 200) for seed in range(1, 7)])
    (others,) = open_own_images(other, SIMULATION)
    assert len({source.identity, finer.identity, others.identity}) == 3


def test_a_fitted_degradation_in_the_folder_makes_the_coarse_images(tmp_path):
    folder = save(tmp_path, [blobs(seed, 128) for seed in range(5)])
    fitted = fit_degradation([InstrumentFit(0.2, 1000.0, 0.1, 0.3)])
    (folder / FITTED).write_text(dumps(fitted))
    (source,) = open_own_images(folder, SIMULATION)
    assert source(0).drawn["instrument.dose"] == pytest.approx(1000)


def test_float_and_16_bit_images_with_unknown_pixels_are_read(tmp_path):
    images = [100.0 * blobs(seed, 128).astype(np.float32) for seed in range(3)]
    images[1][5, 7] = np.nan
    sixteen = [100 * blobs(seed, 128).astype(np.uint16) for seed in (3, 4)]
    with pytest.warns(ColonnadeWarning, match="1 pixel was NaN"):
        (source,) = open_own_images(save(tmp_path, [*images, *sixteen], "tif"), SIMULATION)
    pairs = [source(number) for number in range(12)]
    assert all(np.isfinite(pair.low).all() and np.isfinite(pair.high).all() for pair in pairs)


def test_too_few_images_are_refused(tmp_path):
    folder = save(tmp_path, [blobs(seed, 128) for seed in range(4)])
    with pytest.raises(ImageError, match="has 4 sharp images that can be used, and 5 are needed"):
        open_pairs(folder, SIMULATION)


def test_frames_of_one_stack_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "stack.tif", np.stack([blobs(seed, 128) for seed in range(8)]))
    with pytest.raises(ImageError, match=r"all 8 images in .* show one field, one stack"):
        open_own_images(tmp_path, SIMULATION)


def test_parts_of_one_mosaic_are_refused(tmp_path):
    mosaic = blobs(1, 400, shortest=20)
    parts = [mosaic[100:300, left : left + 200] for left in (0, 50, 100, 150, 200)]
    with pytest.raises(ImageError, match="one field"):
        open_own_images(save(tmp_path, parts), SIMULATION)


def test_a_folder_in_the_folder_is_one_specimen(tmp_path):
    save(tmp_path / "a", [blobs(seed, 128) for seed in range(4)])
    save(tmp_path / "b", [blobs(seed, 128) for seed in range(4, 8)])
    train, test = open_own_images(tmp_path, SIMULATION, ("train", "test"))
    assert {image.field for image in train.images} | {i.field for i in test.images} == {"a", "b"}
    assert not {i.field for i in train.images} & {i.field for i in test.images}


def test_soft_images_are_binned_which_is_said(tmp_path):
    sharp = [blobs(seed, 400).astype(float) for seed in range(5)]
    rng = np.random.default_rng(0)
    soft = [gaussian_filter(image, 1.8) + rng.normal(0, 1, image.shape) for image in sharp]
    save(tmp_path, [np.rint(image).clip(0, 255).astype(np.uint8) for image in soft])
    with pytest.warns(ColonnadeWarning, match="soft, so that blocks of 2 x 2 pixels are averaged"):
        (source,) = open_own_images(tmp_path, SIMULATION)
    assert {image.shape for image in source.images} == {(200, 200)}
    assert {source(number).high.shape for number in range(3)} == {(96, 96)}


def test_images_of_nothing_but_noise_are_refused(tmp_path):
    rng = np.random.default_rng(0)
    noise = [rng.integers(90, 160, (128, 128)).astype(np.uint8) for _ in range(5)]
    with pytest.raises(ImageError, match="nothing but noise beyond"):
        open_own_images(save(tmp_path, noise), SIMULATION)


def test_small_images_and_files_that_are_none_are_left_out(tmp_path):
    save(tmp_path, [blobs(seed, 128) for seed in range(6)])
    Image.fromarray(blobs(9, 90)).save(tmp_path / "small.png")
    (tmp_path / "broken.tif").write_bytes(b"no image")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        (source,) = open_own_images(tmp_path, SIMULATION)
    sentences = " ".join(str(warning.message) for warning in said)
    assert "1 images are smaller than 96 x 96 px and are left out: small" in sentences
    assert "broken.tif is left out" in sentences
    assert len(source.images) == 6


def test_families_that_share_a_field_are_one():
    assert joined_families(["a", "a", "b", "c", "d"], [0, 1, 1, 3, 0]) == ["a", "a", "a", "c", "a"]
