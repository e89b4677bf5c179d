"""The picture of an image with rings around what was found, drawn straight into its pixels.

A plotting library takes longer to load and to draw it than the image takes to be searched.
"""

from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from colonnade.core.arrays import Single
from colonnade.core.errors import visible
from colonnade.core.images.levels import ordinary
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.repair import as_single
from colonnade.core.work.writing import atomic

BLUE, ORANGE = "#0072B2", "#E69F00"
"""Colours that people with any colour vision can tell apart (Okabe and Ito)."""

IMAGE_SIDE_PX = 1350
"""Longer side of the image in the picture [px]."""

LEAST_WIDTH_PX = 450
"""Least width of the picture, to hold a scale bar and words [px]."""

STRIP_PX = 52
"""Height of the strip above the image that holds its sentence [px]."""

FONT_PX = 23
"""Size of letters [px]."""

RING_OVERSAMPLING = 3
"""Rings are drawn larger by this factor and averaged, which smooths their edges."""

LINE_PX = 1.9
"""Width of a ring's line [px]."""

LEAST_DOTTED_PX = 7.5
"""Rings at least this wide have a dot in the middle [px]."""

GREY_SAMPLES = 1000
"""Most rows and columns of pixels from which the range of grey levels is taken."""


class Picture:
    """An image in grey that rings can be drawn on.

    Parameters
    ----------
    image
        What is shown.
    """

    def __init__(self, image: Micrograph) -> None:
        height, width = image.shape
        tall = height * aspect(image)
        self._image = image
        self._scale = IMAGE_SIDE_PX / max(tall, width)
        size = max(1, round(width * self._scale)), max(1, round(tall * self._scale))
        # Pixels that are much enlarged are shown as the squares that they are.
        coarse = min(size[0] / width, size[1] / height) >= 3
        way = Image.Resampling.NEAREST if coarse else Image.Resampling.BICUBIC
        self._shown = Image.fromarray(as_bytes(image.pixels)).resize(size, way).convert("RGB")

    def ring(self, positions: NDArray[np.float64], diameter: float) -> None:
        """Draw a ring around every position (y, x), of a diameter along x [px of the image]."""
        size = self._shown.width * RING_OVERSAMPLING, self._shown.height * RING_OVERSAMPLING
        fine = Image.new("L", size)
        draw = ImageDraw.Draw(fine)
        scale = np.array([size[1], size[0]]) / self._image.shape
        half_y, half_x = (
            diameter / 2 * RING_OVERSAMPLING * self._scale * np.array([aspect(self._image), 1])
        )
        dot = (
            LINE_PX * 0.8 * RING_OVERSAMPLING if diameter * self._scale > LEAST_DOTTED_PX else 0.0
        )
        for y, x in (positions + 0.5) * scale:
            box = (x - half_x, y - half_y, x + half_x, y + half_y)
            draw.ellipse(box, outline=255, width=round(LINE_PX * RING_OVERSAMPLING))
            if dot:
                draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=255)
        mask = fine.reduce(RING_OVERSAMPLING)
        self._shown.paste(Image.new("RGB", mask.size, ORANGE), mask=mask)

    def add_scale_bar(self) -> None:
        """Draw a bar of a round length into the lower left corner; none without a calibration."""
        if self._image.pixel_size is not None:
            field = self._image.shape[1] * self._image.pixel_size[1]
            draw_scale_bar(self._shown, field / self._shown.width)

    def save(self, path: Path, words: str) -> None:
        """Write the picture as PNG below a sentence, whole or not at all."""
        font, words = letters(), visible(words)
        width = max(LEAST_WIDTH_PX, self._shown.width, round(font.getlength(words)) + 28)
        sheet = Image.new("RGB", (width, self._shown.height + STRIP_PX), "white")
        sheet.paste(self._shown, ((width - self._shown.width) // 2, STRIP_PX))
        ImageDraw.Draw(sheet).text((14, STRIP_PX // 2), words, "black", font, anchor="lm")
        with atomic(path) as temporary:
            # The least compression takes a quarter of the time, and hardly more room.
            sheet.save(temporary, format="png", compress_level=1)


def draw_scale_bar(shown: Image.Image, pixel: float) -> None:
    """Draw a bar of a round length into the lower left corner of a picture.

    Parameters
    ----------
    shown
        The picture.
    pixel
        Width of one of its pixels [nm].
    """
    length = round_length(0.25 * shown.width * pixel)
    long, thick = length / pixel, max(4.0, 0.01 * shown.height)
    left, bottom = 0.018 * shown.width, shown.height - 0.018 * shown.width
    draw = ImageDraw.Draw(shown, "RGBA")
    words, font = length_label(length), letters()
    rim, top = 0.5 * FONT_PX, bottom - thick - 1.3 * FONT_PX
    reach = max(long, draw.textlength(words, font))
    around = (left - rim, top - 0.5 * rim, left + reach + rim, bottom + rim)
    draw.rectangle(around, fill=(0, 0, 0, 153))
    draw.rectangle((left, bottom - thick, left + long, bottom), fill="white")
    draw.text((left + reach / 2, top), words, "white", font, anchor="ma")


def aspect(image: Micrograph) -> float:
    """Height of a pixel over its width."""
    return 1.0 if image.pixel_size is None else image.pixel_size[0] / image.pixel_size[1]


def grey_range(pixels: NDArray[np.floating]) -> tuple[float, float]:
    """Where black and white lie: the darkest and brightest 0.2 % are clipped."""
    low, high = np.quantile(pixels[np.isfinite(pixels)], [0.002, 0.998])
    return float(low), float(high)


def round_length(most: float) -> float:
    """Largest 1, 2 or 5 times a power of ten that is not above `most`."""
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9)))


def length_label(length: float) -> str:
    """Write a length [nm] with its unit."""
    return f"{length:g} nm" if length < 1000 else f"{length / 1000:g} µm"


def as_bytes(pixels: NDArray[Any], limits: tuple[float, float] | None = None) -> NDArray[np.uint8]:
    """Grey levels from 0 to 255; what is not a number is black.

    Parameters
    ----------
    pixels
        Grey levels.
    limits
        Where black and white lie; by default as in `grey_range`.
    """
    if limits is None:
        pixels, _ = ordinary(pixels)
    pixels = as_single(pixels)
    step = -(-max(pixels.shape) // GREY_SAMPLES)
    limits = grey_range(pixels[::step, ::step]) if limits is None else limits
    low, high = map(np.float32, limits)  # so that what is white is so to the last digit
    grey: Single = (np.clip(pixels, low, high) - low) / ((high - low) or 1.0) * 255
    return np.nan_to_num(grey).astype(np.uint8)


def letters(size: float = FONT_PX) -> ImageFont.FreeTypeFont:
    """Letters of the font that all other figures have, found without loading their library."""
    font = distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf")
    return ImageFont.truetype(str(font), size)
