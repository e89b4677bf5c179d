"""How far columns are placed from the truth: table 1 of Lee and Lee, with our networks.

    python benchmarks/atoms/table_one.py [FOLDER] [--images 64] [--model atoms] [--figure PNG]

FOLDER is a library in the layout of TEM-ImageNet: the real one, or one of ours, written by
`colonnade simulate atoms --layout temimagenet`. Without it the images are simulated, of a seed
that no training has seen: like those of TEM-ImageNet in size, pixels and crystals, with the noise
of the electrons alone, so that it is known how near to the truth anybody could get.

The networks see two of the pictures: the columns without noise and background
(noBackgroundnoNoise), and what the microscope would record (image). Distances are in pixels of
these pictures. Only detectable columns away from the border count.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import colonnade
from colonnade import Columns, Micrograph, Model
from colonnade.atoms.bench.ideal_images import draw_ideal_image
from colonnade.atoms.card import AtomsCard
from colonnade.atoms.library.open import open_images
from colonnade.atoms.library.temimagenet import IMAGE, NO_BACKGROUND
from colonnade.atoms.locate.locate import Options, locate_frame
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen
from colonnade.core.arrays import Array
from colonnade.core.errors import FileError
from colonnade.core.figures.plots import save_figure
from colonnade.core.images.binning import normalise
from colonnade.core.images.tiles import Tiling, run_tiled
from colonnade.core.measures.matching import match
from colonnade.core.work.draws import NEVER

Method = Callable[[Micrograph, Model], Columns]

GATE = 5.0
"""Largest distance of a found column from the true one [px]."""

BORDER = 10.0
"""Columns nearer to the border than this are left out [px]."""

SEED = 4021

CRYSTALS = ("Pt [110]", "Pt [100]", "MoS2 [001]", "NiO [100]", "SrTiO3 [100]")
"""Those of TEM-ImageNet whose columns are at least 0.18 nm apart."""

LIBRARY = Simulation(
    size=(256, 256),
    specimen=Specimen(
        crystals=CRYSTALS,
        invented=0.0,
        scenes=Scenes(crystal=1.0),
        thickness=(1.0, 20.0),
        dislocations=0.0,
        stacking_faults=0.0,
        adatoms=NEVER,
        supported=0.0,
        contaminated=0.0,
    ),
    imaging=Imaging(
        pixel_size=(0.0046, 0.0127),
        voltages=(100.0, 200.0),
        convergence=(24.0, 30.0),
        defocus=(-3.0, 3.0),
        spherical=(-1.0, 1.0),
        astigmatism=(0.0, 1.0),
        coma=(0.0, 20.0),
        source=(0.04, 0.09),
        mistilt=(0.0, 2.0),
        bright_field=0.0,
        dose=(1.0, 1e15),
        counts=(20.0, 300.0),
    ),
    background=Background(level=(0.0, 0.5), clouds=(0.0, 0.2)),
)
"""What is simulated without a folder."""

PUBLISHED = {
    (NO_BACKGROUND, "centre of mass"): (0.4665, 0.3175),
    (NO_BACKGROUND, "+ regression"): (0.2833, 0.1947),
    (IMAGE, "centre of mass"): (0.9524, 0.4231),
    (IMAGE, "+ regression"): (0.8943, 0.3691),
}
"""Mean and standard deviation in the paper [px], of all 13,607 images of TEM-ImageNet."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """One image of the library.

    Parameters
    ----------
    inputs
        What the network is to see, by the name of the folder.
    truth
        Every column, with the label ``detectable``.
    allowed
        Mean distance from the truth that the noise of ``image`` leaves to the best estimate of
        each column; NaN where it is not known [px].
    """

    inputs: dict[str, Micrograph]
    truth: Columns
    allowed: Array


def simulated(count: int) -> Iterator[Pictures]:
    """Images like those of TEM-ImageNet."""
    for index in range(count):
        one = draw_ideal_image(LIBRARY, np.random.default_rng([SEED, index]))
        arrays = {NO_BACKGROUND: one.alone.astype(np.float32), IMAGE: one.image}
        inputs = {
            name: Micrograph(pixels, one.columns.pixel_size, name)
            for name, pixels in arrays.items()
        }
        # The mean length of a vector whose two components have these standard errors.
        allowed = np.sqrt(np.pi / 2 * (one.crlb**2).mean(1))
        yield Pictures(inputs, one.columns, allowed)


def from_folder(folder: Path, count: int) -> Iterator[Pictures]:
    """Images of a library, evenly spread over it."""
    library = open_images(folder)
    for index in np.unique(np.linspace(0, len(library) - 1, count).astype(int)):
        one = library(int(index))
        if not np.isfinite(one.no_background).all():
            raise FileError(f"{folder} needs {NO_BACKGROUND}/{one.image.name}.png")
        clean = Micrograph(one.no_background.astype(np.float32), one.image.pixel_size)
        unknown = np.full(len(one.columns), np.nan)
        yield Pictures({NO_BACKGROUND: clean, IMAGE: one.image}, one.columns, unknown)


def literally(image: Micrograph, model: Model) -> Columns:
    """Add the offset at the pixel that holds the centre of mass to the centre of mass itself."""
    found = locate_frame(image, model, Options(refine="com"))
    binning, card = found.scale.binning, model.card
    shown = normalise(binning.apply(image.pixels), AtomsCard.of(card).background)
    maps = run_tiled(model, shown, Tiling(card.output_channels, card.stride, card.halo))
    centres = binning.apply_to(found.columns.positions)
    pixel = np.clip(np.round(centres).astype(int), 0, np.array(shown.shape) - 1)
    moved = binning.undo(centres + maps[1:, pixel[:, 0], pixel[:, 1]].T)
    return Columns(y=moved[:, 0], x=moved[:, 1])


METHODS: dict[str, Method] = {
    "centre of mass": lambda image, model: colonnade.locate(image, model=model, refine="com"),
    "+ regression": lambda image, model: colonnade.locate(image, model=model, refine="offset"),
    "+ regression, read literally": literally,
    "joint fit": lambda image, model: colonnade.locate(image, model=model, refine="mle"),
}


@dataclass
class Tally:
    """Distances of found columns from the truth, and what noise allows [px].

    Parameters
    ----------
    detectable
        How many columns were to be found.
    distances, allowed
        Of each that was.
    """

    detectable: int = 0
    distances: list[float] = field(default_factory=list)
    allowed: list[float] = field(default_factory=list)

    def add(self, pictures: Pictures, found: Columns) -> None:
        """Add one image."""
        truth, allowed = pictures.truth, pictures.allowed
        last = np.array(pictures.inputs[IMAGE].shape) - 1 - BORDER
        inner = ((truth.positions >= BORDER) & (truth.positions <= last)).all(1)
        # The others are matched too, so that what is found there is not laid to a neighbour.
        true, guess = match(truth.positions, found.positions, GATE)
        chosen = inner & (truth.labels["detectable"] > 0)
        counted = chosen[true]
        self.detectable += int(chosen.sum())
        moved = truth.positions[true[counted]] - found.positions[guess[counted]]
        self.distances += np.linalg.norm(moved, axis=1).tolist()
        self.allowed += allowed[true[counted]].tolist()

    @property
    def mean(self) -> float:
        """Of the distances [px]."""
        return float(np.mean(self.distances)) if self.distances else np.nan

    @property
    def spread(self) -> float:
        """Standard deviation of the distances [px]."""
        return float(np.std(self.distances)) if self.distances else np.nan


def row(picture: str, method: str, tally: Tally, first: Tally) -> str:
    """A line of the table; `first` is what reductions refer to."""
    reduction = " | "
    if tally is not first:
        parts = (1 - tally.mean / first.mean, 1 - tally.spread / first.spread)
        reduction = " | ".join(f"{100 * part:.1f}" for part in parts)
    published, allowed = "", "-"
    if (picture, method) in PUBLISHED:
        published = "{:.4f} ± {:.4f}".format(*PUBLISHED[picture, method])
    if picture == IMAGE and np.isfinite(tally.allowed).all():
        allowed = f"{np.mean(tally.allowed):.4f}"
    return (
        f"| {picture} | {method} | {len(tally.distances)} of {tally.detectable} | "
        f"{tally.mean:.4f} ± {tally.spread:.4f} | {reduction} | {allowed} | {published} |"
    )


SHOWN = {
    "centre of mass": ("x", "limegreen"),
    "+ regression": ("x", "deepskyblue"),
    "truth": ("+", "red"),
}
"""Mark and colour of each position in the figure."""

WINDOW, ENLARGED = 48.0, 3.0
"""Half of the side of the part that is shown, and of each enlarged column [px]."""


def draw(pictures: Pictures, model: Model, path: Path) -> None:
    """Draw a part of the noisy image with the three positions, and six columns enlarged."""
    image, truth = pictures.inputs[IMAGE], pictures.truth
    places = {name: METHODS[name](image, model).positions for name in list(SHOWN)[:2]}
    places["truth"] = truth[truth.labels["detectable"] > 0].positions
    middle = np.array(image.shape) / 2
    order = np.argsort(np.linalg.norm(places["truth"] - middle, axis=1))
    figure = Figure(figsize=(11, 4.9), layout="constrained")
    parts = figure.subplot_mosaic("aa123;aa456")
    _show(parts["a"], image, places, middle, WINDOW)
    figure.legend(*parts["a"].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    for number, place in zip("123456", places["truth"][order], strict=False):
        _show(parts[number], image, places, place, ENLARGED)
        parts[number].set_title(number, fontsize=10, loc="left", pad=3)
        parts["a"].annotate(
            number, place[::-1], (7, 7), textcoords="offset points", color="white", fontsize=9
        )
    save_figure(figure, path)


def _show(
    axes: Axes, image: Micrograph, places: dict[str, Array], middle: Array, reach: float
) -> None:
    """Show the surroundings of a place."""
    axes.imshow(image.pixels, cmap="gray")
    for name, (mark, colour) in SHOWN.items():
        y, x = places[name].T
        axes.plot(x, y, mark, color=colour, ms=21 / reach**0.4, mew=1.4, label=name)
    axes.set(xlim=(middle[1] - reach, middle[1] + reach))
    axes.set(ylim=(middle[0] + reach, middle[0] - reach), xticks=[], yticks=[])


def main() -> None:
    """Print the table, and draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--model", default="atoms")
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    model = Model.load(given.model)
    folder = given.folder
    library = simulated(given.images) if folder is None else from_folder(folder, given.images)
    tallies = {(name, method): Tally() for name in (NO_BACKGROUND, IMAGE) for method in METHODS}
    for number, pictures in enumerate(library):
        for (name, method), tally in tallies.items():
            tally.add(pictures, METHODS[method](pictures.inputs[name], model))
        if number == 0 and given.figure is not None:
            draw(pictures, model, given.figure)
    print(
        "| picture | method | columns | mean ± s.d., px | mean less by, % | s.d. less by, % | "
        "electrons allow, px | Lee and Lee, px |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for (name, method), tally in tallies.items():
        print(row(name, method, tally, tallies[name, "centre of mass"]))


if __name__ == "__main__":
    main()
