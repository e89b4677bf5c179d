"""The networks answer the same whatever the tile, and in the shape that they promise."""

import pytest
import torch

from colonnade.core.errors import RecipeError
from colonnade.sem.conditions import CHANNELS
from colonnade.sem.train.networks import Discriminator, SrRecipe, SuperResolution, enlarged

RECIPES = {
    "light": SrRecipe(width=16, blocks=2, coarse_blocks=1, interval_width=4),
    "paper": SrRecipe(kind="paper", width=16, blocks=2, interval_width=4),
}


def awake(recipe: SrRecipe, factor: int = 2) -> SuperResolution:
    """A network in which every pixel that can have an influence has one."""
    torch.manual_seed(0)
    network = SuperResolution(recipe, factor).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.normal_(0, 0.3)
    return network


@pytest.mark.parametrize("kind", RECIPES)
@pytest.mark.parametrize("factor", [2, 4, 8])
def test_an_answer_is_finer_by_the_factor(kind: str, factor: int) -> None:
    network = SuperResolution(RECIPES[kind], factor)
    assert network(torch.zeros(2, CHANNELS, 8, 12)).shape == (2, 2, 8 * factor, 12 * factor)


@pytest.mark.parametrize("kind", RECIPES)
@torch.no_grad()
def test_nothing_beyond_the_halo_has_an_influence(kind: str) -> None:
    recipe = RECIPES[kind]
    network, middle = awake(recipe), recipe.halo + 8
    image = torch.randn(1, CHANNELS, 2 * middle, 2 * middle)
    changed = image.clone()
    changed[0, 0, middle, middle] += 5
    difference = (network(changed) - network(image)).abs().amax((0, 1))
    reached = torch.nonzero(difference > 0) // 2
    assert (reached - middle).abs().max() <= recipe.halo
    assert (reached - middle).abs().max() > recipe.halo / 2


@torch.no_grad()
def test_an_untrained_light_network_is_near_plain_enlargement() -> None:
    """Its blocks begin as the identity, so that what it adds is small."""
    torch.manual_seed(0)
    network = SuperResolution(SrRecipe(), 4).eval()
    image = torch.randn(1, CHANNELS, 16, 16)
    added = network(image)[:, :1] - enlarged(image[:, :1], 4)
    assert added.std() < 0.7 * image[:, :1].std()


def test_the_half_widths_do_not_change_the_image() -> None:
    network = SuperResolution(RECIPES["light"], 2)
    network(torch.randn(1, CHANNELS, 8, 8))[:, 1].sum().backward()
    learning = {
        name
        for name, one in network.named_parameters()
        if one.grad is not None and one.grad.abs().sum() > 0
    }
    assert learning
    assert all(name.startswith("interval.") for name in learning)


def test_enlarged_pixels_keep_their_place() -> None:
    """The mean over each coarse pixel of an enlarged ramp is the ramp."""
    ramp = torch.arange(8.0).expand(1, 1, 8, 8)
    means = torch.nn.functional.avg_pool2d(enlarged(ramp, 4), 4)
    torch.testing.assert_close(means[..., 1:-1], ramp[..., 1:-1])


def test_a_discriminator_judges_patches() -> None:
    judge = Discriminator(4)
    image = torch.randn(2, 1, 64, 48)
    assert judge(image).shape == (2, 1, 8, 6)
    assert [one.shape[1] for one in judge.features(image)] == [4, 8, 16]


def test_other_factors_and_empty_networks_are_refused() -> None:
    with pytest.raises(RecipeError, match="the factor must be one of"):
        SuperResolution(SrRecipe(), 3)
    for nothing in ("width", "blocks", "coarse_blocks", "interval_width"):
        with pytest.raises(RecipeError, match="at least 1"):
            SrRecipe(**{nothing: 0})
