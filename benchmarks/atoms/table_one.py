"""How far columns are placed from the truth: table 1 of Lee and Lee, with our networks.

    python benchmarks/atoms/table_one.py [FOLDER] [--images 24] [--model atoms] [--figure PNG]
        [--list-worst PNG]

FOLDER is a library in the layout of TEM-ImageNet: the real one, or one of ours, written by
`colonnade simulate atoms --layout temimagenet`. Without it the images are simulated, of a seed
that no training has seen: like those of TEM-ImageNet in size, pixels and crystals, with the noise
of the electrons alone, so that it is known how near to the truth anybody could get.

The networks see two of the pictures: the columns without noise and background
(noBackgroundnoNoise), and what the microscope would record (image). Distances are in pixels of
these pictures. Only detectable columns away from the border count. Intervals are of 95 %: images
are drawn anew, with all their columns, as those of one image tend to be off together.

The last row is of no method: distances of normally distributed errors, each column's with the
standard errors of its own Cramér-Rao bound. Columns have different bounds, so that the spread of
these distances is what no unbiased method can be below.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from table_one_worst import WORST_HEAD, Distances, draw_worst, worst_row

import colonnade
from colonnade import Columns, Micrograph, Model
from colonnade.atoms.bench.ideal_images import draw_ideal_image
from colonnade.atoms.library.open import open_images
from colonnade.atoms.library.temimagenet import IMAGE, NO_BACKGROUND
from colonnade.atoms.locate.find.maps import network_maps
from colonnade.atoms.locate.locate import Options, locate_frame
from colonnade.atoms.locate.settings import settings_of
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.microscope import Imaging
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen
from colonnade.core.arrays import Array
from colonnade.core.errors import FileError
from colonnade.core.figures.plots import save_figure
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
    crlb
        Smallest standard errors of each column's position in ``image``, rows of (y, x); NaN where
        they are not known [px].
    """

    inputs: dict[str, Micrograph]
    truth: Columns
    crlb: Array


def simulated(count: int) -> Iterator[Pictures]:
    """Images like those of TEM-ImageNet."""
    for index in range(count):
        one = draw_ideal_image(LIBRARY, np.random.default_rng([SEED, index]))
        arrays = {NO_BACKGROUND: one.alone.astype(np.float32), IMAGE: one.image}
        inputs = {
            name: Micrograph(pixels, one.columns.pixel_size, name)
            for name, pixels in arrays.items()
        }
        yield Pictures(inputs, one.columns, one.crlb)


def from_folder(folder: Path, count: int) -> Iterator[Pictures]:
    """Images of a library, evenly spread over it."""
    library = open_images(folder)
    for index in np.unique(np.linspace(0, len(library) - 1, count).astype(int)):
        one = library(int(index))
        if not np.isfinite(one.no_background).all():
            raise FileError(f"{folder} needs {NO_BACKGROUND}/{one.image.name}.png")
        clean = Micrograph(one.no_background.astype(np.float32), one.image.pixel_size)
        unknown = np.full((len(one.columns), 2), np.nan)
        yield Pictures({NO_BACKGROUND: clean, IMAGE: one.image}, one.columns, unknown)


def literally(image: Micrograph, model: Model) -> Columns:
    """Add the offset at the pixel that holds the centre of mass to the centre of mass itself."""
    found = locate_frame(image, model, Options(refine="com"))
    binning = found.scale.binning
    maps = network_maps(model, image.pixels, found.scale, model.card.halo)
    centres = binning.apply_to(found.columns.positions)
    pixel = np.clip(np.round(centres).astype(int), 0, np.array(maps.shape[1:]) - 1)
    moved = binning.undo(centres + maps[1:, pixel[:, 0], pixel[:, 1]].T)
    return Columns(y=moved[:, 0], x=moved[:, 1])


def by_image_alone(image: Micrograph, model: Model) -> Columns:
    """Fit without what the network says of where the columns are."""
    settings = settings_of(model)
    joint = replace(settings.fit.joint, found_spread=np.inf, agreeing_spread=np.inf)
    alone = replace(settings, fit=replace(settings.fit, joint=joint))
    return locate_frame(image, model, settings=alone).columns


METHODS: dict[str, Method] = {
    "centre of mass": lambda image, model: colonnade.locate(image, model=model, refine="com"),
    "+ regression": lambda image, model: colonnade.locate(image, model=model, refine="offset"),
    "+ regression, read literally": literally,
    "joint fit, of the image alone": by_image_alone,
    "joint fit": lambda image, model: colonnade.locate(image, model=model, refine="mle"),
}


BOUND = "at the bound"
"""Row of the distances that the electrons leave to the best unbiased method."""

DRAWS = 200
"""Errors that are drawn for each column at its bound."""

RESAMPLES = 2000
"""Sets of images from which the intervals are taken."""


@dataclass
class Tally:
    """Distances of found columns from the truth, image by image.

    Parameters
    ----------
    detectable
        How many columns were to be found.
    images
        What was found in each image.
    """

    detectable: int = 0
    images: list[Distances] = field(default_factory=list)

    def add(self, pictures: Pictures, name: str, found: Columns) -> None:
        """Add what was found in one picture of an image."""
        truth, picture = pictures.truth, pictures.inputs[name]
        last = np.array(picture.shape) - 1 - BORDER
        inner = ((truth.positions >= BORDER) & (truth.positions <= last)).all(1)
        # The others are matched too, so that what is found there is not laid to a neighbour.
        true, guess = match(truth.positions, found.positions, GATE)
        chosen = inner & (truth.labels["detectable"] > 0)
        counted = chosen[true]
        self.detectable += int(chosen.sum())
        seen, crlb = truth[true[counted]], pictures.crlb[true[counted]]
        self.images.append(Distances(picture, seen, found[guess[counted]].positions, crlb))

    def at_bound(self) -> "Tally":
        """The same columns with errors as large as the electrons make them at best."""
        rng = np.random.default_rng(SEED)
        return Tally(images=[one.at_bound(DRAWS, rng) for one in self.images])

    @property
    def found(self) -> int:
        """Number of columns that were found."""
        return sum(len(one.truth) for one in self.images)

    def moments(self, chosen: Array) -> Array:
        """Mean and standard deviation of the distances [px].

        Parameters
        ----------
        chosen
            Images, sets of them in rows.

        Returns
        -------
        moments
            A row for each set.
        """
        parts = [one.distances for one in self.images]
        sums = np.array([[part.size, part.sum(), (part**2).sum()] for part in parts])[chosen]
        count, total, squares = sums.sum(-2).T
        mean = total / count
        return np.stack([mean, np.sqrt(squares / count - mean**2)], axis=-1)


def row(picture: str, method: str, tally: Tally, first: Tally) -> str:
    """A line of the table; `first` is what reductions refer to."""
    count = len(tally.images)
    drawn = np.random.default_rng(SEED).integers(count, size=(RESAMPLES, count))
    sets = np.concatenate([np.arange(count)[None], drawn])
    moments, before = tally.moments(sets), first.moments(sets)
    reduction = [""] * 2
    if tally is not first:
        reduction = [interval(less, "{:.1f}") for less in 100 * (1 - moments / before).T]
    published, columns = "", ""
    if tally.detectable:
        columns = f"{tally.found} of {tally.detectable}"
    if (picture, method) in PUBLISHED:
        published = "{:.4f} ± {:.4f}".format(*PUBLISHED[picture, method])
    mean, spread = (interval(values, "{:.3f}") for values in moments.T)
    return (
        f"| {picture} | {method} | {columns} | {mean} | {spread} | "
        f"{' | '.join(reduction)} | {published} |"
    )


def interval(values: Array, form: str) -> str:
    """The first of some values, and what 95 % of the others lie within."""
    low, high = np.nanquantile(values[1:], (0.025, 0.975))
    value, low, high = (form.format(one) for one in (values[0], low, high))
    return f"{value} ({low} to {high})"


SHOWN = {
    "centre of mass": ("x", "limegreen"),
    "+ regression": ("x", "deepskyblue"),
    "truth": ("+", "red"),
}
"""Mark and colour of each position in the figure."""

DRAWN = ("centre of mass", "+ regression", "joint fit")
"""Methods whose worst columns are drawn."""

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
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--model", default="atoms")
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--list-worst", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    model = Model.load(given.model)
    folder = given.folder
    library = simulated(given.images) if folder is None else from_folder(folder, given.images)
    tallies = {(name, method): Tally() for name in (NO_BACKGROUND, IMAGE) for method in METHODS}
    for number, pictures in enumerate(library):
        for (name, method), tally in tallies.items():
            tally.add(pictures, name, METHODS[method](pictures.inputs[name], model))
        if number == 0 and given.figure is not None:
            draw(pictures, model, given.figure)
    if folder is None:
        tallies[IMAGE, BOUND] = tallies[IMAGE, "centre of mass"].at_bound()
    print_table(tallies)
    if given.list_worst is not None:
        print(f"\n{WORST_HEAD}")
        for (name, method), tally in tallies.items():
            print(f"| {name} | {method} | {worst_row(tally.images)} |")
        worst = {f"{key[0]}\n{key[1]}": tallies[key].images for key in tallies if key[1] in DRAWN}
        draw_worst(worst, given.list_worst)


def print_table(tallies: dict[tuple[str, str], Tally]) -> None:
    """Print table 1."""
    print(
        "| picture | method | columns | mean, px | s.d., px | mean less by, % | "
        "s.d. less by, % | Lee and Lee, px |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for (name, method), tally in tallies.items():
        print(row(name, method, tally, tallies[name, "centre of mass"]))


if __name__ == "__main__":
    main()
