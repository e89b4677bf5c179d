"""Draw the figures of the README and the guides: ``python docs/draw_images.py``.

Everything is drawn from the packaged samples, the packaged models and the recipes, so run it again
whenever one of them changes, look at the figures, and commit them.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image
from sem_images import (
    draw_along_z,
    draw_materials,
    draw_particles,
    draw_steps,
    draw_upscaled,
)
from tomo_images import draw_network, draw_reconstructions

import colonnade
from colonnade import Columns, Model, maps
from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.contact_sheet import draw_contact_sheet
from colonnade.atoms.library.sources import Simulator
from colonnade.atoms.locate.find.positions import find
from colonnade.atoms.locate.overlay import draw_overlay
from colonnade.atoms.train.task import AtomsRecipe
from colonnade.core.figures.overlay import BLUE, ORANGE
from colonnade.core.figures.plots import save_few_colours, save_figure
from colonnade.core.files.batch import sample
from colonnade.core.images.binning import normalise
from colonnade.core.images.regions import otsu
from colonnade.core.images.tiles import Tiling, run_tiled
from colonnade.core.work.recipe import load

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"

SKY = "#56B4E9"
"""Another of the colours that people with any colour vision can tell apart."""

WINDOW = slice(56, 116), slice(88, 148)
"""Rows and columns of the sample that the figure of the method shows."""


def draw_sample(path: Path) -> None:
    """Draw the picture that ``colonnade locate`` draws, small enough for a README."""
    image = colonnade.read(sample())
    with TemporaryDirectory() as folder:
        picture = Path(folder) / "sample.png"
        draw_overlay(image, colonnade.locate(image), picture)
        shrink(picture, path, width=840)


def shrink(source: Path, path: Path, width: int) -> None:
    """Scale a picture to a width, and keep only greys and the colours of the marks."""
    with Image.open(source) as picture:
        height = round(picture.height * width / picture.width)
        small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    palette = Image.new("P", (1, 1))
    palette.putpalette(_palette())
    small.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def _palette(greys: int = 20, levels: int = 5) -> list[int]:
    """Greys, and each colour of a mark as it looks at the edge of a mark on them."""
    colours = [np.full(3, level) for level in np.linspace(0, 255, greys)]
    for mark in (ORANGE, BLUE):
        pure = 255 * np.array(to_rgb(mark))
        for level in np.linspace(0, 255, levels):
            colours += [share * pure + (1 - share) * level for share in (0.35, 0.7)]
        colours.append(pure)
    return [round(value) for colour in colours for value in colour]


@dataclass(frozen=True)
class Steps:
    """What the network answers for the sample, and what is made of it; cut to the window."""

    image: NDArray[np.float32]
    mask: NDArray[np.float32]
    offset: NDArray[np.float32]
    otsu: float
    centres: Columns
    columns: Columns
    fitted: Columns


def take_steps() -> Steps:
    """Go through `colonnade.locate` step by step; the sample needs no binning."""
    image, model = colonnade.read(sample()), Model.load("atoms")
    card, part = model.card, AtomsCard.of(model.card)
    maps = run_tiled(
        model,
        normalise(image.pixels, part.background),
        Tiling(card.output_channels, card.stride, card.halo),
    )
    mask, offset = maps[0], maps[1:]
    centres = find(mask, offset, part.threshold, "com").positions
    columns = find(mask, offset, part.threshold, "offset").positions
    return Steps(
        image.pixels[WINDOW],
        mask[WINDOW],
        offset[:, *WINDOW],
        otsu(mask),
        in_window(centres),
        in_window(columns),
        in_window(colonnade.locate(image, model=model).positions),
    )


def in_window(positions: NDArray[np.float64]) -> Columns:
    """Columns in the window, their positions counted from its corner."""
    moved = positions - [part.start for part in WINDOW]
    high = [part.stop - part.start - 0.5 for part in WINDOW]
    inside = ((moved > -0.5) & (moved < high)).all(axis=1)
    return Columns(y=moved[inside, 0], x=moved[inside, 1])


def draw_method(path: Path) -> None:
    """Draw image, mask, offset and columns of a small part of the sample."""
    steps = take_steps()
    titles = (
        "1  the image",
        "2  the mask, cut at Otsu's threshold",
        "3  the offsets of one column",
        "4  the columns, fitted together",
    )
    figure = Figure(figsize=(7.6, 8.0))
    figure.subplots_adjust(0.005, 0.005, 0.995, 0.965, wspace=0.02, hspace=0.08)
    first, second, third, fourth = figure.subplots(2, 2).flat
    for axes, title in zip((first, second, third, fourth), titles, strict=True):
        axes.set_title(title, fontsize=10, loc="left", pad=4)
        axes.set_axis_off()
    first.imshow(steps.image, cmap="gray")
    second.imshow(steps.mask, cmap="gray", vmin=0, vmax=1)
    second.contour(steps.mask, [steps.otsu], colors=ORANGE, linewidths=1.2)
    _draw_offsets(third, second, steps)
    fourth.imshow(steps.image, cmap="gray")
    fourth.plot(steps.fitted.x, steps.fitted.y, "+", color=ORANGE, ms=10, mew=1.6)
    for axes in (first, second, fourth):
        axes.set(xlim=(-0.5, _width() - 0.5), ylim=(_height() - 0.5, -0.5))
    save_figure(figure, path, dpi=110)


def _draw_offsets(axes: Axes, overview: Axes, steps: Steps, reach: int = 4) -> None:
    """Draw the predicted offsets round the column in the middle of the window."""
    centre = _nearest(steps.centres, np.array([_height(), _width()]) / 2)
    column = _nearest(steps.columns, centre)
    row, place = np.round(centre).astype(int)
    low_x, low_y, side = place - reach - 0.5, row - reach - 0.5, 2 * reach + 1
    overview.add_patch(
        Rectangle((low_x, low_y), side, side, facecolor="none", edgecolor="white", lw=1.2)
    )
    axes.imshow(steps.mask, cmap="gray", vmin=0, vmax=1)
    y, x = (at + np.array([-1, 0, 1]) for at in (row, place))
    grid_y, grid_x = np.meshgrid(y, x, indexing="ij")
    dy, dx = steps.offset[:, grid_y, grid_x]
    axes.quiver(
        grid_x, grid_y, dx, dy, angles="xy", scale_units="xy", scale=1, color=BLUE, width=0.008
    )
    axes.add_patch(
        Rectangle((place - 0.5, row - 0.5), 1, 1, facecolor="none", edgecolor=SKY, lw=2)
    )
    axes.plot(centre[1], centre[0], "o", color=SKY, ms=9, label="centre of mass")
    axes.plot(column[1], column[0], "+", color=ORANGE, ms=16, mew=2.4, label="column")
    axes.legend(loc="lower right", fontsize=9)
    axes.set(xlim=(low_x, low_x + side), ylim=(low_y + side, low_y))


def _nearest(columns: Columns, point: NDArray[np.float64]) -> NDArray[np.float64]:
    distance = np.linalg.norm(columns.positions - point, axis=1)
    return np.asarray(columns.positions[int(np.argmin(distance))])


def _height() -> int:
    return WINDOW[0].stop - WINDOW[0].start


def _width() -> int:
    return WINDOW[1].stop - WINDOW[1].start


def draw_convention(path: Path) -> None:
    """Draw where the origin is, and which way y and x point."""
    figure = Figure(figsize=(5.4, 3.5), layout="constrained")
    axes = figure.subplots()
    for row in range(4):
        for column in range(6):
            grey = "0.93" if (row + column) % 2 else "0.85"
            axes.add_patch(
                Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=grey, edgecolor="white")
            )
    arrow = {"arrowstyle": "->", "color": BLUE, "lw": 1.8}
    axes.annotate("", (5.9, 0), (0, 0), arrowprops=arrow)
    axes.annotate("", (0, 3.9), (0, 0), arrowprops=arrow)
    axes.text(6.0, 0, "x", color=BLUE, va="center", fontsize=12)
    axes.text(0, 4.1, "y", color=BLUE, ha="center", fontsize=12)
    axes.plot(0, 0, "o", color=BLUE, ms=7)
    axes.text(0.12, -0.15, "(0, 0)", color=BLUE, fontsize=9)
    axes.plot(3.25, 1.5, "+", color=ORANGE, ms=13, mew=2.4)
    axes.text(3.45, 1.45, "y = 1.5, x = 3.25", fontsize=10)
    axes.text(2, -0.85, "pixel (0, 2)", ha="center", fontsize=9)
    axes.annotate("", (2, -0.1), (2, -0.78), arrowprops={"arrowstyle": "->", "color": "0.3"})
    axes.set(xlim=(-0.8, 6.4), ylim=(4.4, -1.1), aspect="equal")
    axes.set_axis_off()
    save_figure(figure, path, dpi=110)


def draw_training_images(path: Path) -> None:
    """Draw some of the images that the packaged model learns from, as a contact sheet."""
    recipe = load(AtomsRecipe, DOCS.parent / "recipes" / "atoms.toml")
    source = Simulator(recipe.simulation, recipe.seed)
    with TemporaryDirectory() as folder:
        sheet = Path(folder) / "sheet.png"
        draw_contact_sheet([source(index) for index in range(12)], sheet)
        shrink(sheet, path, width=1200)


def draw_strain_map(path: Path) -> None:
    """Draw the map of strain that ``colonnade map strain`` draws, for the sample."""
    image = colonnade.read(sample())
    strain = maps.strain(colonnade.locate(image))
    save_few_colours(strain.figure(image), path, dpi=75)


def main() -> None:
    """Draw every figure."""
    IMAGES.mkdir(exist_ok=True)
    draw_sample(IMAGES / "sample.png")
    draw_method(IMAGES / "method.png")
    draw_convention(IMAGES / "convention.png")
    draw_strain_map(IMAGES / "strain.png")
    draw_training_images(IMAGES / "training.png")
    draw_upscaled(IMAGES / "upscaled.png")
    draw_steps(IMAGES / "super-resolution.png")
    draw_materials(IMAGES / "materials.png")
    draw_particles(IMAGES / "particles.png")
    draw_along_z(IMAGES / "along-z.png")
    draw_reconstructions(IMAGES / "reconstructions.png")
    draw_network(IMAGES / "network.png")
    for path in sorted(IMAGES.glob("*.png")):
        print(f"{path.name:24} {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
