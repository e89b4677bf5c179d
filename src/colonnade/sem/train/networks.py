"""Networks for super-resolution, and the one that tells their images from sharp ones (torch).

No layer's answer depends on the size of the tile that it sees.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from colonnade.core.errors import RecipeError
from colonnade.core.learn.networks import ResidualBlock, grown
from colonnade.sem.conditions import CHANNELS

FACTORS = (2, 4, 8)
"""How many times as many pixels a network gives along each axis."""


@dataclass(frozen=True)
class SrRecipe:
    """Kind and shape of a network for super-resolution."""

    kind: Literal["light", "paper"] = "light"
    """The light network works at three resolutions, none finer than that of its input; the paper's
    is the generator of SRGAN."""
    width: int = 48
    """Channels of its features."""
    blocks: int = 6
    """Residual blocks at the resolution of the input."""
    coarse_blocks: int = 3
    """Residual blocks at each of the two coarser resolutions of the light network."""
    interval_width: int = 32
    """Channels of the part that predicts the half-widths of intervals."""

    def __post_init__(self) -> None:
        if min(self.width, self.blocks, self.coarse_blocks, self.interval_width) < 1:
            raise RecipeError("the widths and the numbers of blocks of network must be at least 1")

    @property
    def stride(self) -> int:
        """Images must be a multiple of this many pixels high and wide."""
        return COARSEST if self.kind == "light" else 1

    @property
    def halo(self) -> int:
        """Beyond this distance no pixel has an influence [px]; a multiple of the stride."""
        if self.kind == "paper":
            # Nine pixels wide at both ends, and two convolutions for each block.
            return 4 + 2 * self.blocks + 1 + 2 + 4 + INTERVAL_REACH
        coarse = sum(2 * level * self.coarse_blocks + level for level in (2, COARSEST))
        reach = 1 + 2 * self.blocks + coarse + COARSEST + 1 + INTERVAL_REACH
        return -(-reach // COARSEST) * COARSEST


COARSEST = 4
"""Side of the coarsest pixels of the light network [px of its input]."""

INTERVAL_REACH = 2
"""How far the part that predicts the half-widths looks [px]."""


class SuperResolution(nn.Module):
    """A trunk at the resolution of the input, and what is made of its features.

    Parameters
    ----------
    recipe
        Kind and shape.
    factor
        How many times as many pixels it gives along each axis.
    """

    def __init__(self, recipe: SrRecipe, factor: int) -> None:
        super().__init__()
        if factor not in FACTORS:
            raise RecipeError(f"the factor must be one of {FACTORS}, not {factor}")
        kinds = {"light": LightTrunk, "paper": PaperTrunk}
        self.factor = factor
        self.trunk = kinds[recipe.kind](recipe)
        head = _light_head if recipe.kind == "light" else _paper_head
        self.image = head(recipe, factor)
        self.interval = nn.Sequential(
            nn.Conv2d(CHANNELS + recipe.width, recipe.interval_width, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(recipe.interval_width, factor**2, 3, padding=1),
            nn.PixelShuffle(factor),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Give the finer image and the logarithm of its half-widths (n, 2, factor·y, factor·x).

        The half-widths are predicted from features that they do not change, as the image comes
        first, and from the input, whose spectrum says how noisy it is.
        """
        features = self.trunk(image)
        finer = self.image(features) + enlarged(image[:, :1], self.factor)
        seen = torch.cat([image, features.detach()], dim=1)
        return torch.cat([finer, self.interval(seen)], dim=1)


def enlarged(image: Tensor, factor: int) -> Tensor:
    """Enlarge images bilinearly, a finer pixel being a part of a coarse one."""
    return nn.functional.interpolate(
        image, scale_factor=float(factor), mode="bilinear", align_corners=False
    )


class LightTrunk(nn.Module):
    """Residual blocks at the resolution of the input, and at two coarser ones that look farther.

    Parameters
    ----------
    recipe
        Its shape.
    images
        How many it sees together, such as slices of a stack.
    """

    def __init__(self, recipe: SrRecipe, images: int = 1) -> None:
        super().__init__()
        width = recipe.width
        self.first = First(width, 3, images)
        self.fine = _blocks(recipe.blocks - recipe.blocks // 2, width)
        self.down = nn.ModuleList(nn.Conv2d(width, width, 2, stride=2) for _ in range(2))
        self.coarse = nn.ModuleList(_blocks(recipe.coarse_blocks, width) for _ in range(2))
        self.up = nn.ModuleList(nn.Conv2d(width, width, 1) for _ in range(2))
        self.last = _blocks(recipe.blocks // 2, width)

    def forward(self, image: Tensor) -> Tensor:
        """Give features at the resolution of the input."""
        fine = self.fine(self.first(image))
        middle = self.coarse[0](self.down[0](fine))
        coarse = self.coarse[1](self.down[1](middle))
        middle = middle + self.up[1](grown(coarse))
        features: Tensor = self.last(fine + self.up[0](grown(middle)))
        return features


SLOPE = 0.25
"""Of what is negative, in the paper's network: where its slopes begin to learn, as a model file
keeps no slopes from which another training could begin."""


class PaperTrunk(nn.Module):
    """The residual blocks of SRResNet (Ledig et al. 2017), with fixed slopes.

    Parameters
    ----------
    recipe
        Its shape; the paper's has 16 blocks of 64 channels.
    """

    def __init__(self, recipe: SrRecipe) -> None:
        super().__init__()
        width = recipe.width
        self.first = nn.Sequential(First(width, 9), nn.LeakyReLU(SLOPE))
        self.blocks = nn.Sequential(*(_PaperBlock(width) for _ in range(recipe.blocks)))
        self.last = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, image: Tensor) -> Tensor:
        """Give features at the resolution of the input."""
        first = self.first(image)
        features: Tensor = first + self.last(self.blocks(first))
        return features


class First(nn.Module):
    """The first layer: a convolution of the image, shifted by what is the same in every pixel.

    Parameters
    ----------
    width
        Channels that it gives.
    size
        Side of the convolution [px].
    images
        How many images come before what is the same in every pixel.
    """

    def __init__(self, width: int, size: int, images: int = 1) -> None:
        super().__init__()
        self.images = images
        self.image = nn.Conv2d(images, width, size, padding=size // 2)
        self.conditions = nn.Conv2d(CHANNELS - 1, width, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Give the first features."""
        shown, same = image[:, : self.images], image[:, self.images :]
        features: Tensor = self.image(shown) + self.conditions(same)
        return features


class _PaperBlock(nn.Module):
    """A residual block of SRResNet."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Add what the block has to add."""
        added: Tensor = self.body(features)
        return features + added


def _blocks(count: int, width: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(width) for _ in range(count)))


def _light_head(recipe: SrRecipe, factor: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(recipe.width, factor**2, 3, padding=1), nn.PixelShuffle(factor))


def _paper_head(recipe: SrRecipe, factor: int) -> nn.Sequential:
    """Double the pixels as often as it takes, each time with features of full width."""
    layers: list[nn.Module] = []
    for _ in range(factor.bit_length() - 1):
        layers += [
            nn.Conv2d(recipe.width, 4 * recipe.width, 3, padding=1),
            nn.PixelShuffle(2),
            nn.LeakyReLU(SLOPE),
        ]
    return nn.Sequential(*layers, nn.Conv2d(recipe.width, 1, 9, padding=4))


class Discriminator(nn.Module):
    """Tells images of a network from sharp ones, patch by patch, after SRGAN (Ledig et al. 2017).

    Parameters
    ----------
    width
        Channels of its first layer; 64 in the paper.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = (width, width, 2 * width, 2 * width, 4 * width, 4 * width)
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(before, after, 3, stride=1 + number % 2, padding=1),
                nn.LeakyReLU(0.2, inplace=True),
            )
            for number, (before, after) in enumerate(zip((1, *widths), widths, strict=False))
        )
        self.verdict = nn.Conv2d(widths[-1], 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Give log odds that each patch is sharp (n, 1, y, x)."""
        verdict: Tensor = self.verdict(self.features(image)[-1])
        return verdict

    def features(self, image: Tensor) -> list[Tensor]:
        """Give the features of every second layer, on which images are compared by content."""
        found = []
        for number, layer in enumerate(self.layers):
            image = layer(image)
            if number % 2:
                found.append(image)
        return found
