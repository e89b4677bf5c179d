"""The network that improves slices (torch); no layer's answer depends on the tile's size."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from colonnade.core.errors import RecipeError
from colonnade.core.learn.networks import ResidualBlock, grown


@dataclass(frozen=True)
class RestorerRecipe:
    """Shape of the network."""

    widths: tuple[int, ...] = (24, 48, 80, 80)
    """Channels at each level; every level halves the resolution of the one above."""
    blocks: tuple[int, ...] = (1, 2, 2, 2)
    """Residual blocks at each level, on the way down and again on the way up."""
    interval_width: int = 24
    """Channels of the part that predicts the half-widths of intervals."""

    def __post_init__(self) -> None:
        if not self.widths or len(self.widths) != len(self.blocks):
            raise RecipeError("network.widths and network.blocks must be equally many")
        if min(*self.widths, *self.blocks, self.interval_width) < 1:
            raise RecipeError("the widths and the numbers of blocks of network must be at least 1")

    @property
    def stride(self) -> int:
        """Slices must be a multiple of this many pixels along z and x."""
        return int(2 ** (len(self.widths) - 1))

    @property
    def halo(self) -> int:
        """Beyond this distance no pixel has an influence [px]; a multiple of the stride."""
        levels = enumerate(self.blocks)
        reach = 2 + sum(2**level * (4 * blocks + 2) for level, blocks in levels)
        return int(-(-reach // self.stride) * self.stride)


class Restorer(nn.Module):
    """Says what to add to slices, and how far off they then are.

    Parameters
    ----------
    recipe
        Its shape.
    channels
        How many it is shown.
    """

    def __init__(self, recipe: RestorerRecipe, channels: int) -> None:
        super().__init__()
        widths = recipe.widths
        self.first = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.down = nn.ModuleList(_blocks(*one) for one in zip(recipe.blocks, widths, strict=True))
        self.coarser = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in pairwise(widths))
        self.finer = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        above = zip(recipe.blocks[:-1], widths[:-1], strict=True)
        self.up = nn.ModuleList(_blocks(*one) for one in above)
        self.correction = nn.Conv2d(widths[0], 1, 3, padding=1, bias=False)
        # What it begins with stays as it is until it has learned better.
        nn.init.zeros_(self.correction.weight)
        self.interval = nn.Sequential(
            nn.Conv2d(channels + widths[0], recipe.interval_width, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(recipe.interval_width, 1, 3, padding=1),
        )

    def forward(self, shown: Tensor) -> Tensor:
        """Give a correction and the logarithm of half-widths (n, 2, z, x).

        The half-widths come from features that they do not change, as the slices come first.
        """
        features = self.down[0](self.first(shown))
        kept = []
        for coarser, blocks in zip(self.coarser, self.down[1:], strict=True):
            kept.append(features)
            features = blocks(coarser(features))
        above = zip(reversed(self.finer), reversed(self.up), reversed(kept), strict=True)
        for finer, blocks, one in above:
            features = blocks(one + grown(finer(features)))
        seen = torch.cat([shown, features.detach()], dim=1)
        return torch.cat([self.correction(features), self.interval(seen)], dim=1)


def _blocks(count: int, width: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width) for _ in range(count)))
