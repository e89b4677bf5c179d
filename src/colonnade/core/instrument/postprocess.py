"""What people do to a picture before a network sees it; every simulator shares it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont
from scipy import ndimage

from colonnade.core.arrays import Array, Grey, Single
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import NEVER, Draws, Range

Grid = Literal["kept", "bilinear", "cubic", "binned"]

LABELS = ("0.5 nm", "1 nm", "2 nm", "5 nm", "10 nm", "20 nm", "100 nm", "500 nm", "1 µm", "5 Å")
"""What a scale bar says; its length does not depend on it."""

BAR_LENGTH: Range = (0.15, 0.4)
"""Of a scale bar, as a share of the picture's width."""


@dataclass(frozen=True)
class Export:
    """What becomes of a picture; each range is drawn from evenly."""

    interpolated: float = 0.15
    """Share of the images that were recorded on a coarser grid and interpolated."""
    zoom: Range = (1.2, 3.0)
    """Pixels of such an image for each that was recorded."""
    binned: float = 0.1
    """Share of the images that were recorded on a grid twice as fine and averaged."""
    smoothed: float = 0.3
    """Share of the images that were smoothed with a Gaussian, so that noise is correlated."""
    smoothing: Range = (0.4, 1.8)
    """Standard deviation of that Gaussian [px]."""
    wiener: float = 0.1
    """Share of the images that went through a local Wiener filter."""
    wiener_width: tuple[int, ...] = (3, 5, 7)
    """Width of its window, each choice as likely [px]."""
    exported: float = 0.4
    """Share of the images that were exported to 8 bit, with the contrast stretched."""
    clipped: Range = (0.0, 0.01)
    """Share of the pixels that such an export clips at each end."""
    gamma: Range = (0.7, 1.4)
    """Exponent that such an export applies."""
    jpeg: float = 0.3
    """Share of the exported images that were compressed as JPEG."""
    quality: Range = (50.0, 95.0)
    """Quality of that compression, on the scale of 1 to 100 that every program has."""
    scale_bar: float = 0.25
    """Share of the exported images with a scale bar drawn into the pixels of a lower corner."""

    def __post_init__(self) -> None:
        if self.interpolated + self.binned > 1:
            raise RecipeError("export.interpolated and export.binned must not exceed 1 together")
        if not self.zoom[0] >= 1:
            raise RecipeError(f"export.zoom must be at least 1, not {self.zoom[0]}")
        if not all(width >= 1 and width % 2 for width in self.wiener_width):
            raise RecipeError(f"export.wiener_width must be odd each, not {self.wiener_width}")
        if not 0 <= self.clipped[0] <= self.clipped[1] < 0.5:
            raise RecipeError(f"export.clipped must lie between 0 and 0.5, not {self.clipped}")


@dataclass(frozen=True)
class ScaleBar:
    """A bar and its label in a lower corner.

    Parameters
    ----------
    length
        Share of the picture's width.
    label
        What stands above the bar.
    right
        Whether it is in the right corner.
    white
        Whether it is white; else it is black.
    """

    length: float
    label: str
    right: bool
    white: bool

    def ink(self, size: tuple[int, int]) -> Single:
        """Give how much of each pixel it covers, from 0 to 1."""
        height, width = size
        margin, thick = max(2, min(size) // 25), max(2, height // 80)
        long = max(1, round(self.length * width))
        left = width - margin - long if self.right else margin
        top = height - margin - thick
        picture = Picture.new("L", (width, height))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((left, top, left + long - 1, top + thick - 1), fill=255)
        at, anchor = (left + long, "rs") if self.right else (left, "ls")
        font = ImageFont.load_default(max(8, height // 18))
        draw.text((at, top - thick), self.label, fill=255, font=font, anchor=anchor)
        return np.asarray(picture, np.float32) / np.float32(255)

    def covered(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """Give the rectangle that holds bar and label."""
        ink = self.ink(size)
        down, across = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        covered = np.zeros(size, bool)
        covered[down[0] : down[-1] + 1, across[0] : across[-1] + 1] = True
        return covered

    def draw(self, picture: Single) -> Single:
        """Draw it into a picture of 8 bit."""
        level = np.float32(255 if self.white else 0)
        ink = self.ink((picture.shape[0], picture.shape[1]))
        drawn: Single = np.rint(picture + (level - picture) * ink)
        return drawn


@dataclass(frozen=True)
class DrawnExport:
    """What becomes of one picture.

    Parameters
    ----------
    resampling
        How the recorded grid became that of the picture.
    zoom
        Pixels of the picture for each that was recorded, along each axis.
    blur
        Standard deviation of a Gaussian that smooths it [px].
    wiener
        Width of a local Wiener filter [px]; 1 for none.
    exported
        Whether it becomes one of 8 bit; what follows is done to such pictures only.
    clipped
        Share of the pixels that is clipped at each end.
    gamma
        Exponent applied after stretching to 0..1.
    quality
        Of JPEG compression; 0 for none.
    scale_bar
        What is drawn into the pixels.
    """

    resampling: Grid = "kept"
    zoom: float = 1.0
    blur: float = 0.0
    wiener: int = 1
    exported: bool = False
    clipped: float = 0.0
    gamma: float = 1.0
    quality: int = 0
    scale_bar: ScaleBar | None = None

    def grid(self, size: tuple[int, int]) -> tuple[tuple[int, int], float]:
        """Give what is recorded for a picture of this size.

        Returns
        -------
        tuple of int
            Rows and columns to record.
        float
            Size of a recorded pixel, in pixels of the picture.
        """
        rows, columns = (int(np.ceil(count / self.zoom)) for count in size)
        return (rows, columns), self.zoom

    def to_final(self, positions: Array) -> Array:
        """Turn positions on the recorded grid into positions in the picture [px]."""
        return np.asarray((positions + 0.5) * self.zoom - 0.5)

    @property
    def smoothing(self) -> float:
        """Standard deviation by which peaks get wider, about [px of the picture].

        A peak in a local Wiener filter is flattened less than the flat ground beside it.
        """
        variance = self.blur**2 + WIENER_SHARE * (self.wiener**2 - 1) / 12
        if self.resampling == "bilinear":
            variance += self.zoom**2 / 6
        if self.resampling == "binned":
            variance += 1 / 16
        return float(np.sqrt(variance))

    def resampled(self, image: Grey, size: tuple[int, int]) -> Single:
        """Bring a recorded image to the grid of a picture of this size, and do nothing else."""
        image = image.astype(np.float32, copy=False)
        if self.resampling == "kept":
            return image
        method = METHODS[self.resampling]
        box = (0.0, 0.0, size[1] / self.zoom, size[0] / self.zoom)
        return np.array(Picture.fromarray(image).resize((size[1], size[0]), method, box))

    def process(self, image: Grey, size: tuple[int, int]) -> Single:
        """Turn a recorded image into a picture of this size."""
        picture = self.resampled(image, size)
        if self.blur > 0:
            picture = ndimage.gaussian_filter(picture, self.blur, mode="nearest")
        if self.wiener > 1:
            picture = wiener(picture, self.wiener)
        if not self.exported:
            return picture
        picture = export_8bit(picture, self.clipped, self.gamma)
        if self.scale_bar:
            picture = self.scale_bar.draw(picture)
        return compress(picture, self.quality) if self.quality else picture

    def covered(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """Give the pixels of the recorded grid that a scale bar hides.

        Parameters
        ----------
        size
            Rows and columns of the picture.
        """
        recorded, _ = self.grid(size)
        if not self.scale_bar:
            return np.zeros(recorded, bool)
        rows, columns = (
            np.minimum(((np.arange(count) + 0.5) * self.zoom).astype(int), last - 1)
            for count, last in zip(recorded, size, strict=True)
        )
        return self.scale_bar.covered(size)[np.ix_(rows, columns)]


METHODS = {
    "bilinear": Picture.Resampling.BILINEAR,
    "cubic": Picture.Resampling.BICUBIC,
    "binned": Picture.Resampling.BOX,
}

WIENER_SHARE = 0.3
"""A local Wiener filter widens peaks as this share of its window's variance would."""


def draw_export(recipe: Export, draws: Draws) -> DrawnExport:
    """Draw what becomes of one picture."""
    shares = (recipe.interpolated / 2, recipe.interpolated / 2, recipe.binned)
    kinds: tuple[Grid, ...] = ("bilinear", "cubic", "binned", "kept")
    resampling = draws.choice("export.resampling", kinds, (*shares, 1 - sum(shares)))
    zooms: dict[Grid, Range] = {"kept": (1.0, 1.0), "binned": (0.5, 0.5)}
    smoothed = draws.happens("export.smoothed", recipe.smoothed)
    filtered = draws.happens("export.wiener", recipe.wiener)
    exported = draws.happens("export.exported", recipe.exported)
    jpeg = draws.happens("export.jpeg", recipe.jpeg * exported)
    return DrawnExport(
        resampling=resampling,
        zoom=draws.uniform("export.zoom", zooms.get(resampling, recipe.zoom)),
        blur=draws.uniform("export.smoothing", recipe.smoothing if smoothed else NEVER),
        wiener=draws.choice("export.wiener_width", recipe.wiener_width if filtered else (1,)),
        exported=exported,
        clipped=draws.uniform("export.clipped", recipe.clipped if exported else NEVER),
        gamma=draws.uniform("export.gamma", recipe.gamma if exported else (1.0, 1.0)),
        quality=round(draws.uniform("export.quality", recipe.quality if jpeg else NEVER)),
        scale_bar=_draw_scale_bar(recipe.scale_bar * exported, draws),
    )


def _draw_scale_bar(share: float, draws: Draws) -> ScaleBar | None:
    wanted = draws.happens("export.scale_bar", share)
    bar = ScaleBar(
        length=draws.rng.uniform(*BAR_LENGTH),
        label=str(draws.rng.choice(LABELS)),
        right=bool(draws.rng.random() < 0.5),
        white=bool(draws.rng.random() < 0.5),
    )
    return bar if wanted else None


def export_8bit(image: Grey, clipped: float, gamma: float) -> Single:
    """Export as people do: stretch the contrast, clip both ends, apply gamma, round to 8 bit.

    Parameters
    ----------
    image
        Grey levels.
    clipped
        Share of the pixels that is clipped at each end.
    gamma
        Exponent applied after stretching to 0..1.
    """
    low, high = np.quantile(image, [clipped, 1 - clipped])
    stretched = np.clip((image - low) / max(high - low, 1e-12), 0, 1)
    levels: Single = np.rint(255 * stretched**gamma).astype(np.float32)
    return levels


def wiener(image: Single, width: int) -> Single:
    """Smooth where an image varies no more than its noise does, and keep what varies more.

    The noise is what no plane or saddle explains in three by three pixels (Immerkær, Computer
    Vision and Single Understanding 64, 300, 1996).

    Parameters
    ----------
    image
        Grey levels.
    width
        Of the window in which the local mean and variance are taken [px].
    """
    curved = np.diff(np.diff(image, 2, axis=0), 2, axis=1)
    noise = np.pi / 2 * float(np.abs(curved).mean()) ** 2 / 36
    level = image.mean()
    departure = image - level
    mean = ndimage.uniform_filter(departure, width)
    variance = ndimage.uniform_filter(departure**2, width) - mean**2
    kept = np.maximum(variance - noise, 0) / np.maximum(variance, 1e-30)
    filtered: Single = level + mean + kept * (departure - mean)
    return filtered


def compress(picture: Single, quality: int) -> Single:
    """Save a picture of 8 bit as JPEG, and open it again."""
    file = BytesIO()
    Picture.fromarray(picture.astype(np.uint8)).save(file, "JPEG", quality=quality)
    return np.asarray(Picture.open(file), np.float32)
