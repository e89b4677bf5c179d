"""Pictures of a reconstruction as parts of its page."""

from html import escape

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

from colonnade.core.arrays import Grey, Single
from colonnade.core.figures.overlay import as_bytes, draw_scale_bar
from colonnade.core.figures.page import picture_address
from colonnade.tomo.reconstruct.shown import Section, Sections
from colonnade.tomo.reconstruct.trust.fourier import Power

WIDTH_PX = 480
"""Width of the pictures [px]."""

COLOURS = "viridis"
"""Colours of power and of errors, from none to most."""

CLIPPED = (0.001, 0.999)
"""Quantiles of the grey levels that are drawn black and white."""

WIDEST = 0.995
"""Quantile of the errors that has the brightest colour."""

DECADES = 6.0
"""Power that is so many powers of ten below the highest is drawn like none."""


AXES = {"xz": "x across, z down", "xy": "x across, y down", "yz": "y across, z down"}
"""How sections lie."""


def draw_sections(sections: Sections) -> list[str]:
    """Draw three sections in grey, all on one scale."""
    low, high = np.quantile(_all(sections), CLIPPED)
    return [
        _figure(each, as_bytes(each.pixels, (float(low), float(high))), f"section {each.name}")
        for each in sections
    ]


def draw_errors(errors: Sections) -> tuple[list[str], float]:
    """Draw three sections through errors in colours, and give the error of the brightest."""
    widest = max(float(np.quantile(_all(errors), WIDEST)), 1e-30)
    pictures = [
        _figure(each, _coloured(each.pixels / widest), f"errors in {each.name}") for each in errors
    ]
    return pictures, widest


def _all(sections: Sections) -> Single:
    return np.concatenate([section.pixels.ravel() for section in sections])


def _figure(section: Section, pixels: NDArray[np.uint8], title: str) -> str:
    """Give a picture of a section, with a bar where there is a scale."""
    height, width = section.pixels.shape
    down, across = section.voxel
    size = WIDTH_PX, max(1, round(WIDTH_PX * height * down / (width * across)))
    way = Image.Resampling.NEAREST if size[0] >= width else Image.Resampling.BOX
    picture = Image.fromarray(pixels).convert("RGB").resize(size, way)
    if section.scale is not None:
        draw_scale_bar(picture, section.scale * width / WIDTH_PX)
    caption = escape(f"{title}: {AXES[section.name]}")
    return (
        f"<figure><figcaption>{caption}</figcaption>"
        f'<img alt="{caption}" src="{picture_address(picture)}"></figure>'
    )


def draw_power(power: Power) -> str:
    """Draw the power of a volume over frequencies (z, x), and lines round what was measured."""
    highest = max(float(power.power.max()), np.finfo(float).tiny)
    shares = 1 + np.log10(np.maximum(power.power / highest, 10**-DECADES)) / DECADES
    picture = Image.fromarray(_coloured(shares)).resize((WIDTH_PX, WIDTH_PX), Image.Resampling.BOX)
    ends = (power.wedge.lowest, power.wedge.highest) if power.wedge.missing else ()
    lines = "".join(map(_line, ends))
    return (
        '<figure class="fourier"><figcaption>Power at each frequency, along x across and along z '
        'down, to half a cycle a pixel</figcaption><svg viewBox="-50 -50 100 100" role="img" '
        'aria-label="power of the volume in Fourier space, and what of it was measured">'
        f'<image x="-50" y="-50" width="100" height="100" href="{picture_address(picture)}"/>'
        f"{lines}{_words(power)}</svg></figure>"
    )


def _line(direction: float) -> str:
    """Draw a line through the middle, dark under light, so that it is seen on any colour."""
    radians = np.deg2rad(direction)
    reach = 50 / max(abs(np.cos(radians)), abs(np.sin(radians)))
    x, y = reach * np.cos(radians), reach * np.sin(radians)
    ends = f'x1="{-x:.2f}" y1="{-y:.2f}" x2="{x:.2f}" y2="{y:.2f}"'
    return f'<line class="under" {ends}/><line class="over" {ends}/>'


def _words(power: Power) -> str:
    """Name the two parts, each along the middle of its directions."""
    first, last = power.wedge.lowest, power.wedge.highest
    middles = {"measured": (first + last) / 2}
    if power.wedge.missing > 0:
        middles["not measured"] = (first + last) / 2 - 90
    return "".join(
        f'<text x="{32 * np.cos(np.deg2rad(at)):.1f}" y="{32 * np.sin(np.deg2rad(at)):.1f}" '
        f'text-anchor="middle">{name}</text>'
        for name, at in middles.items()
    )


def _coloured(shares: Grey) -> NDArray[np.uint8]:
    colours = colormaps[COLOURS](np.clip(shares, 0, 1), bytes=True)
    return np.asarray(colours[..., :3], np.uint8)


def ramp() -> str:
    """Give all colours from none to most, for the style of a page."""
    stops = colormaps[COLOURS](np.linspace(0, 1, 9), bytes=True)
    colours = (f"rgb({red} {green} {blue})" for red, green, blue, _ in stops)
    return f"linear-gradient(to right, {', '.join(colours)})"
