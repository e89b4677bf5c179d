"""The networks' reach is what they say it is, and a model file gives its network back."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from colonnade.atoms.train.export import Maps
from colonnade.atoms.train.task import AtomsRecipe
from colonnade.core.errors import ModelError, RecipeError
from colonnade.core.learn.card import Card
from colonnade.core.learn.networks import NetworkRecipe, build
from colonnade.core.learn.onnx_export import export
from colonnade.core.learn.warm_start import warm_start
from colonnade.core.work.recipe import dumps, load

RECIPES = Path(__file__).parents[3] / "recipes"
KINDS = ("unet", "encoder-decoder")


def randomised(recipe: NetworkRecipe, seed: int) -> nn.Module:
    """Build a network that has seen something: no weight or statistic is as at the start."""
    torch.manual_seed(seed)
    network = build(recipe, inputs=1, outputs=3)
    with torch.no_grad():
        for _ in range(3):
            network(2 + torch.randn(4, 1, 32, 32))
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                nn.init.uniform_(layer.weight, 0.5, 1.5)
                nn.init.uniform_(layer.bias, -0.5, 0.5)
    return network.eval()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("widths", [(4, 4), (2, 3, 4), (2, 2, 2, 2)])
def test_nothing_beyond_the_halo_has_an_influence(kind: str, widths: tuple[int, ...]) -> None:
    recipe = NetworkRecipe(widths, kind)
    size = 4 * recipe.halo
    torch.manual_seed(3)
    network = build(recipe, inputs=1, outputs=2).double().eval()
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            # No channel is silent, so that all of the reach is seen.
            nn.init.constant_(layer.bias, 5.0)
    image = torch.randn(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    centre = size // 2
    network(image)[0, :, centre, centre].sum().backward()
    assert image.grad is not None
    touched = torch.nonzero(image.grad[0, 0])
    reach = int((touched - centre).abs().max())
    assert recipe.halo / 2 < reach <= recipe.halo


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inputs", [1, 4])
def test_the_answer_is_as_large_as_the_image(kind: str, inputs: int) -> None:
    recipe = NetworkRecipe((2, 3, 4), kind)
    assert recipe.stride == 4
    answer = build(recipe, inputs=inputs, outputs=3).eval()(torch.zeros(2, inputs, 20, 36))
    assert answer.shape == (2, 3, 20, 36)


@pytest.mark.parametrize("kind", KINDS)
def test_every_input_channel_has_an_influence(kind: str) -> None:
    network = build(NetworkRecipe((2, 3), kind), inputs=3, outputs=1).eval()
    images = torch.randn(
        1, 3, 8, 8, generator=torch.Generator().manual_seed(4), requires_grad=True
    )
    network(images).sum().backward()
    assert images.grad is not None
    assert (images.grad.abs().amax((0, 2, 3)) > 0).all()


def test_only_a_unet_passes_details_by_its_coarsest_level() -> None:
    """With a silent coarsest level an encoder-decoder gives the same everywhere."""
    image = torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    spread = {}
    for kind in KINDS:
        network = randomised(NetworkRecipe((4, 4, 4), kind), 1)
        nn.init.zeros_(network.down[-1][-2].weight)
        with torch.no_grad():
            spread[kind] = float(network(image)[..., 12:20, 12:20].std(dim=(2, 3)).max())
    assert spread["unet"] > 1e-3
    assert spread["encoder-decoder"] < 1e-6


@pytest.mark.parametrize("file", ["atoms.toml", "encoder-decoder.toml"])
def test_the_networks_of_the_recipes_are_about_as_large(file: str) -> None:
    network = build(load(AtomsRecipe, RECIPES / file).network, inputs=1, outputs=3)
    parameters = sum(p.numel() for p in network.parameters())
    assert 300_000 < parameters < 500_000


def test_the_encoder_decoder_learned_from_what_the_unet_did() -> None:
    """All but how often each kind of specimen comes."""
    unet, other = (
        load(AtomsRecipe, RECIPES / f"{name}.toml") for name in ("atoms", "encoder-decoder")
    )
    assert other.network.kind == "encoder-decoder"
    assert other.labels == unet.labels
    specimen = replace(other.simulation.specimen, scenes=unet.simulation.specimen.scenes)
    assert replace(other.simulation, specimen=specimen) == unet.simulation


def test_the_kind_of_network_is_part_of_the_recipe(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text("version = 1\n[network]\nwidths = [4, 8]\n")
    old = load(AtomsRecipe, path)
    assert old.network == NetworkRecipe((4, 8), "unet")
    other = replace(old, network=NetworkRecipe((4, 8), "encoder-decoder"))
    path.write_text(dumps(other))
    assert load(AtomsRecipe, path) == other
    path.write_text('version = 1\n[network]\nkind = "transformer"\n')
    with pytest.raises(RecipeError, match=r"network\.kind must be one of"):
        load(AtomsRecipe, path)


@pytest.fixture(scope="module", params=KINDS)
def model_file(
    request: pytest.FixtureRequest, card: Card, tmp_path_factory: pytest.TempPathFactory
) -> tuple[NetworkRecipe, nn.Module, Path]:
    """Write the model file of a network."""
    recipe = NetworkRecipe((4, 6), request.param)
    network = randomised(recipe, 5)
    path = tmp_path_factory.mktemp("start") / f"{recipe.kind}.onnx"
    made = replace(card, stride=recipe.stride, halo=recipe.halo)
    export(Maps(network), made, path)
    return recipe, network, path


def test_a_network_that_begins_with_a_model_file_answers_as_the_model_does(
    model_file: tuple[NetworkRecipe, nn.Module, Path],
) -> None:
    recipe, network, path = model_file
    begun = randomised(recipe, 6)
    warm_start(begun, path, 2 + torch.randn(8, 1, 32, 32))
    image = 2 + torch.randn(2, 1, 24, 40)
    with torch.no_grad():
        torch.testing.assert_close(begun.eval()(image), network(image), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("widths", [(4, 8), (4,), (4, 6, 6)])
def test_weights_of_another_shape_are_refused(
    widths: tuple[int, ...], model_file: tuple[NetworkRecipe, nn.Module, Path]
) -> None:
    recipe, _, path = model_file
    with pytest.raises(ModelError, match="another kind or shape"):
        warm_start(
            build(replace(recipe, widths=widths), inputs=1, outputs=3),
            path,
            torch.randn(4, 1, 32, 32),
        )


def test_weights_of_the_other_kind_are_refused(
    model_file: tuple[NetworkRecipe, nn.Module, Path],
) -> None:
    recipe, _, path = model_file
    (other,) = set(KINDS) - {recipe.kind}
    with pytest.raises(ModelError, match="another kind or shape"):
        warm_start(
            build(replace(recipe, kind=other), inputs=1, outputs=3),
            path,
            torch.randn(4, 1, 32, 32),
        )
