"""Images that are too few to learn from make intervals right, and leave the network as it is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter

from colonnade.core.errors import ImageError
from colonnade.core.learn.model import Model
from colonnade.core.work.recipe import dumps, loads
from colonnade.sem.card import SemCard
from colonnade.sem.library.own_images import FewImagesError, open_own_images
from colonnade.sem.train.export import export_model
from colonnade.sem.train.networks import SuperResolution
from colonnade.sem.train.recalibrate import Recalibration, field_ratios
from colonnade.sem.train.run import train_model
from colonnade.sem.train.task import GENERATOR, SemRecipe, SemTask


@pytest.fixture(scope="module")
def start(recipe: SemRecipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learned nothing."""
    task = SemTask(recipe)
    network = task.networks[GENERATOR].network
    assert isinstance(network, SuperResolution)
    torch.manual_seed(1)
    return export_model(task, network.eval(), tmp_path_factory.mktemp("start"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mine")
    write(folder, 3)
    return folder


def write(folder: Path, count: int) -> None:
    for number in range(count):
        rng = np.random.default_rng(number)
        bumps = gaussian_filter(rng.standard_normal((128, 128)), 1.5)
        spots = np.where(bumps > 0, 180, 60) + rng.normal(0, 2, bumps.shape)
        Image.fromarray(np.rint(spots).astype(np.uint8)).save(folder / f"field{number}.png")


def trained(folder: Path, out: Path, start: Path | None, recipe: Path | None = None) -> str:
    name = None if start is None else str(start)
    return train_model(
        recipe, out, data=folder, start=name, resume=False, progress=lambda done, of: None
    )


def test_each_field_is_judged_by_the_factor_of_the_others() -> None:
    even = (np.arange(1000) + 0.5) / 1000
    found = Recalibration.of([even, even, 2 * even], factor=0.5)
    assert found.before == pytest.approx((0.5, 0.5, 0.25))
    # Above 1 there is but the wide one, of which x / 2 lies below x: 2 + x / 2 = 2.7.
    assert found.factor == pytest.approx(1.4, abs=0.01)
    # An even one and the wide one want 1.6, which holds all of an even one; two even ones 0.9.
    assert found.now == pytest.approx((1.0, 1.0, 0.45), abs=0.01)


def test_the_network_is_the_same_and_the_intervals_are_right(
    start: Path, folder: Path, recipe: SemRecipe, tmp_path: Path
) -> None:
    said = trained(folder, tmp_path / "run", start)
    begun, made = Model(start), Model(tmp_path / "run" / "tiny-own.onnx")
    image = np.random.default_rng(0).standard_normal((1, begun.card.input_channels, 12, 16))
    assert np.array_equal(begun(image.astype(np.float32)), made(image.astype(np.float32)))
    with pytest.raises(FewImagesError) as few:
        open_own_images(folder, recipe.simulation)
    ratios = [field_ratios(begun, field) for field in few.value.fields]
    part = SemCard.of(made.card)
    assert len(ratios) == 3
    assert np.mean(np.concatenate(ratios) <= part.interval_factor) == pytest.approx(0.9, abs=1e-3)
    expected = Recalibration.of(ratios, SemCard.of(begun.card).interval_factor)
    assert made.card.scores["coverage"] == pytest.approx(np.mean(expected.now), abs=1e-4)
    assert made.card.scores["lowest_coverage"] == pytest.approx(min(expected.now), abs=1e-4)
    assert "3 images are too few to learn from" in said
    assert "its network is that of tiny, unchanged" in said
    now, before = (f"{np.mean(shares):.0%}" for shares in (expected.now, expected.before))
    assert f"they hold {now}, and held {before} before" in said


def test_the_card_says_what_was_done_and_the_rest_of_it_stays(
    start: Path, folder: Path, recipe: SemRecipe, tmp_path: Path
) -> None:
    trained(folder, tmp_path, start)
    before, after = Model(start).card, Model(tmp_path / "tiny-own.onnx").card
    assert after.name == "tiny-own"
    assert after.training == (
        f"{before.training}; intervals calibrated on 3 images in {folder.name}"
    )
    assert after.recipe.startswith("# The network of tiny, intervals calibrated on 3 images")
    assert loads(SemRecipe, after.recipe, "card") == recipe
    kept = replace(SemCard.of(after), interval_factor=1.0)
    assert kept == replace(SemCard.of(before), interval_factor=1.0)
    assert after.scores["gain_db"] == before.scores["gain_db"]
    assert not list(tmp_path.glob("*.safetensors"))


def test_two_images_are_refused_and_so_are_three_that_are_to_be_learned_from(
    start: Path, folder: Path, recipe: SemRecipe, tmp_path: Path
) -> None:
    (tmp_path / "two").mkdir()
    write(tmp_path / "two", 2)
    with pytest.raises(ImageError, match=r"has 2 sharp images .* and 5 are needed") as refused:
        trained(tmp_path / "two", tmp_path / "run", start)
    assert not isinstance(refused.value, FewImagesError)
    assert "With 3 the intervals of a model that is begun with" in str(refused.value)
    path = tmp_path / "own.toml"
    path.write_text(dumps(recipe))
    for begun in (None, start):
        with pytest.raises(FewImagesError, match="has 3 sharp images"):
            trained(folder, tmp_path / "run", begun, path)
    assert not (tmp_path / "run").exists()


def test_no_charging_is_added_to_what_sharp_images_show(folder: Path, recipe: SemRecipe) -> None:
    always = replace(recipe.simulation.instrument, clean=0.0, charging=1.0)
    with pytest.raises(FewImagesError) as few:
        open_own_images(folder, replace(recipe.simulation, instrument=always))
    drawn = [few.value.fields[0](number).drawn for number in range(4)]
    assert [one["instrument.charging"] for one in drawn] == [0.0] * 4
