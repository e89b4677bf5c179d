"""A model file is calibrated on some of the held-out images and scored on the others."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.network import NETWORK_ALONE
from colonnade.atoms.simulate.image import Simulated
from colonnade.atoms.train import recalibration
from colonnade.atoms.train.calibration import CalibrationSet
from colonnade.atoms.train.export import Maps, export_model
from colonnade.atoms.train.task import AtomsRecipe, AtomsTask
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.learn.model import Model, find_model, read_card
from colonnade.core.learn.networks import NetworkRecipe
from colonnade.core.learn.training import TrainingRecipe
from colonnade.core.work.recipe import load

RECIPE = AtomsRecipe(
    name="tiny",
    network=NetworkRecipe((2, 4)),
    training=TrainingRecipe(steps=2, batch=2, workers=0),
    validation_images=2,
    failures="knows nothing",
)


@pytest.fixture(scope="module")
def recipe() -> AtomsRecipe:
    return replace(RECIPE, simulation=replace(RECIPE.simulation, size=(32, 32)))


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> AtomsRecipe:
    """The recipe of the packaged model, for a few images."""
    path = tmp_path_factory.mktemp("card") / "atoms.toml"
    path.write_text(read_card("atoms").recipe, encoding="utf-8")
    return replace(load(AtomsRecipe, path), validation_images=3)


@dataclass(frozen=True)
class Blank:
    """Images of columns in which nothing is to be seen."""

    source: Simulator
    identity = "blank"

    def __call__(self, index: int) -> Simulated:
        made = self.source(index)
        return replace(made, image=Micrograph(np.zeros_like(made.image.pixels)))

    def __len__(self) -> int:
        return 4


def test_the_card_says_what_was_trained(recipe: AtomsRecipe, tmp_path: Path) -> None:
    task = AtomsTask(recipe)
    path = export_model(task, task.networks["columns"].network, tmp_path)
    assert path == tmp_path / "tiny.onnx"
    assert [one.name for one in tmp_path.iterdir()] == ["tiny.onnx"]
    card = Model(path).card
    assert (card.name, card.wing, card.failures) == ("tiny", "atoms", "knows nothing")
    assert (card.input_channels, card.output_channels, card.factor) == (1, 3, 1)
    assert (card.stride, card.halo) == (recipe.network.stride, recipe.network.halo)
    assert card.training == "2 steps of 2 images, float32"
    assert AtomsCard.of(card).pixel_size == recipe.simulation.imaging.pixel_size
    (tmp_path / "again.toml").write_text(card.recipe)
    assert load(AtomsRecipe, tmp_path / "again.toml") == recipe


def test_a_model_that_finds_nothing_has_no_error_in_its_card(
    recipe: AtomsRecipe, tmp_path: Path
) -> None:
    task = AtomsTask(recipe, held_out=Blank(Simulator(recipe.simulation, recipe.seed)))
    network = task.networks["columns"].network
    torch.nn.init.zeros_(network.head.weight)
    torch.nn.init.constant_(network.head.bias, -20.0)
    card = Model(export_model(task, network, tmp_path)).card
    assert card.scores == {"recall": 0.0, "precision": 0.0}
    assert AtomsCard.of(card).weights.crystal == NETWORK_ALONE.crystal


def test_calibration_and_scores_are_of_different_images(
    packaged: AtomsRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each number of the card is that of the images that it is said to be of."""
    sets: list[set[bytes]] = []

    class Watched(CalibrationSet):
        @classmethod
        def of(cls, model: Model, images: object) -> CalibrationSet:
            chosen: list[Simulated] = list(images)  # type: ignore[call-overload]
            sets.append({one.image.pixels.tobytes() for one in chosen})
            return CalibrationSet.of(model, chosen)

    monkeypatch.setattr(recalibration, "CalibrationSet", Watched)
    monkeypatch.setattr("colonnade.atoms.train.task.WARM_START_IMAGES", 4)
    task = AtomsTask(packaged, start=find_model("atoms"))
    model = Model(export_model(task, task.networks["columns"].network, tmp_path))
    own, single, scored_on = sets
    assert [len(one) for one in sets] == [3, 3, 3]
    assert len(own | single | scored_on) == 9
    assert model.card.training.endswith(read_card("atoms").training)

    part = AtomsCard.of(model.card)
    scored = CalibrationSet.of(model, task.held_out.scores).score_with(part)
    assert model.card.scores["recall"] == pytest.approx(scored.recall, abs=1e-4)
    assert model.card.scores["precision"] == pytest.approx(scored.precision, abs=1e-4)
    assert model.card.scores["rms_px"] == pytest.approx(scored.rms, abs=1e-4)
    assert scored.recall > 0.4


def test_the_mask_of_a_model_file_is_between_nothing_and_one() -> None:
    class Network(torch.nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return image.repeat(1, 3, 1, 1)

    values = torch.tensor([-30.0, 0.0, 30.0]).reshape(1, 1, 1, 3)
    maps = Maps(Network())(values)
    torch.testing.assert_close(maps[0, 0, 0], torch.tensor([0.0, 0.5, 1.0]))
    torch.testing.assert_close(maps[0, 1:], values[0].repeat(2, 1, 1))


def test_the_identity_tells_what_weights_depend_on(recipe: AtomsRecipe, tmp_path: Path) -> None:
    def differing(other: AtomsTask) -> list[str]:
        mine, others = AtomsTask(recipe).identity, other.identity
        return [name for name in mine if mine[name] != others[name]]

    assert differing(AtomsTask(recipe)) == []
    workers = replace(recipe, training=replace(recipe.training, workers=3))
    assert differing(AtomsTask(workers)) == []
    steps = replace(recipe, training=replace(recipe.training, steps=3))
    assert differing(AtomsTask(steps)) == ["recipe"]
    assert differing(AtomsTask(replace(recipe, seed=1))) == ["seed", "data"]
    another = Simulator(recipe.simulation, recipe.seed, part=9)
    assert differing(AtomsTask(recipe, source=another)) == ["data"]
    start = AtomsTask(recipe, start=find_model("atoms"))
    assert differing(start) == ["model to start from"]
