"""A model is calibrated again as it was when it was exported; its network is not touched."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.atoms.card import SINGLE_ATOMS_DEFAULT, VERDICT_DEFAULT, AtomsCard
from colonnade.atoms.network import NETWORK_ALONE
from colonnade.atoms.train.recalibration import recalibrate
from colonnade.core.learn.model import Model, find_model, read_card, save_with_card

IMAGES = 4


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model for few images, with a card that takes the network at its word."""
    path = tmp_path_factory.mktemp("models") / "spoiled.onnx"
    card = read_card("atoms")
    part = replace(AtomsCard.of(card), calibration=NETWORK_ALONE.crystal, threshold=0.1)
    recipe = card.recipe.replace("validation_images = 200", f"validation_images = {IMAGES}")
    save_with_card(
        find_model("atoms"),
        replace(card, recipe=recipe, part=part.to_part(), scores={"recall": 1.0}),
        path,
    )
    return path


@pytest.fixture(scope="module")
def again(spoiled: Path) -> Path:
    path = spoiled.with_name("again.onnx")
    told: list[tuple[int, int]] = []
    recalibrate(spoiled, path, lambda done, total: told.append((done, total)))
    # Its own images, as many of single atoms, as many of other things, and as many to score on.
    assert told == [(done + 1, 16) for done in range(16)]
    return path


def test_the_network_is_the_same_to_the_bit(spoiled: Path, again: Path) -> None:
    image = np.random.default_rng(0).normal(size=(1, 1, 64, 64)).astype(np.float32)
    np.testing.assert_array_equal(Model(again)(image), Model(find_model("atoms"))(image))
    before, after = read_card(spoiled), read_card(again)
    assert replace(after, part=before.part, scores=before.scores) == before


def test_all_that_is_calibrated_is_new_and_all_else_is_not(spoiled: Path, again: Path) -> None:
    before, after = (AtomsCard.of(read_card(one)) for one in (spoiled, again))
    assert after.calibration != before.calibration
    assert after.threshold > before.threshold
    assert after.single_atoms != SINGLE_ATOMS_DEFAULT
    assert after.verdict != VERDICT_DEFAULT
    assert (after.network, after.background) == (before.network, before.background)
    assert 0.4 < read_card(again).scores["recall"] < 1


def test_the_same_again_gives_the_same(again: Path) -> None:
    path = again.with_name("twice.onnx")
    recalibrate(again, path, lambda done, total: None)
    first, second = (AtomsCard.of(read_card(one)) for one in (again, path))
    np.testing.assert_allclose(second.calibration, first.calibration, rtol=1e-6)
    assert second.single_atoms.threshold == first.single_atoms.threshold
