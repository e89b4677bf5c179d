"""Show what a library of pairs holds: a picture of some, and a page about all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from colonnade.core.data.library import Library
from colonnade.core.data.source import Labelled, StoredSource
from colonnade.core.errors import FileError
from colonnade.core.figures.distributions import drawn_sections
from colonnade.core.figures.page import jpeg_address, write_page
from colonnade.core.figures.plots import save_figure
from colonnade.sem.library.sources import LibrarySource
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation

MOST_SHOWN = 24
"""Pairs in the picture, and on the page, at most."""

ACROSS = 4
"""Pairs side by side in the picture, at most."""


@dataclass(frozen=True)
class Shown:
    """What a library is said to hold.

    Parameters
    ----------
    one, several
        A word or two for each entry.
    recipe
        Says what is drawn of each.
    headings
        Of the sections, by what stands before the last dot in the name of what is drawn.
    """

    one: str
    several: str
    recipe: type
    headings: Mapping[str, str]

    def counted(self, count: int) -> str:
        """Give a number of entries in words."""
        return f"{count:,} {self.several if count > 1 else self.one}"


HEADINGS = {
    "": "Scene",
    "instrument": "Instrument",
    "materials": "Sharpness",
    "materials.tin_balls": "Tin balls",
    "materials.cathode": "Battery cathode",
    "materials.porous": "Porous ceramic",
    "materials.gold": "Gold on carbon",
    "materials.powder": "Powder",
    "materials.rock": "Rock",
    "materials.fibres": "Fibres",
    "materials.metal": "Metal",
    "materials.film": "Film",
}
"""Of the sections on pairs of images."""

PAIRS = Shown("pair of images", "pairs of images", Simulation, HEADINGS)
"""What a library of pairs holds."""


def show_library(folder: Path) -> str:
    """Draw some pairs of a library and the distributions of all, and say where."""
    return show_entries(LibrarySource(folder), folder, PAIRS, lambda pair: pair)


def show_entries(
    source: StoredSource[Labelled],
    folder: Path,
    what: Shown,
    picture: Callable[[Labelled], Pair],
) -> str:
    """Draw some entries of a library and the distributions of all, and say where.

    Parameters
    ----------
    source
        Reads the library.
    folder
        Of the library; picture and page are put there.
    what
        Is in it.
    picture
        Gives what to draw of an entry.
    """
    # One that was begun larger may have gaps.
    there = [index for index in range(len(source)) if source.library.has(index)]
    if not there:
        raise FileError(f"the library {folder} has no {what.one} yet; simulate some")
    sheet, page = folder / "contact.png", folder / "library.html"
    shown = [picture(source(index)) for index in there[:MOST_SHOWN]]
    draw_contact_sheet(shown, sheet)
    write_library_page(source.library, there, shown, page, what)
    return f"{what.counted(len(there))} in {folder}; look at {sheet} and {page}"


def draw_contact_sheet(pairs: Sequence[Pair], path: Path) -> None:
    """Draw pairs, each on one scale of grey levels: the coarse image left of the sharp one.

    Parameters
    ----------
    pairs
        What to draw.
    path
        The PNG file.
    """
    across = min(ACROSS, len(pairs))
    down = -(-len(pairs) // across)
    height, width = pairs[0].high.shape
    size = (3.2 * across, (1.6 * height / width + 0.3) * down)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(down, 2 * across, squeeze=False).reshape(-1, 2)
    for left, right in axes[len(pairs) :]:
        left.set_visible(False)
        right.set_visible(False)
    for (left, right), pair in zip(axes, pairs, strict=False):
        dark, bright = np.quantile(pair.high, [0.002, 0.998])
        for one, image in ((left, pair.low), (right, pair.high)):
            one.imshow(image, cmap="gray", vmin=dark, vmax=max(bright, dark + 1e-6))
            one.set_axis_off()
        left.set_title(pair.material, fontsize=7)
        right.set_title(_said(pair), fontsize=7)
    save_figure(figure, path, dpi=130)


def _said(pair: Pair) -> str:
    """Say how many electrons a pair has, where that is known."""
    if pair.drawn.get("instrument.clean"):
        return "no noise"
    dose = pair.drawn.get("instrument.dose")
    return "" if dose is None else f"{dose:.3g} e⁻/px"


def write_library_page(
    library: Library, there: Sequence[int], shown: Sequence[Pair], path: Path, what: Shown
) -> None:
    """Write the page of a library: one HTML file that needs no other.

    Parameters
    ----------
    library
        What was drawn is read from it.
    there
        Numbers of the pairs that it has.
    shown
        Pairs to show.
    path
        The HTML file.
    what
        What is in it.
    """
    drawn: dict[str, list[float | str]] = {}
    for index in there:
        for name, value in library.read(index, ()).drawn.items():
            drawn.setdefault(name, []).append(value)
    title = what.counted(len(there))
    body = [
        f"<h1>{title}</h1>",
        '<section id="pictures"><h2>Some of them</h2>',
        f'<div class="pictures">{"".join(_picture(pair) for pair in shown)}</div></section>',
        *drawn_sections(drawn, len(there), what.recipe, what.headings),
        "<details><summary>Recipe and seed</summary>",
        f"<pre>{escape(library.identity)}</pre></details>",
    ]
    write_page(path, title, body)


def _picture(pair: Pair) -> str:
    """Show a coarse image and the sharp one beside it."""
    name = escape(pair.material)
    images = "".join(
        f'<img src="{jpeg_address(image)}" alt="{name}, {kind}">'
        for kind, image in (("coarse", pair.low), ("sharp", pair.high))
    )
    return f"<figure>{images}<figcaption><b>{name}</b> {_said(pair)}</figcaption></figure>"
