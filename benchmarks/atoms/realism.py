"""How far simulated images are from real ones, made as alike as the simulator can.

    python benchmarks/atoms/realism.py FOLDER OUT

realism.toml says which images of FOLDER are imitated, and with which recipe. Prints a table. OUT
gets two figures: realism.png, real and simulated pictures side by side, and curves.png, only what
is measured on them.
"""

import sys
import tomllib
import warnings
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import colonnade
from colonnade.atoms.simulate.image import Simulation, simulate
from colonnade.core.figures.overlay import BLUE, ORANGE
from colonnade.core.figures.plots import save_figure, show_image
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.measures.realism import LAGS, RINGS, features, gap, tiles
from colonnade.core.work.recipe import from_dict
from colonnade.core.work.writing import make_folder

TWINS = 4
"""Simulated images for each real one."""

SIDE = 256
"""Both are cut into squares of this side, so that their spread is known [px]."""

ZOOM = 96
"""Side of what is shown enlarged [px]."""

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Pair:
    """A real image, and images that were simulated to be like it."""

    name: str
    real: Micrograph
    twins: Sequence[Micrograph]

    @property
    def real_tiles(self) -> list[Array]:
        """Squares of the real image."""
        return tiles(self.real.pixels, SIDE)

    @property
    def twin_tiles(self) -> list[Array]:
        """Squares of all the simulated images."""
        return [tile for twin in self.twins for tile in tiles(twin.pixels, SIDE)]


def load_pair(folder: Path, name: str, case: dict[str, Any]) -> Pair:
    """Read a real image and simulate its twins."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
        real = colonnade.read(folder / case["file"])
    recipe = replace(from_dict(Simulation, case["recipe"]), size=real.shape)
    drawn = (simulate(recipe, np.random.default_rng([7, number])) for number in count())
    like = (one.image for one in drawn if case["drawn"].items() <= one.drawn.items())
    return Pair(name, real, list(islice(like, TWINS)))


def row(pair: Pair) -> str:
    """Give a row of the table: the gap, and what chance alone makes of it."""
    twins = pair.twin_tiles
    measured, chance = gap(pair.real_tiles, twins), gap(twins[::2], twins[1::2])
    numbers = [*astuple(measured), measured.total, chance.total]
    return f"| {pair.name} | {' | '.join(f'{number:.3f}' for number in numbers)} |"


def draw(pairs: Sequence[Pair], path: Path, pictures: bool) -> None:
    """Draw a row for each pair: pictures if wanted, spectra, correlations and grey levels."""
    across = 8 if pictures else 4
    figure = Figure(figsize=(3.2 * across, 2.9 * len(pairs)), layout="constrained")
    for pair, line in zip(pairs, figure.subplots(len(pairs), across, squeeze=False), strict=True):
        *images, spectrum, correlation, jitter, greys = line
        if pictures:
            _draw_pictures(pair, images)
        _draw_spectrum(pair, spectrum)
        _draw_correlation(pair, correlation)
        _draw_jitter(pair, jitter)
        _draw_greys(pair, greys)
    save_figure(figure, path, dpi=110)


def _draw_pictures(pair: Pair, places: Sequence[Axes]) -> None:
    for start, (kind, image) in enumerate((("real", pair.real), ("simulated", pair.twins[0]))):
        top, left = (length // 3 for length in image.shape)
        part = replace(image, pixels=image.pixels[top : top + ZOOM, left : left + ZOOM])
        for axes, shown in zip(places[start::2], (image, part), strict=True):
            show_image(axes, shown)
            axes.set_title(f"{pair.name}, {kind}", fontsize=9)


def _draw_spectrum(pair: Pair, axes: Axes) -> None:
    frequency = (np.arange(RINGS) + 0.5) / (2 * RINGS)
    for squares, colour, label in _both(pair):
        power = np.array([features(square).spectrum for square in squares])
        _band(axes, frequency, power, colour, label)
    axes.set(xlabel="cycles per pixel", ylabel="log10 of the power")
    axes.set_title(f"{pair.name}: spectrum", fontsize=9)
    axes.legend(fontsize=8, frameon=False)


def _draw_correlation(pair: Pair, axes: Axes) -> None:
    for squares, colour, label in _both(pair):
        measured = np.array([features(square).correlation for square in squares])
        for along, style, values in zip("xy", ("-", "--"), measured.swapaxes(0, 1), strict=True):
            _band(axes, np.array(LAGS), values, colour, f"{label}, along {along}", style)
    axes.axhline(0, color="0.7", lw=0.8, zorder=0)
    axes.set(xlabel="distance, px", ylabel="correlation of the noise", xscale="log")
    axes.set_xticks(LAGS, [str(lag) for lag in LAGS])
    axes.minorticks_off()
    axes.legend(fontsize=8, frameon=False)


def _draw_jitter(pair: Pair, axes: Axes) -> None:
    for place, (squares, colour, label) in zip((-0.15, 0.15), _both(pair), strict=True):
        measured = np.array([features(square).row_jitter for square in squares]) * [1, 1, 10]
        axes.plot(np.arange(3) + place, measured.T, ".", color=colour, alpha=0.4, ms=6)
        axes.plot([], [], ".", color=colour, label=label)
    axes.set_xticks(range(3), ["shift\nalong x, px", "shift\nalong y, px", "brightness,\ntenths"])
    axes.tick_params(axis="x", labelsize=8)
    axes.set(ylabel="of each row, standard deviation", xlim=(-0.5, 2.5), ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)


def _draw_greys(pair: Pair, axes: Axes) -> None:
    edges = np.linspace(-3, 4, 71)
    for squares, colour, label in _both(pair):
        shares = []
        for square in squares:
            normal = (square - square.mean()) / square.std()
            shares.append(np.histogram(normal, edges)[0] / normal.size / np.diff(edges))
        _band(axes, (edges[1:] + edges[:-1]) / 2, np.array(shares), colour, label)
    axes.set(xlabel="grey level, standard deviations", ylabel="density", ylim=(0, None))


def _both(pair: Pair) -> tuple[tuple[list[Array], str, str], ...]:
    return (pair.twin_tiles, BLUE, "simulated"), (pair.real_tiles, ORANGE, "real")


def _band(axes: Axes, x: Array, values: Array, colour: str, label: str, style: str = "-") -> None:
    """Draw a mean and the range of what it is the mean of."""
    axes.plot(x, values.mean(axis=0), style, color=colour, lw=1.4, label=label)
    axes.fill_between(x, *np.quantile(values, [0.1, 0.9], axis=0), color=colour, alpha=0.2, lw=0)
    axes.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Print the table and draw the figures."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    make_folder(out)
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        cases = tomllib.load(file)
    pairs = [load_pair(folder, name, case) for name, case in cases.items()]
    print("| image | spectrum | noise | row jitter | greys | gap | gap by chance |")
    print("|---|---|---|---|---|---|---|")
    for pair in pairs:
        print(row(pair), flush=True)
    draw(pairs, out / "realism.png", pictures=True)
    draw(pairs, out / "curves.png", pictures=False)


if __name__ == "__main__":
    main()
