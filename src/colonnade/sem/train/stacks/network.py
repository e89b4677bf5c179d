"""The network that makes several thin slices of a thick one and its neighbours (torch)."""

import torch
from torch import Tensor, nn

from colonnade.sem.conditions import CHANNELS
from colonnade.sem.train.networks import LightTrunk, SrRecipe


class AlongZ(nn.Module):
    """A trunk that sees neighbouring slices together, and what is made of its features.

    Parameters
    ----------
    recipe
        Shape of the trunk.
    factor
        How many slices it makes of the middle one.
    slices
        How many it sees, an odd number.
    """

    weights: Tensor

    def __init__(self, recipe: SrRecipe, factor: int, slices: int) -> None:
        super().__init__()
        self.factor, self.slices = factor, slices
        self.trunk = LightTrunk(recipe, slices)
        self.image = nn.Conv2d(recipe.width, factor, 3, padding=1)
        self.interval = nn.Sequential(
            nn.Conv2d(channels(slices) + recipe.width, recipe.interval_width, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(recipe.interval_width, factor, 3, padding=1),
        )
        self.register_buffer("weights", interpolation(factor, slices), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """Give the finer slices, then the logarithm of the half-widths (n, 2·factor, y, x).

        The half-widths are predicted from features that they do not change, and from the input.
        """
        features = self.trunk(image)
        finer = self.image(features) + self.interpolated(image)
        seen = torch.cat([image, features.detach()], dim=1)
        return torch.cat([finer, self.interval(seen)], dim=1)

    def interpolated(self, image: Tensor) -> Tensor:
        """Interpolate linearly between the slices (n, factor, y, x)."""
        return torch.einsum("fs,nsyx->nfyx", self.weights, image[:, : self.slices])


def channels(slices: int) -> int:
    """Input channels of a network that sees so many slices: these, then their spectrum."""
    return slices + CHANNELS - 1


def interpolation(factor: int, slices: int) -> Tensor:
    """Weights of the slices in linear interpolation, one row for each finer slice.

    Grey levels of a slice are those of its middle.
    """
    places = (torch.arange(factor) + 0.5) / factor - 0.5 + slices // 2
    return (1 - (places[:, None] - torch.arange(slices)).abs()).clamp(min=0)
