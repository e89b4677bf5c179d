"""What is learned from one's own images is what would be learned from the truth."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from colonnade.core.errors import ImageError
from colonnade.core.files.write import write_tiff
from colonnade.core.learn.model import Model
from colonnade.core.measures.noise import NoiseModel
from colonnade.tomo.denoise.conditions import Conditions
from colonnade.tomo.denoise.files import Job
from colonnade.tomo.train.denoiser import own
from colonnade.tomo.train.denoiser.own import OwnBlock, coloured_noise, train_own

sys.path.insert(0, str(Path(__file__).parents[2] / "denoise"))
from small_denoiser import steps, write_model

WHITE = NoiseModel(0.0, 4.0, 0.1, 4.0, (0.0,) * 6)
COLOURED = replace(WHITE, correlation=(0.5, 0.25, 0.125, 0.06, 0.03, 0.015))


@pytest.mark.parametrize("noise", [WHITE, COLOURED])
@pytest.mark.parametrize("width", [256, 255])
def test_noise_is_drawn_with_unit_variance_and_its_correlation(
    noise: NoiseModel, width: int
) -> None:
    drawn = coloured_noise((400, width), noise, np.random.default_rng(0))
    assert drawn.std() == pytest.approx(1, abs=0.02)
    for lag in (1, 2):
        found = np.mean(drawn[:, lag:] * drawn[:, :-lag])
        assert found == pytest.approx(noise.correlation[lag - 1], abs=0.03)
    assert np.mean(drawn[1:] * drawn[:-1]) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("noise", [WHITE, COLOURED])
@pytest.mark.parametrize("added", [0.5, 1.0])
def test_noise_of_input_and_target_is_independent(noise: NoiseModel, added: float) -> None:
    """What is added cancels what they share, from each pixel to its neighbours too."""
    rng = np.random.default_rng(0)
    level = np.zeros((300, 300), np.float32)
    image = 2 * coloured_noise((300, 300), noise, rng)
    block = OwnBlock(image, level, Conditions(0.0, 1.0, noise))
    sample, variance = block.recorrupted(added, rng)
    first, second = sample["image"][0].numpy(), sample["target"].numpy()
    assert first.var() == pytest.approx(4 * (1 + added**2), rel=0.05)
    assert second.var() == pytest.approx(variance, rel=0.05)
    assert variance == pytest.approx(4 * (1 + added**-2))
    norm = first.std() * second.std()
    for lag in (0, 1, 2):
        shared = np.mean(first[:, : 300 - lag] * second[:, lag:]) / norm
        assert abs(shared) < 0.02
    assert sample["image"][1].mean() == pytest.approx(2 * np.sqrt(1 + added**2), rel=1e-3)


def test_parts_keep_the_fast_axis_where_it_is() -> None:
    ramp = np.tile(np.arange(64, dtype=np.float32), (48, 1))
    block = OwnBlock(ramp, ramp, Conditions(0.0, 1.0, WHITE))
    for seed in range(8):
        part = block.part(16, np.random.default_rng(seed))
        assert part.image.shape == (16, 16)
        assert (np.abs(np.diff(part.image, axis=1)) == 1).all()
        assert (np.diff(part.image, axis=0) == 0).all()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(Model(write_model(tmp_path / "tiny.onnx")))


def short(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    recipe = own.OwnRecipe(patch=32)
    training = replace(
        recipe.training, steps=count, warmup=1, save_every=count, learning_rate=3e-3
    )

    def shortened(**changes: object) -> own.OwnRecipe:
        return replace(recipe, training=training, **changes)  # type: ignore[arg-type]

    monkeypatch.setattr(own, "OwnRecipe", shortened)


def test_a_model_that_learns_from_images_of_its_own_gets_better_at_them(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the noise is as it was measured, the error against the truth falls."""
    short(monkeypatch, 60)
    paths = []
    for seed in range(4):
        paths.append(tmp_path / f"{seed}.tif")
        write_tiff(paths[-1], steps((64, 64), seed))
    (tmp_path / "broken.tif").write_bytes(b"no image")
    model, sentence = train_own(
        [*paths, tmp_path / "broken.tif"], tmp_path / "out", job, lambda *step: None
    )
    assert "whether it is better than tiny they cannot tell" in sentence
    assert model.path == tmp_path / "out" / "own-denoiser.onnx"
    image, truth = steps((64, 64), 9), steps((64, 64), 9, sigma=0.0)
    before, after = (
        float(np.mean((own.predict(one, Conditions.of([image]), image) - truth) ** 2))
        for one in (job.model, model)
    )
    assert after < 0.9 * before


def test_images_without_noise_teach_nothing(tmp_path: Path, job: Job) -> None:
    write_tiff(tmp_path / "a.tif", steps((64, 64), sigma=0.0))
    with pytest.raises(ImageError, match="none of the images shows noise"):
        train_own([tmp_path / "a.tif"], tmp_path / "out", job, lambda *step: None)


@torch.no_grad()
def test_the_risk_of_a_network_is_its_error(job: Job) -> None:
    """An untrained network leaves the noise, and one that knows the truth leaves none."""
    noise = NoiseModel(0.0, 25.0, 0.1, 25.0, (0.0,) * 6)
    blocks = [
        OwnBlock(steps((64, 64), n), steps((64, 64), n, 0.0), Conditions(90.0, 30.0, noise))
        for n in range(8)
    ]
    recipe = own.OwnRecipe()
    images = own.OwnImages(blocks, recipe, "steps")
    task = own.OwnTask(recipe, images, images, None)

    class Nothing(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.unused = torch.nn.Parameter(torch.zeros(1))

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return image[:, :1]

    expected = 25 * (1 + recipe.added**2) / 30**2
    assert task.risk(Nothing()) == pytest.approx(expected, rel=0.15)
