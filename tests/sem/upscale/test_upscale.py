"""A finer image keeps what the measured one is: its type, grey scale, calibration and words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_model import INTERVAL_FACTOR, balls

import colonnade
from colonnade.core.errors import ColonnadeWarning, ImageError, ModelError
from colonnade.core.files.canvas import Memory, Sheet
from colonnade.core.files.source import held_source
from colonnade.core.files.write import write_tiff
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume
from colonnade.core.learn.model import Model
from colonnade.core.learn.slice_work import tiling
from colonnade.core.work.record import MemoryMarks
from colonnade.sem.conditions import Conditions
from colonnade.sem.upscale import upscale as module
from colonnade.sem.upscale.maps import Outputs
from colonnade.sem.upscale.predict import predict
from colonnade.sem.upscale.upscale import Work, choose_model, conditions_of, upscale

TYPES = ["uint8", "int8", "uint16", "int16", "int32", "float16", "float32", "float64"]


@pytest.mark.parametrize("dtype", TYPES)
def test_type_and_grey_scale_stay(model: Model, dtype: str) -> None:
    offset = 100 if dtype == "int8" else 0
    image = (balls() / (2 if dtype == "int8" else 1) - offset).astype(dtype)
    found = upscale(image, model=model)
    assert found.image.pixels.dtype == dtype
    assert found.half_width.dtype == np.float32
    assert found.image.shape == found.half_width.shape == (80, 112)
    expected = predict(model, image.astype(np.float32))
    whole = np.dtype(dtype).kind in "iu"
    levels = expected.image.clip(*_limits(dtype)) if whole else expected.image
    off = np.abs(found.image.pixels.astype(float) - levels)
    assert off.max() <= (0.501 if whole else 0.07 if dtype != "float16" else 0.2)
    half_width = INTERVAL_FACTOR * expected.half_width
    np.testing.assert_allclose(found.half_width, half_width, rtol=1e-4)


def _limits(dtype: str) -> tuple[int, int]:
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


@pytest.mark.parametrize("tile", [16, 24])
def test_tiled_equals_whole(model: Model, monkeypatch: pytest.MonkeyPatch, tile: int) -> None:
    image = balls((53, 67)).astype(np.float32)
    whole = upscale(image, model=model)
    monkeypatch.setattr(module, "tiling", lambda card: replace(tiling(card), tile=tile))
    tiled = upscale(image, model=model)
    scale = float(image.std())
    for one, other in (
        (whole.image.pixels, tiled.image.pixels),
        (whole.half_width, tiled.half_width),
    ):
        np.testing.assert_allclose(other, one, atol=1e-5 * scale)
    assert tiled.assessment.mean_half_width == pytest.approx(whole.half_width.mean(), rel=1e-5)


def test_calibration_is_divided_and_metadata_stay(model: Model) -> None:
    image = Micrograph(balls(), (3.0, 5.0), "powder", {"microscope": {"voltage_kV": 5.0}})
    found = upscale(image, model=model)
    assert isinstance(found.image, Micrograph)
    assert found.image.pixel_size == (1.5, 2.5)
    assert found.image.name == "powder"
    assert found.image.metadata["microscope"] == {"voltage_kV": 5.0}
    assert found.to_json()["metadata"]["microscope"] == {"voltage_kV": 5.0}
    assert found.to_json()["pixel_size"] == [1.5, 2.5]
    assert upscale(image, model=model, pixel_size=(8, 4)).image.pixel_size == (4.0, 2.0)
    assert "80 x 112 pixels of 2.5 nm" in found.sentence
    assert upscale(balls(), model=model).image.pixel_size is None


def test_brightness_and_contrast_come_back(model: Model) -> None:
    image = balls()
    plain, changed = (upscale(each, model=model) for each in (image, 40 * image + 700))
    np.testing.assert_allclose(changed.image.pixels, 40 * plain.image.pixels + 700, rtol=1e-3)
    np.testing.assert_allclose(changed.half_width, 40 * plain.half_width, rtol=1e-3)


def test_what_is_broken_is_mended_and_said(model: Model) -> None:
    image = balls()
    image[7] = 0
    image[20, 30] = np.nan
    with pytest.warns(ColonnadeWarning) as said:
        found = upscale(image, model=model)
    notes = [str(each.message) for each in said]
    assert any("row 7 was dead" in note for note in notes)
    assert any("1 pixel was NaN" in note for note in notes)
    assert list(found.notes) == notes
    assert np.isfinite(found.image.pixels).all()
    assert found.image.pixels[14:16].min() > 10


def test_nobody_knows_how_far_off_the_answer_is_where_nothing_was_measured(model: Model) -> None:
    image = balls().astype(np.float32)
    image[:, :20] = np.nan
    image[9, 40] = np.inf
    with pytest.warns(ColonnadeWarning, match="801 pixels were NaN"):
        found = upscale(image, model=model)
    unknown = np.zeros(image.shape, bool)
    unknown[:, :20] = unknown[9, 40] = True
    assert np.array_equal(np.isnan(found.half_width), unknown.repeat(2, 0).repeat(2, 1))
    assert np.isfinite(found.image.pixels).all()
    mean = np.nanmean(found.half_width, dtype=float)
    assert found.assessment.mean_half_width == pytest.approx(mean, rel=1e-5)


def test_an_image_that_is_nearly_all_one_grey_is_upscaled(model: Model) -> None:
    image = np.full((64, 64), 100, np.uint8)
    image.ravel()[::131] = 101
    with pytest.warns(ColonnadeWarning, match="the image has 2 grey levels"):
        found = upscale(image, model=model)
    assert found.image.pixels.dtype == np.uint8
    assert abs(found.image.pixels.astype(int) - 100).max() <= 1


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (balls()[:7], "an image of 7 x 56 px is too small to be upscaled"),
        (balls() * 1e-30, "the grey levels are about .*e-29, too tiny to be calculated with"),
        (balls() * 1e30, "the grey levels are about .*e.3., too vast to be calculated with"),
        (np.full((20, 20), 7.0), "every pixel of the image is 7"),
        (np.full((20, 20), np.nan), "no pixel of the image is a finite number"),
        (balls() > 100, "has no grey levels"),
        (balls().astype(complex), "complex"),
        (np.zeros((20, 20, 3)), "looks like a colour image"),
    ],
)
def test_what_is_no_image_is_refused(model: Model, image: np.ndarray, said: str) -> None:
    with pytest.raises(ImageError, match=said):
        upscale(image, model=model)


def test_a_model_has_one_factor(model: Model, model_path: Path) -> None:
    assert choose_model(None, model_path).card.factor == 2
    assert choose_model(2, model) is model
    with pytest.raises(ModelError, match="makes images 2 times as fine, not 4 times"):
        choose_model(4, model)
    with pytest.raises(ModelError, match="is for atoms, not for scanning electron"):
        choose_model(None, "atoms")


def test_a_stack_is_a_volume_whose_slices_are_seen_alike(model: Model, tmp_path: Path) -> None:
    """A slice that is darker than its neighbours stays darker by as much."""
    first = balls((32, 40))
    stack = np.stack([first, first - 9, first]).astype(np.float32)
    write_tiff(tmp_path / "stack.tif", stack, (4.0, 6.0), spacing=20.0)
    found = colonnade.upscale(tmp_path / "stack.tif", model=model)
    assert isinstance(found.image, Volume)
    assert found.image.shape == found.half_width.shape == (3, 64, 80)
    assert found.image.voxel_size == (20.0, 2.0, 3.0)
    assert np.array_equal(found.image.plane(0), found.image.plane(2))
    conditions = conditions_of(held_source(Volume(stack)))
    assert conditions.offset == pytest.approx(stack.mean(), rel=0.05)
    from_array = colonnade.upscale(stack, model=model)
    assert np.array_equal(from_array.image.voxels, found.image.voxels)


def test_a_blank_slice_does_not_spoil_what_the_others_are_measured_by() -> None:
    stack = np.stack([balls(), np.full((40, 56), 90.0), balls(seed=1)])
    found = conditions_of(held_source(Volume(stack)))
    seen = conditions_of(held_source(Volume(stack[[0, 2]])))
    assert found.scale == pytest.approx(seen.scale, rel=0.02)


def test_a_work_that_was_stopped_goes_on_with_the_tiles_that_are_missing(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "tiling", lambda card: replace(tiling(card), tile=16))
    source = held_source(balls((32, 48)).astype(np.float32))
    sheet = Sheet((64, 96), np.dtype(np.float32))
    outputs = Outputs(Memory(sheet), Memory(sheet), MemoryMarks())
    steps: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        steps.append((done, total))
        if done == 4:
            raise KeyboardInterrupt

    first = Work(source, model, conditions_of(source), outputs, progress=stop)
    with pytest.raises(KeyboardInterrupt):
        first.do(0)
    again = Work(
        source, model, conditions_of(source), outputs, progress=lambda *step: steps.append(step)
    )
    assert not again.done()
    again.do(0)
    assert steps == [(n, 6) for n in range(1, 7)]
    whole = upscale(source.grey(0)[0], model=model)
    assert np.array_equal(outputs.image.array, whole.image.pixels)


def test_conditions_of_several_images_are_those_of_one_that_holds_them() -> None:
    image = balls((64, 96)).astype(np.float32)
    several = Conditions.of_several([image[:32], image[32:]], 2)
    assert several.offset == pytest.approx(image.mean(), rel=0.02)
    assert several.scale == pytest.approx(image.std(), rel=0.05)


def test_it_says_how_far_it_is_and_can_be_stopped(model: Model) -> None:
    said: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        said.append((done, total))
        if done == 2:
            raise InterruptedError

    slices = np.stack([balls()] * 3)
    with pytest.raises(InterruptedError):
        upscale(slices, model=model, progress=progress)
    assert said == [(1, 3), (2, 3)]
