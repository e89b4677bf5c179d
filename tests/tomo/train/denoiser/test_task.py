"""A recipe becomes a model file whose card says what it learned from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_recipe import SMALL

from colonnade.core.errors import RecipeError
from colonnade.core.learn.model import Model
from colonnade.core.work.recipe import dumps, load, loads
from colonnade.tomo.card import DENOISES, TomoCard
from colonnade.tomo.denoise.denoise import denoise
from colonnade.tomo.train.denoiser import export
from colonnade.tomo.train.denoiser.task import DenoiserRecipe, DenoiserTask, Samples
from colonnade.tomo.train.run import train_model

ROOT = Path(__file__).parents[4]


def written(folder: Path, recipe: DenoiserRecipe) -> Path:
    path = folder / "recipe.toml"
    path.write_text(dumps(recipe), encoding="utf-8")
    return path


def train(recipe: Path, out: Path, start: str | None = None) -> str:
    return train_model(
        recipe, out, data=None, start=start, resume=False, progress=lambda *step: None
    )


def test_a_recipe_becomes_a_model_that_another_can_begin_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "SEEN", 8)
    recipe = written(tmp_path, SMALL)
    assert train(recipe, tmp_path / "first") == f"trained {tmp_path / 'first' / 'small.onnx'}"
    model = Model(tmp_path / "first" / "small.onnx")
    part = TomoCard.of_one_that(DENOISES, model.card)
    assert part.noise[0] < part.noise[1]
    assert set(model.card.scores) == {"gain_db", "worst_gain_db"}
    assert loads(DenoiserRecipe, model.card.recipe, "card") == SMALL
    image = 100 + np.random.default_rng(0).standard_normal((32, 48)).astype(np.float32)
    assert denoise(image, model=model).assessment.model == "small"
    train(recipe, tmp_path / "second", str(model.path))
    assert "after small: 2 steps" in Model(tmp_path / "second" / "small.onnx").card.training


def test_samples_are_parts_of_images_on_the_scale_of_the_whole() -> None:
    task = DenoiserTask(SMALL)
    sample, noisy = task.samples(0), task.source(0)
    assert sample["image"].shape == (5, 16, 16)
    assert sample["target"].shape == (16, 16)
    scale = float(noisy.image.std())
    error = float((sample["image"][0] - sample["target"]).std())
    assert error == pytest.approx(float((noisy.image - noisy.truth).std()) / scale, rel=0.3)


def test_a_network_learns(tmp_path: Path) -> None:
    """Steps take some of the noise away, where the untrained network takes none."""
    task = DenoiserTask(replace(SMALL, validation_images=8))
    before = task.validate()["gain_db"]
    batches = [
        {name: np.stack([sample[name] for sample in samples]) for name in ("image", "target")}
        for samples in (
            [Samples(0, 16, task.source)(4 * step + n) for n in range(4)] for step in range(30)
        )
    ]
    import torch

    for number, batch in enumerate(batches):
        task.networks["denoiser"].prepare(2e-3)
        task.step({name: torch.from_numpy(one) for name, one in batch.items()}, number)
    assert before == pytest.approx(0, abs=1e-5)
    assert task.validate()["gain_db"] > 0.1


def test_the_recipe_of_the_packaged_model_is_whole() -> None:
    recipe = load(DenoiserRecipe, ROOT / "recipes" / "tomo-denoiser.toml")
    assert recipe.name == "denoiser"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"patch": 64}, "no larger"),
        ({"patch": 18}, "multiple of 4"),
        ({"validation_images": 0}, "at least 1"),
    ],
)
def test_impossible_recipes_are_refused(changes: dict[str, int], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        replace(SMALL, **changes)  # type: ignore[arg-type]


def test_folders_of_images_are_sent_to_the_command_that_learns_from_them(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="--own"):
        train_model(
            written(tmp_path, SMALL),
            tmp_path,
            data=tmp_path,
            start=None,
            resume=False,
            progress=lambda *step: None,
        )
