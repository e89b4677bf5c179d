"""The network's reach is what it says it is."""

import pytest
import torch

from colonnade.core.networks import UNet, UNetRecipe


@pytest.mark.parametrize("widths", [(4, 4), (2, 3, 4), (2, 2, 2, 2)])
def test_nothing_beyond_the_halo_has_an_influence(widths: tuple[int, ...]) -> None:
    recipe = UNetRecipe(widths)
    size = 4 * recipe.halo
    torch.manual_seed(3)
    network = UNet(recipe, outputs=2).double().eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            # No channel is silent, so that all of the reach is seen.
            torch.nn.init.constant_(layer.bias, 5.0)
    image = torch.randn(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    centre = size // 2
    network(image)[0, :, centre, centre].sum().backward()
    assert image.grad is not None
    touched = torch.nonzero(image.grad[0, 0])
    reach = int((touched - centre).abs().max())
    assert 0 < reach <= recipe.halo


def test_the_default_network_has_less_than_a_million_parameters() -> None:
    parameters = sum(p.numel() for p in UNet(UNetRecipe(), outputs=3).parameters())
    assert 100_000 < parameters < 1_000_000
