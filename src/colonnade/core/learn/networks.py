"""The network blocks (torch).

No layer's answer depends on the size of the tile it sees: convolutions, batch normalisation with
fixed statistics, pooling and nearest-neighbour growth only.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class NetworkRecipe:
    """Kind and shape of a network."""

    widths: tuple[int, ...] = (16, 32, 64, 96)
    """Channels at each level; every level halves the resolution of the one above."""
    kind: Literal["unet", "encoder-decoder"] = "unet"
    """In a U-Net the details of each level go straight to the way up; in an encoder-decoder all
    goes through the coarsest level."""

    @property
    def stride(self) -> int:
        """Images must be a multiple of this many pixels high and wide."""
        return int(2 ** (len(self.widths) - 1))

    @property
    def halo(self) -> int:
        """Beyond this distance no pixel has an influence [px]; a multiple of the stride."""
        depth = len(self.widths) - 1
        # Two convolutions and one change of resolution at each level, on the way down and up.
        reach = 2 * sum(3 * 2**level for level in range(depth)) + 2 * 2**depth
        return int(-(-reach // self.stride) * self.stride)


def build(recipe: NetworkRecipe, *, inputs: int, outputs: int) -> nn.Module:
    """Build an untrained network.

    Parameters
    ----------
    recipe
        Kind and shape of the network.
    inputs, outputs
        Number of input and of output channels.
    """
    kinds = {"unet": UNet, "encoder-decoder": EncoderDecoder}
    return kinds[recipe.kind](recipe.widths, inputs, outputs)


class UNet(nn.Module):
    """An encoder and a decoder with skip connections.

    Parameters
    ----------
    widths
        Channels at each level.
    inputs, outputs
        Number of input and of output channels.
    """

    def __init__(self, widths: tuple[int, ...], inputs: int, outputs: int) -> None:
        super().__init__()
        self.down = _encoder(inputs, widths)
        self.up = nn.ModuleList(_block(below + width, width) for width, below in pairwise(widths))
        self.head = nn.Conv2d(widths[0], outputs, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Map images (n, inputs, y, x) to outputs (n, outputs, y, x)."""
        skips: list[Tensor] = []
        features = self.down[0](image)
        for block in self.down[1:]:
            skips.append(features)
            features = block(nn.functional.max_pool2d(features, 2))
        for block, skip in zip(reversed(self.up), reversed(skips), strict=True):
            features = block(torch.cat([grown(features), skip], dim=1))
        result: Tensor = self.head(features)
        return result


class EncoderDecoder(nn.Module):
    """An encoder and a decoder without skip connections, after Ziatdinov et al. (2017).

    Parameters
    ----------
    widths
        Channels at each level.
    inputs, outputs
        Number of input and of output channels.
    """

    def __init__(self, widths: tuple[int, ...], inputs: int, outputs: int) -> None:
        super().__init__()
        self.down = _encoder(inputs, widths)
        self.up = nn.ModuleList(_block(below, width) for width, below in pairwise(widths))
        self.head = nn.Conv2d(widths[0], outputs, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Map images (n, inputs, y, x) to outputs (n, outputs, y, x)."""
        features = self.down[0](image)
        for block in self.down[1:]:
            features = block(nn.functional.max_pool2d(features, 2))
        for block in reversed(self.up):
            features = block(grown(features))
        result: Tensor = self.head(features)
        return result


def grown(features: Tensor) -> Tensor:
    """Give twice the resolution by repeating pixels."""
    return nn.functional.interpolate(features, scale_factor=2.0, mode="nearest")


def _encoder(inputs: int, widths: tuple[int, ...]) -> nn.ModuleList:
    return nn.ModuleList(
        _block(before, width) for before, width in zip((inputs, *widths), widths, strict=False)
    )


def _block(before: int, width: int) -> nn.Sequential:
    """Two convolutions, each with normalisation and rectification."""
    layers: list[nn.Module] = []
    for channels in (before, width):
        layers += [
            nn.Conv2d(channels, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class ResidualBlock(nn.Module):
    """A residual block without normalisation, after EDSR (Lim et al. 2017).

    Parameters
    ----------
    width
        Channels of its features.
    bias
        Whether its convolutions add constants; without, its answer grows with its features.
    """

    def __init__(self, width: int, *, bias: bool = True) -> None:
        super().__init__()
        last = nn.Conv2d(width, width, 3, padding=1, bias=bias)
        # A block that begins as the identity lets a deep network learn at a high rate.
        nn.init.zeros_(last.weight)
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=bias), nn.ReLU(inplace=True), last
        )

    def forward(self, features: Tensor) -> Tensor:
        """Add what the block has to add."""
        added: Tensor = self.body(features)
        return features + added
