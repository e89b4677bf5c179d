"""Our dark-field images beside frozen-phonon multislice, of the same specimens and microscopes.

    python benchmarks/atoms/multislice.py FOLDER FIGURE.png

The folder holds what `multislice_images.py` has written. Both images are of the same field and
pixels, and are measured in the same way: a Gaussian for every column and a constant, fitted
together, with one height, width and displacement for all columns that the crystal repeats.
Columns too faint beside their neighbours to be seen are in the images but are not measured.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import least_squares, minimize

from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.exposure import expose
from colonnade.atoms.simulate.optics.microscope import Beam
from colonnade.atoms.simulate.optics.probe import FWHM, Probe
from colonnade.atoms.simulate.optics.scattering import EXPONENT
from colonnade.atoms.simulate.specimen.specimen import MARGIN, Scene
from colonnade.atoms.simulate.specimen.stacks import staying
from colonnade.core.arrays import Array
from colonnade.core.work.draws import NEVER, Draws

RINGS = (80.0, 200.0)
"""Angles that the detector collects [mrad]."""
PIXEL = 0.02
SIZE = (128, 128)
SOURCES = (0.07, 0.0)
"""Full widths at half maximum of the image of the source [nm]."""
SAME_COLUMN = 0.02
FAINT = 0.1
"""Columns that scatter less than this share of the strongest, for each nm, are not measured."""


@dataclass(frozen=True, eq=False)
class Slab:
    """A specimen, the microscope, and images by multislice; lengths in nm.

    Parameters
    ----------
    name
        Of the specimen.
    image
        Share of the beam, periodic (y, x).
    pixel
        Of that image (y, x).
    positions
        Columns of one repeat of it, rows of (y, x).
    strength, length
        Of these columns.
    thickness
        Of the slab.
    probe
        The microscope.
    seconds
        Of processor time for one pixel by multislice.
    """

    name: str
    image: Array
    pixel: Array
    positions: Array
    strength: Array
    length: Array
    thickness: float
    probe: Probe
    seconds: float

    @cached_property
    def cell(self) -> Array:
        """Height and width of one repeat."""
        return np.asarray(self.pixel * self.image.shape)

    def columns(self) -> tuple[Array, NDArray[np.intp]]:
        """Give the columns in the field and its margin, and their numbers in the repeat."""
        field = np.array(SIZE) * PIXEL
        low, high = np.floor(-MARGIN / self.cell) - 1, np.ceil((field + MARGIN) / self.cell)
        steps = np.stack(
            np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(low, high, strict=True))), -1
        )
        places = steps.reshape(-1, 1, 2) * self.cell + self.positions
        index = np.broadcast_to(np.arange(len(self.positions)), places.shape[:2])
        inside = ((places > -MARGIN) & (places < field + MARGIN)).all(-1)
        return places[inside], index[inside]


def slabs(path: Path) -> Iterator[Slab]:
    """Read one file: a slab for every thickness."""
    file: dict[str, Any] = dict(np.load(path))
    first, last = np.searchsorted(file["rings"], RINGS)
    images = file["images"][first:last].sum(0)
    for image, repeats in zip(images, file["repeats"], strict=True):
        thickness = float(repeats * file["period"])
        positions, powers, share = stacked(file["atoms"])
        length = thickness * share
        yield Slab(
            name=path.stem,
            image=image,
            pixel=file["pixel"],
            positions=positions,
            strength=powers * repeats / length,
            length=length,
            thickness=thickness,
            probe=probe(file),
            seconds=float(file["seconds"] * repeats / file["repeats"][-1]),
        )


def stacked(atoms: Array) -> tuple[Array, Array, Array]:
    """Columns: places, sums of powers of the atomic numbers, lengths as shares of the longest.

    A column with fewer atoms than others of the same elements is shorter.
    """
    apart = np.abs(atoms[:, None, 1:3] - atoms[None, :, 1:3]).max(-1)
    first = np.argmax(apart < SAME_COLUMN, axis=1)
    heads = np.unique(first)
    kinds = [frozenset(atoms[first == head, 3]) for head in heads]
    counts = np.array([np.count_nonzero(first == head) for head in heads])
    longest = {kind: counts[[other == kind for other in kinds]].max() for kind in kinds}
    powers = np.array([(atoms[first == head, 3] ** EXPONENT).sum() for head in heads])
    return atoms[heads, 1:3], powers, counts / [longest[kind] for kind in kinds]


def probe(file: dict[str, Any]) -> Probe:
    """Read the scales of the microscope."""
    return Probe(
        voltage=float(file["voltage"]),
        convergence=float(file["semi_angle"]),
        defocus=-float(file["C10"]),
        spherical=float(file["C30"]) / 1000,
        astigmatism=float(file["C12"]),
        astigmatism_angle=float(file["phi12"]),
        coma=float(file["C21"]),
        coma_angle=float(file["phi21"]),
        thermal=float(file["sigma"]),
    )


def theirs(slab: Slab, source: float) -> Array:
    """Sample the periodic image at the pixels of the field, blurred by the source."""
    waves = np.fft.fft2(slab.image) / slab.image.size
    sides = []
    for axis in (0, 1):
        k = np.fft.fftfreq(slab.image.shape[axis], slab.pixel[axis])
        blur = np.exp(-2 * (np.pi * source / FWHM * k) ** 2)
        sides.append(np.exp(2j * np.pi * np.outer(np.arange(SIZE[axis]) * PIXEL, k)) * blur)
    return np.asarray((sides[0] @ waves @ sides[1].T).real)


def ours(slab: Slab, source: float) -> tuple[Array, float]:
    """Simulate the field; also the seconds that it takes."""
    places, index = slab.columns()
    scales = replace(slab.probe, source=source)
    beam = Beam(scales, (0.0, 0.0), EXPONENT, dark=False, level=0.0, depth=0.0)
    scene = Scene(
        positions=places,
        strength=slab.strength[index],
        thickness=slab.length[index],
        atomic_number=np.zeros(len(index), np.int64),
        present=staying(len(index)),
        crystal=np.full(SIZE, slab.thickness, np.float32),
        amorphous=np.zeros(SIZE, np.float32),
        name=slab.name,
    )
    nothing = Background(level=NEVER, clouds=NEVER)
    draws = Draws(np.random.default_rng())
    start = time.perf_counter()
    image = expose(scene, places / PIXEL, PIXEL, beam, nothing, draws).total
    return np.asarray(image, float), time.perf_counter() - start


@dataclass(frozen=True, eq=False)
class Measured:
    """Columns of one repeat as an image shows them: displacement [nm] and intensity."""

    moved: Array
    intensity: Array


def measure(image: Array, slab: Slab) -> Measured:
    """Fit Gaussians on a constant to all columns that are not faint."""
    seen = np.flatnonzero(slab.strength > FAINT * slab.strength.max())
    places, index = slab.columns()
    kept = np.isin(index, seen)
    places, site = places[kept] / PIXEL, np.searchsorted(seen, index[kept])
    count, spread = len(seen), float(image.std())

    def drawn(p: Array) -> tuple[Array, Array]:
        moved, width = p[: 2 * count].reshape(-1, 2), p[2 * count :]
        lines = [
            np.exp(
                -0.5
                * ((np.arange(SIZE[axis]) - (places + moved[site])[:, axis, None]) ** 2)
                / width[site, None] ** 2
            )
            for axis in (0, 1)
        ]
        parts = [lines[0][site == i].T @ lines[1][site == i] for i in range(count)]
        basis = np.stack([*parts, np.ones(SIZE)]).reshape(count + 1, -1)
        heights = np.linalg.lstsq(basis @ basis.T, basis @ image.ravel(), rcond=None)[0]
        return heights, np.asarray(heights @ basis - image.ravel()) / spread

    start = np.repeat([0.0, 0.05 / PIXEL], [2 * count, count])
    reach = np.repeat([0.05 / PIXEL, 0.04 / PIXEL], [2 * count, count])
    found = least_squares(
        lambda p: drawn(p)[1], start, bounds=(start - reach, start + reach), diff_step=1e-4
    ).x
    moved, width = found[: 2 * count].reshape(-1, 2), found[2 * count :]
    return Measured(moved * PIXEL, drawn(found)[0][:count] * width**2)


def registered(slab: Slab, source: float) -> Slab:
    """Lay our columns where the images agree best: coma moves images, and how far is free."""
    expected = theirs(slab, source)

    def moved(shift: Array) -> Slab:
        return replace(slab, positions=slab.positions + shift)

    def disagreement(shift: Array) -> float:
        return -correlation(expected, ours(moved(shift), source)[0])

    simplex = 0.01 * np.array([[-1.0, -1.0], [1.0, -1.0], [0.0, 1.0]])
    options = {"initial_simplex": simplex, "xatol": 1e-5, "fatol": 1e-7}
    return moved(minimize(disagreement, np.zeros(2), method="Nelder-Mead", options=options).x)


def correlation(first: Array, second: Array) -> float:
    """Normalised cross-correlation, means removed."""
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@dataclass(frozen=True, eq=False)
class Pair:
    """The two images of one slab, how well they agree, and how much faster ours is.

    Parameters
    ----------
    slab
        What they show.
    theirs, ours
        Share of the beam.
    correlation
        Normalised, means removed.
    ratio
        The worst factor by which the ratio of two columns' intensities differs.
    worst, median
        Distance of a column's places in the two images [pm].
    speed
        Seconds of theirs by seconds of ours.
    """

    slab: Slab
    theirs: Array
    ours: Array
    correlation: float
    ratio: float
    worst: float
    median: float
    speed: float


def compare(slab: Slab, source: float) -> Pair:
    """Simulate, measure both images and compare."""
    if slab.probe.coma:
        slab = registered(slab, source)
    expected = theirs(slab, source)
    found, seconds = ours(slab, source)
    first, second = measure(expected, slab), measure(found, slab)
    distance = 1000 * np.linalg.norm(second.moved - first.moved, axis=1)
    return Pair(
        slab=slab,
        theirs=expected,
        ours=found,
        correlation=correlation(expected, found),
        ratio=float(np.exp(np.ptp(np.log(second.intensity / first.intensity)))),
        worst=float(distance.max()),
        median=float(np.median(distance)),
        speed=slab.seconds * expected.size / seconds,
    )


def table(pairs: list[Pair], source: float) -> None:
    """Print a row for every slab."""
    print(f"\nImage of the source: {source:g} nm wide.\n")
    print("| specimen | thickness, nm | correlation | worst ratio | worst, median position, pm |")
    print("|---|---|---|---|---|")
    for pair in pairs:
        columns = f"{pair.ratio:.2f} | {pair.worst:.2f}, {pair.median:.2f}"
        if pair.slab.probe.coma:
            # No Gaussian fits them.
            columns = "- | -"
        name, thickness = pair.slab.name, pair.slab.thickness
        print(f"| {name} | {thickness:.1f} | {pair.correlation:.4f} | {columns} |")
    speed = np.array([pair.speed for pair in pairs])
    print(f"\nOurs is {speed.min():.1g} to {speed.max():.1g} times as fast.")


SHOWN = (
    ("WS2", 0.5, 0),
    ("SrTiO3 [100]", 10.2, 1),
    ("Si [110]", 20.0, 0),
    ("Pt wedge", 3.3, 1),
    ("SrTiO3 aberrated", 5.1, 1),
)
"""Slabs in the figure: name, thickness [nm], and the axis along which a profile is shown."""


def draw(pairs: list[Pair], path: Path) -> None:
    """Draw some slabs: both images, their difference, and a line through both."""
    found = {(pair.slab.name, round(pair.slab.thickness, 1)): pair for pair in pairs}
    rows = [(found[name, thick], axis) for name, thick, axis in SHOWN if (name, thick) in found]
    figure = Figure(figsize=(11, 2.6 * len(rows)), layout="constrained")
    axes = figure.subplots(len(rows), 4, squeeze=False)
    for (pair, axis), (left, middle, right, line) in zip(rows, axes, strict=True):
        low, high = float(pair.theirs.min()), float(pair.theirs.max())
        left.imshow(pair.theirs, cmap="gray", vmin=low, vmax=high)
        middle.imshow(pair.ours, cmap="gray", vmin=low, vmax=high)
        span = (high - low) / 2
        right.imshow(pair.ours - pair.theirs, cmap="RdBu", vmin=-span, vmax=span)
        left.set_ylabel(f"{pair.slab.name}, {pair.slab.thickness:.1f} nm")
        place = round(float(pair.slab.positions[0, 1 - axis] / PIXEL))
        along = np.arange(SIZE[axis]) * PIXEL
        line.plot(along, 100 * pair.theirs.take(place, 1 - axis), "k", label="multislice")
        line.plot(along, 100 * pair.ours.take(place, 1 - axis), "C3--", label="ours")
        line.set_ylabel("% of the beam")
        for each in (left, middle, right):
            each.set(xticks=[], yticks=[])
    for each, title in zip(axes[0], ("multislice", "ours", "ours - multislice", ""), strict=True):
        each.set_title(title)
    axes[0, 3].legend()
    axes[-1, 3].set_xlabel("nm")
    figure.savefig(path, dpi=130)


def main() -> None:
    """Print a table for every source size and draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("figure", type=Path)
    given = parser.parse_args()
    everything = [slab for path in sorted(given.folder.glob("*.npz")) for slab in slabs(path)]
    for source in SOURCES:
        pairs = [compare(slab, source) for slab in everything]
        table(pairs, source)
        if source == SOURCES[0]:
            draw(pairs, given.figure)


if __name__ == "__main__":
    main()
