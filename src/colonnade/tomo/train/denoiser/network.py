"""The network that takes noise out of images (torch).

A residual U-Net that sees each square of 2 x 2 px as channels of one coarser pixel, which makes it
twice as fast as one of full resolution. Its layers add no constants: an image twice as bright gets
an answer twice as bright, whatever the brightness was in training. No layer's answer depends on
the size of the tile that it sees.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from colonnade.core.errors import RecipeError
from colonnade.core.learn.networks import ResidualBlock, grown
from colonnade.tomo.denoise.conditions import CHANNELS


@dataclass(frozen=True)
class DenoiserShape:
    """Shape of a network."""

    widths: tuple[int, ...] = (64, 128)
    """Channels at each level; every level halves the resolution of the one above, the first that
    of the image."""
    blocks: int = 2
    """Residual blocks on the way down and on the way up at each level."""
    deepest: int = 3
    """Residual blocks at the coarsest level."""

    def __post_init__(self) -> None:
        if not self.widths or min(*self.widths, self.blocks, self.deepest) < 1:
            raise RecipeError("the widths and the numbers of blocks of network must be at least 1")

    @property
    def stride(self) -> int:
        """Images must be a multiple of this many pixels high and wide."""
        return int(SQUARE * 2 ** (len(self.widths) - 1))

    @property
    def halo(self) -> int:
        """Beyond this distance no pixel has an influence [px]; a multiple of the stride."""
        # Two convolutions a block, and one change of resolution, on the way down and up.
        sides = [SQUARE * 2**level for level in range(len(self.widths) - 1)]
        finer = sum(2 * (2 * self.blocks + 1) * side for side in sides)
        reach = 3 * SQUARE + finer + 2 * self.deepest * self.stride
        return int(-(-reach // self.stride) * self.stride)


SQUARE = 2
"""Side of the squares whose pixels the network sees as channels [px]."""


class Denoiser(nn.Module):
    """Estimates the noise, and takes it away.

    Parameters
    ----------
    shape
        Of the network.
    """

    def __init__(self, shape: DenoiserShape) -> None:
        super().__init__()
        widths, steps = shape.widths, list(pairwise(shape.widths))
        self.first = _convolution(SQUARE**2 * CHANNELS, widths[0])
        self.down = nn.ModuleList(_blocks(shape.blocks, width) for width in widths[:-1])
        self.coarser = nn.ModuleList(
            nn.Conv2d(fine, coarse, 2, stride=2, bias=False) for fine, coarse in steps
        )
        self.deepest = _blocks(shape.deepest, widths[-1])
        self.finer = nn.ModuleList(
            nn.Conv2d(coarse, fine, 1, bias=False) for fine, coarse in steps
        )
        self.up = nn.ModuleList(_blocks(shape.blocks, width) for width in widths[:-1])
        self.noise = _convolution(widths[0], SQUARE**2)
        nn.init.zeros_(self.noise.weight)

    def forward(self, image: Tensor) -> Tensor:
        """Give images without noise (n, 1, y, x)."""
        features = self.first(nn.functional.pixel_unshuffle(image, SQUARE))
        skips: list[Tensor] = []
        for blocks, coarser in zip(self.down, self.coarser, strict=True):
            features = blocks(features)
            skips.append(features)
            features = coarser(features)
        features = self.deepest(features)
        levels = zip(reversed(self.up), reversed(self.finer), reversed(skips), strict=True)
        for blocks, finer, skip in levels:
            features = blocks(grown(finer(features)) + skip)
        noise = nn.functional.pixel_shuffle(self.noise(features), SQUARE)
        denoised: Tensor = image[:, :1] - noise
        return denoised


def _blocks(count: int, width: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width, bias=False) for _ in range(count)))


def _convolution(before: int, width: int) -> nn.Conv2d:
    return nn.Conv2d(before, width, 3, padding=1, bias=False)
