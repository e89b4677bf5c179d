"""The network answers the same whatever the tile and the brightness."""

import pytest
import torch
from small_recipe import SHAPE

from colonnade.core.errors import RecipeError
from colonnade.tomo.denoise.conditions import CHANNELS
from colonnade.tomo.train.denoiser.network import Denoiser, DenoiserShape


def awake(shape: DenoiserShape) -> Denoiser:
    """A network in which every pixel that can have an influence has one."""
    torch.manual_seed(0)
    network = Denoiser(shape).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.normal_(0, 0.3)
    return network


@torch.no_grad()
def test_an_untrained_network_gives_the_image() -> None:
    image = torch.randn(2, CHANNELS, 16, 24)
    assert torch.equal(Denoiser(DenoiserShape())(image), image[:, :1])


@torch.no_grad()
def test_an_answer_is_as_bright_as_the_image() -> None:
    network, image = awake(SHAPE), torch.randn(1, CHANNELS, 16, 16)
    torch.testing.assert_close(network(3 * image), 3 * network(image), rtol=1e-3, atol=0.05)


@pytest.mark.parametrize("shape", [SHAPE, DenoiserShape(widths=(4, 4, 4), blocks=1, deepest=1)])
@torch.no_grad()
def test_nothing_beyond_the_halo_has_an_influence(shape: DenoiserShape) -> None:
    network, side = awake(shape), 2 * shape.halo + 8 * shape.stride
    image = torch.randn(1, CHANNELS, side, side)
    changed = image.clone()
    changed[0, 0, side // 2, side // 2] += 5
    difference = (network(changed) - network(image)).abs()[0, 0]
    reached = (torch.nonzero(difference > 0) - side // 2).abs().max()
    assert shape.halo / 2 < reached <= shape.halo
    assert shape.halo % shape.stride == 0


def test_empty_networks_are_refused() -> None:
    for nothing in ({"widths": ()}, {"blocks": 0}, {"deepest": 0}):
        with pytest.raises(RecipeError, match="at least 1"):
            DenoiserShape(**nothing)  # type: ignore[arg-type]
