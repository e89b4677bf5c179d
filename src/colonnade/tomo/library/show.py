"""Show what a library of tilt series holds: a picture of some, and a page about all."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colonnade.core.arrays import Single
from colonnade.core.data.library import Library
from colonnade.core.errors import FileError
from colonnade.core.figures.distributions import drawn_sections
from colonnade.core.figures.page import jpeg_address, write_page
from colonnade.core.figures.plots import save_figure
from colonnade.tomo.library.sources import LibrarySource
from colonnade.tomo.simulate.series import SeriesSimulation, SimulatedSeries

MOST_SHOWN = 24
"""Series in the picture, and on the page, at most."""

ACROSS = 3
"""Series side by side in the picture, at most."""

HEADINGS = {
    "": "Specimen",
    "tilts": "Tilts",
    "stage": "Alignment",
    "recording": "Recording",
    "phantoms.faceted": "Crystals with facets",
    "phantoms.core_shell": "Cores and shells",
    "phantoms.porous": "Porous networks",
    "phantoms.catalyst": "Supported catalysts",
    "phantoms.grains": "Polycrystals",
    "phantoms.texture": "Textures",
    "phantoms.film": "Thin films",
    "phantoms.needle": "Needles",
}
"""Of the sections of the page."""

PANELS = ("view", "sinogram", "truth")
"""What is shown of each series: the view at the lowest tilt, and of the middle row along the axis
how it changes from view to view, and the true slice."""


def show_library(folder: Path) -> str:
    """Draw some series of a library and the distributions of all, and say where."""
    source = LibrarySource(folder)
    # One that was begun larger may have gaps.
    there = [index for index in range(len(source)) if source.library.has(index)]
    if not there:
        raise FileError(f"the library {folder} has no series yet; simulate some")
    sheet, page = folder / "contact.png", folder / "library.html"
    shown = [source(index) for index in there[:MOST_SHOWN]]
    draw_contact_sheet(shown, sheet)
    write_library_page(source.library, there, shown, page)
    return f"{len(there)} tilt series in {folder}; look at {sheet} and {page}"


def draw_contact_sheet(several: Sequence[SimulatedSeries], path: Path) -> None:
    """Draw series side by side.

    Parameters
    ----------
    several
        What to draw.
    path
        The PNG file.
    """
    across = min(ACROSS, len(several))
    down = -(-len(several) // across)
    size = (1.5 * len(PANELS) * across, 1.8 * down)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(down, len(PANELS) * across, squeeze=False).reshape(-1, len(PANELS))
    for panel in axes.flat:
        panel.set_axis_off()
    for row, one in zip(axes, several, strict=False):
        titles = (one.family, _tilts(one), _dose(one))
        for panel, image, title in zip(row, panels(one), titles, strict=True):
            dark, bright = np.quantile(image, [0.002, 0.998])
            panel.imshow(image, cmap="gray", vmin=dark, vmax=max(bright, dark + 1e-6))
            panel.set_title(title, fontsize=7)
    save_figure(figure, path, dpi=130)


def panels(one: SimulatedSeries) -> tuple[Single, Single, Single]:
    """Give the view at the lowest tilt, a sinogram (view, x) and the true slice (z, x) of it."""
    middle = one.series.shape[1] // 2
    (sinogram,) = one.series.rows(slice(middle, middle + 1))
    lowest = int(np.argmin(np.abs(one.series.degrees)))
    view = np.asarray(one.series.views[lowest : lowest + 1, :, :], np.float32)[0]
    return view, sinogram, one.truth[:, middle]


def _tilts(one: SimulatedSeries) -> str:
    angles = one.series.degrees
    return f"{len(angles)} views, {angles.min():.0f}° to {angles.max():.0f}°"


def _dose(one: SimulatedSeries) -> str:
    """Say how many counts there are where the views are brightest, if that is known."""
    if not one.noise.any():
        return "no noise"
    dose = one.drawn.get("recording.dose")
    return f"noise {one.noise.mean():.3g}" if dose is None else f"{dose:,.0f} counts"


def write_library_page(
    library: Library, there: Sequence[int], shown: Sequence[SimulatedSeries], path: Path
) -> None:
    """Write the page of a library: one HTML file that needs no other.

    Parameters
    ----------
    library
        What was drawn is read from it.
    there
        Numbers of the series that it has.
    shown
        Series to show.
    path
        The HTML file.
    """
    drawn: dict[str, list[float | str]] = {}
    for index in there:
        for name, value in library.read(index, ()).drawn.items():
            drawn.setdefault(name, []).append(value)
    title = f"{len(there):,} tilt series"
    body = [
        f"<h1>{title}</h1>",
        '<section id="pictures"><h2>Some of them</h2>',
        f'<div class="pictures">{"".join(_picture(one) for one in shown)}</div></section>',
        *drawn_sections(drawn, len(there), SeriesSimulation, HEADINGS),
        "<details><summary>Recipe and seed</summary>",
        f"<pre>{escape(library.identity)}</pre></details>",
    ]
    write_page(path, title, body)


def _picture(one: SimulatedSeries) -> str:
    """Show a view, the sinogram of a row and its true slice side by side."""
    name = escape(one.family)
    images = "".join(
        f'<img src="{jpeg_address(image)}" alt="{name}, {kind}">'
        for kind, image in zip(PANELS, panels(one), strict=True)
    )
    caption = ", ".join(filter(None, (_tilts(one), _dose(one))))
    return f"<figure>{images}<figcaption><b>{name}</b> {caption}</figcaption></figure>"
