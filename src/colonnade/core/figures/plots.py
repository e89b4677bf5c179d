"""Figures."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.axes_grid1.anchored_artists import AnchoredSizeBar
from PIL import Image

from colonnade.core.figures.overlay import BLUE, aspect, grey_range, length_label, round_length
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.writing import atomic


def save_figure(figure: Figure, path: Path, dpi: int = 150) -> None:
    """Write a figure as PNG, whole or not at all."""
    with atomic(path) as temporary:
        # The least compression takes a quarter of the time, and hardly more room for noisy images.
        figure.savefig(temporary, dpi=dpi, format="png", pil_kwargs={"compress_level": 1})


def save_few_colours(
    figure: Figure, path: Path, dpi: int, palette: Sequence[int] | None = None
) -> None:
    """Write a figure as PNG with 256 colours, which takes a third of the room.

    Parameters
    ----------
    figure, path, dpi
        What to write, where, and how finely.
    palette
        Red, green and blue of each colour, from 0 to 255; chosen from the figure if not given.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=dpi, format="png")
    given = None
    if palette is not None:
        given = Image.new("P", (1, 1))
        given.putpalette(palette)
    with Image.open(buffer) as image:
        few = image.convert("RGB").quantize(256, palette=given, dither=Image.Dither.NONE)
    with atomic(path) as temporary:
        few.save(temporary, "PNG", optimize=True)


def draw_training(rows: Sequence[dict[str, str]], path: Path) -> None:
    """Draw each score of a training log over the steps."""
    names = [name for name in rows[0] if name != "step"]
    steps = [int(row["step"]) for row in rows]
    figure = Figure(figsize=(3.2 * len(names), 2.6), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False).flat, names, strict=True):
        axes.plot(steps, [float(row[name]) for row in rows], color=BLUE, lw=1.2)
        axes.set(title=name, xlabel="step")
        axes.spines[["top", "right"]].set_visible(False)
    save_figure(figure, path, dpi=100)


SHOWN_SIDE_PX = 2000
"""Images larger than this are shown by every n-th pixel; the figure could not show more."""


def show_image(axes: Axes, image: Micrograph) -> None:
    """Show an image in grey, its darkest and brightest 0.2 % clipped, in its own coordinates."""
    height, width = image.shape
    step = -(-max(height, width) // SHOWN_SIDE_PX)
    shown = image.pixels[::step, ::step].astype(np.float32)
    low, high = grey_range(shown)
    extent = (-0.5, width - 0.5, height - 0.5, -0.5)
    axes.imshow(shown, cmap="gray", vmin=low, vmax=high, extent=extent, aspect=aspect(image))
    axes.set_axis_off()


def add_scale_bar(axes: Axes, image: Micrograph) -> None:
    """Draw a bar of a round length into the lower left corner; none without a calibration."""
    if image.pixel_size is None:
        return
    height, width = image.shape
    length = round_length(0.25 * width * image.pixel_size[1])
    bar = AnchoredSizeBar(
        axes.transData,
        length / image.pixel_size[1],
        length_label(length),
        loc="lower left",
        color="white",
        size_vertical=0.01 * height,
        sep=4,
        pad=0.4,
        borderpad=0.8,
        label_top=True,
    )
    bar.patch.set(facecolor="black", alpha=0.6, linewidth=0)
    axes.add_artist(bar)
