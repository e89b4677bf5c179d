"""An image comes back in its own type, scale and calibration, whatever it is and however cut."""

import numpy as np
import pytest
from small_denoiser import steps, write_model

import colonnade
from colonnade.core.errors import ColonnadeWarning, ImageError, ModelError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume
from colonnade.core.learn.model import Model
from colonnade.tomo.card import RECONSTRUCTS
from colonnade.tomo.denoise import denoise as module
from colonnade.tomo.denoise.conditions import Conditions
from colonnade.tomo.denoise.denoise import choose_model, denoise, predict


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.float32, np.float64])
def test_type_calibration_and_metadata_stay(dtype: type, model: Model) -> None:
    image = Micrograph(steps().astype(dtype), (2.0, 3.0), "steps", {"voltage": 200})
    found = denoise(image, model=model).image
    assert isinstance(found, Micrograph)
    assert found.pixels.dtype == dtype
    assert found.pixel_size == (2.0, 3.0)
    assert found.metadata["voltage"] == 200
    assert found.pixels.shape == image.pixels.shape


def test_a_stack_becomes_a_volume_whose_noise_is_measured_together(model: Model) -> None:
    slices = np.stack([steps(seed=seed) for seed in range(3)])
    found = denoise(Volume(slices, (10.0, 2.0, 3.0)), model=model)
    assert isinstance(found.image, Volume)
    assert found.image.shape == slices.shape
    assert found.image.voxel_size == (10.0, 2.0, 3.0)
    assert found.assessment.noise.sigma == pytest.approx(5.0, rel=0.1)


def test_the_answer_does_not_depend_on_the_tile(model: Model) -> None:
    image = steps((60, 90))
    conditions = Conditions.of([image])
    whole = predict(model, conditions, image)
    for tile in (16, 28):
        np.testing.assert_allclose(predict(model, conditions, image, tile), whole, atol=1e-3)


def test_twice_as_bright_an_image_gets_twice_as_bright_an_answer(model: Model) -> None:
    image = steps()
    one, other = (denoise(each, model=model).image for each in (image, 2 * image))
    assert isinstance(one, Micrograph)
    assert isinstance(other, Micrograph)
    np.testing.assert_allclose(other.pixels, 2 * one.pixels, rtol=1e-4)


def test_an_image_without_noise_is_left_as_it_is(model: Model) -> None:
    image = np.kron(np.arange(12.0).reshape(3, 4), np.ones((16, 16))).astype(np.float32)
    found = denoise(image, model=model)
    assert isinstance(found.image, Micrograph)
    np.testing.assert_allclose(found.image.pixels, image, atol=1e-5)
    assert "no noise was found" in found.sentence


def test_what_is_broken_is_mended_and_said(model: Model) -> None:
    image = steps()
    image[7, 9], image[20] = np.nan, 0.0
    with pytest.warns(ColonnadeWarning):
        found = denoise(image, model=model)
    assert isinstance(found.image, Micrograph)
    assert np.isfinite(found.image.pixels).all()
    assert found.image.pixels[20].mean() > 30
    assert found.notes


def test_too_small_images_are_refused(model: Model) -> None:
    with pytest.raises(ImageError, match="too small to show its noise"):
        denoise(steps((8, 8)), model=model)


def test_masks_and_models_for_other_things_are_refused(
    model: Model, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(ImageError, match="mask"):
        denoise(np.ones((32, 32), bool), model=model)
    with pytest.raises(ModelError, match="not for tomography"):
        choose_model("light-x2")
    path = write_model(tmp_path_factory.mktemp("models") / "other.onnx", RECONSTRUCTS)
    with pytest.raises(ModelError, match="one that denoises is wanted"):
        choose_model(path)


def test_large_images_are_measured_by_blocks(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", 64)
    monkeypatch.setattr(module, "MOST_BLOCKS", 4)
    found = denoise(steps((200, 300)), model=model)
    assert found.assessment.noise.sigma == pytest.approx(5.0, rel=0.1)


def test_the_packaged_model_takes_most_of_the_noise_away() -> None:
    """Nine pixels of a flat part agree on its level three times as well as one: far surpassed."""
    rng = np.random.default_rng(1)
    truth = np.where(np.hypot(*(np.indices((128, 128)) - 60)) < 30, 200.0, 100.0)
    image = rng.poisson(truth).astype(np.float32)
    found = denoise(image)
    assert isinstance(found.image, Micrograph)
    before, after = (float(np.mean((one - truth) ** 2)) for one in (image, found.image.pixels))
    assert before / after > 9
    assert found.assessment.removed == pytest.approx(1.0, abs=0.1)


def test_it_is_public() -> None:
    assert colonnade.denoise is denoise


def test_it_says_how_far_it_is(model: Model) -> None:
    said: list[tuple[int, int]] = []
    denoise(np.stack([steps()] * 2), model=model, progress=lambda *far: said.append(far))
    assert said == [(1, 2), (2, 2)]
