"""Pictures of vectors: arrows, and maps coloured by direction, with the wheel that says how."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from scipy.stats import norm

from colonnade.atoms.columns import Columns
from colonnade.atoms.maps.pictures import SEQUENTIAL, SIGNIFICANT, canvas, paint
from colonnade.atoms.maps.positions import spoken
from colonnade.core.arrays import Array
from colonnade.core.figures.plots import add_scale_bar, show_image
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.neighbours import nearest_distances

LIGHTNESS, CHROMA = 0.76, 0.12
"""Of all colours of the wheel, in Oklab: no direction looks stronger than another."""

LONGEST = 0.95
"""The length of a long arrow, in distances between the columns that have one."""

LONG = 0.95
"""Share of the vectors that are no longer than a long one."""


def _wheel(count: int = 256) -> ListedColormap:
    """Colours of directions, equal in lightness and evenly different in hue."""
    hue = np.linspace(0, 2 * np.pi, count, endpoint=False)
    a, b = CHROMA * np.cos(hue), CHROMA * np.sin(hue)
    mixed = np.array(
        [
            LIGHTNESS + 0.3963377774 * a + 0.2158037573 * b,
            LIGHTNESS - 0.1055613458 * a - 0.0638541728 * b,
            LIGHTNESS - 0.0894841775 * a - 1.2914855480 * b,
        ]
    )
    to_rgb = [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
    linear = np.clip(np.array(to_rgb) @ mixed**3, 0, 1)
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    rgb = np.where(linear <= 0.0031308, 12.92 * linear, curved)
    return ListedColormap(rgb.T.tolist(), "directions")


DIRECTIONS = _wheel()
"""Colours of directions from -180° to 180°, perceptual and without a seam."""


def direction(vectors: Array) -> Array:
    """Angle of vectors (y, x) from x towards y, clockwise as one looks at the image [degrees]."""
    return np.degrees(np.arctan2(vectors[:, 0], vectors[:, 1]))


def significance(vectors: Array, sigma: Array) -> Array:
    """How far vectors are from none, in standard errors of a single number of the same chance."""
    squared = ((vectors / sigma) ** 2).sum(axis=1)
    # Of noise alone, exp(-squared / 2) of the vectors are longer.
    return np.asarray(-norm.ppf(np.exp(-np.minimum(squared, 1400) / 2) / 2))


def draw_vectors(
    columns: Columns,
    vectors: Array,
    sigma: Array,
    unit: str,
    title: str,
    image: Micrograph | None,
) -> Figure:
    """Draw vectors as arrows, as a map of directions, and how far they are from noise.

    Parameters
    ----------
    columns
        Where the vectors are.
    vectors, sigma
        Rows of (y, x), and their standard errors.
    unit
        Of both.
    title
        What the vectors are.
    image
        What they are drawn over, if there is one.
    """
    field, angle = canvas(columns, image), direction(vectors)
    away = significance(vectors, sigma)
    figure = Figure(figsize=(13.5, 4.9), layout="constrained")
    arrows, map_, noise = figure.subplots(1, 3)
    for axes in (arrows, map_, noise):
        show_image(axes, field)
    _draw_arrows(arrows, columns, vectors, angle, unit)
    add_scale_bar(arrows, field)
    arrows.set_title(title, size=10)
    sure = np.where(away >= SIGNIFICANT, angle, np.nan)
    paint(map_, columns, sure, field, cmap=DIRECTIONS, vmin=-180, vmax=180, alpha=0.9)
    map_.set_title(f"direction, where it is beyond {SIGNIFICANT:g} standard errors", size=10)
    _draw_wheel(map_)
    paint(noise, columns, away, field, cmap=SEQUENTIAL, vmin=0, vmax=5, alpha=0.9)
    figure.colorbar(noise.images[-1], ax=noise, shrink=0.8, extend="max")
    share = float(np.mean(away >= SIGNIFICANT))
    noise.set_title(f"standard errors from zero: {share:.0%} beyond {SIGNIFICANT:g}", size=10)
    return figure


def _draw_arrows(axes: Axes, columns: Columns, vectors: Array, angle: Array, unit: str) -> None:
    length = np.hypot(*vectors.T)
    long = float(np.quantile(length, LONG)) or 1.0
    size = np.array(columns.pixel_size or (1.0, 1.0))
    spacing = float(np.median(nearest_distances(columns.positions))) if len(columns) > 1 else 10
    shown = vectors / size / long * size[1] * LONGEST * spacing
    quiver = axes.quiver(
        columns.x - shown[:, 1] / 2,
        columns.y - shown[:, 0] / 2,
        shown[:, 1],
        shown[:, 0],
        angle,
        cmap=DIRECTIONS,
        clim=(-180, 180),
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.15 * spacing,
        units="xy",
        headwidth=3.5,
        headlength=4,
        headaxislength=3.6,
    )
    key = LONGEST * spacing
    axes.quiverkey(
        quiver, 0.84, -0.04, key, spoken(long, unit), labelpos="E", coordinates="axes", color="k"
    )


def _draw_wheel(axes: Axes) -> None:
    """Draw what direction each colour is into a corner."""
    inset = axes.inset_axes((0.78, 0.02, 0.2, 0.2))
    y, x = np.mgrid[-1:1:120j, -1:1:120j]
    ring = np.hypot(y, x)
    shown = np.where((ring < 1) & (ring > 0.35), np.degrees(np.arctan2(y, x)), np.nan)
    inset.imshow(shown, cmap=DIRECTIONS, vmin=-180, vmax=180, extent=(-1, 1, 1, -1))
    inset.set_axis_off()
