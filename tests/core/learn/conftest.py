"""What the tests of model files share."""

from pathlib import Path

import pytest
import torch

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.network import NETWORK_DEFAULTS
from colonnade.atoms.train.export import Maps
from colonnade.core.learn.card import Card
from colonnade.core.learn.networks import NetworkRecipe, build
from colonnade.core.learn.onnx_export import export

PART = AtomsCard((0.01, 0.05), 0.4, 16.0, (0.0, 1.0, 0.0, 0.0), NETWORK_DEFAULTS)

RECIPE = NetworkRecipe((4, 6, 8))


@pytest.fixture(scope="session")
def card() -> Card:
    """Give the card of a network that was never trained."""
    return Card(
        name="random",
        wing="atoms",
        recipe="version = 1\n",
        data_hash="0" * 64,
        input_channels=1,
        output_channels=3,
        input_range=None,
        factor=1,
        stride=RECIPE.stride,
        halo=RECIPE.halo,
        scores={"recall": 0.5},
        training="none",
        failures="everywhere",
        part=PART.to_part(),
    )


@pytest.fixture(scope="session")
def network() -> torch.nn.Module:
    """Build a network that was never trained."""
    torch.manual_seed(1)
    return Maps(build(RECIPE, inputs=1, outputs=3)).eval()


@pytest.fixture(scope="session")
def model_file(
    network: torch.nn.Module, card: Card, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Write the model file of that network."""
    path = tmp_path_factory.mktemp("model") / "random.onnx"
    export(network, card, path)
    return path
