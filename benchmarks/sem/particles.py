"""Do the intervals of particles hold the truth, and how many are found: ours beside scikit-image.

    python benchmarks/sem/particles.py --scenes 24
    python benchmarks/sem/particles.py --scenes 24 --edge-of-all 0.05 --edge-px 0.1 --neck 0.7

Simulated balls on carbon that do not overlap, of 4 to 12 px across in the coarse image, under
instruments of every kind. Each is measured in the coarse image as it was taken, in the sharp one
without noise, and in the coarse one upscaled by four, with its trust map. scikit-image does what
its manual does: Otsu's threshold, and a watershed from the peaks of the distance. Truth is the
area, the diameters of balls that lie wholly in the field and the number that shows.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array, Single
from colonnade.core.errors import ImageError
from colonnade.core.learn.model import Model
from colonnade.core.measures.regions.found import Regions
from colonnade.core.measures.regions.segment import ball
from colonnade.core.measures.regions.settings import RegionSettings
from colonnade.core.work.draws import Draws
from colonnade.sem.bench.adapters.ours import upscaled
from colonnade.sem.measure.measure import Trust, measure
from colonnade.sem.measure.settings import MeasureSettings
from colonnade.sem.pair import Pair
from colonnade.sem.simulate.image import Simulation, Specimen, draw_specimen
from colonnade.sem.simulate.materials.tin_balls import TinBalls, draw_tin_balls

SEED, SIDE, FACTOR = 770, 512, 4
"""Of scenes that no training has seen; rows and columns of the sharp image; how much coarser the
other is."""

GAP = 1.15
"""Least distance of two balls, in the sum of their radii."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Balls, rows of (y, x) and their radii in the sharp image, and what was taken of them."""

    centres: Array
    radii: Array
    pair: Pair


def scenes(count: int) -> Iterator[Scene]:
    """Draw scenes."""
    recipe = Simulation(factor=FACTOR, size=(SIDE, SIDE), faint=0.0)
    for number in range(count):
        rng = np.random.default_rng([SEED, number])
        specimen = draw_specimen(recipe, np.random.default_rng(0))
        field = SIDE + 2 * specimen.border
        usual = draw_tin_balls(TinBalls(), Draws(rng), (field, field))
        centres, radii = _apart(rng, field)
        greys = rng.uniform(0.3, 0.65) * rng.normal(1, 0.06, len(radii)).clip(0.7, 1.3)
        scene = replace(usual, centres=centres, radii=radii, greys=greys)
        shown = Specimen(scene.render((field, field), 1.0), specimen.border, "balls", {})
        yield Scene(centres - specimen.border - 0.5, radii, shown.take(recipe, rng))


def _apart(rng: np.random.Generator, field: int) -> tuple[Array, Array]:
    usual, spread = rng.uniform(8, 25), rng.uniform(0.1, 0.4)
    wanted, taken = rng.uniform(0.08, 0.35) * field**2, 0.0
    centres, radii = np.empty((0, 2)), np.empty(0)
    while taken < wanted:
        radius = usual * np.exp(spread * rng.standard_normal())
        centre = rng.uniform(-20, field + 20, 2)
        if (np.hypot(*(centres - centre).T) > GAP * (radii + radius)).all():
            centres, radii = np.vstack([centres, centre]), np.append(radii, radius)
            taken += np.pi * radius**2
    return centres, radii


@dataclass
class Tally:
    """What was held, found and missed over all scenes."""

    fraction: list[bool]
    bias: list[float]
    diameter: list[bool]
    error: list[float]
    median: list[bool]
    count: list[bool]
    shown: int = 0
    hit: int = 0
    extra: int = 0

    @classmethod
    def empty(cls) -> "Tally":
        """Begin."""
        return cls([], [], [], [], [], [])

    def row(self) -> str:
        """Give a row of a table."""
        cells = [f"{np.mean(one):.2f}" for one in (self.fraction, self.diameter, self.median)]
        cells += [f"{np.mean(self.count):.2f}", f"{np.mean(self.bias):+.4f}"]
        cells += [f"{np.median(self.error):+.2f} ± {np.std(self.error):.2f}"]
        cells += [f"{self.hit / self.shown:.3f}", f"{self.extra / self.shown:.3f}"]
        return " | ".join(cells)


def tally(scene: Scene, found: Regions, step: int, into: Tally) -> None:
    """Compare what was found in an image, each of whose pixels is so many sharp ones."""
    side = SIDE // step
    cover, area = _truth(scene)
    centres, radii = (scene.centres + 0.5) / step - 0.5, scene.radii / step
    shown = area / step**2 >= ball(3.0, 2)
    whole = ((centres > radii[:, None]) & (centres < side - 1 - radii[:, None])).all(1)
    fraction, number, median = found.fraction, found.number, found.median_diameter
    true = float(cover.mean())
    into.fraction.append(fraction.low <= true <= fraction.high)
    into.bias.append(fraction.value - true)
    into.count.append(number.low <= shown.sum() <= number.high)
    middle = float(np.median(2 * radii[whole]))
    into.median.append(median.low <= middle <= median.high)
    away, nearest = cKDTree(found.shapes.centres[found.measured]).query(centres)
    low, high = (end[found.measured] for end in found.diameters)
    diameter = found.shapes.diameter[found.measured]
    for one in np.flatnonzero(whole & shown):
        into.shown += 1
        into.hit += bool(away[one] < 0.7 * radii[one])
        if away[one] < 0.5 * radii[one]:
            its, size = nearest[one], 2 * radii[one]
            into.diameter.append(bool(low[its] <= size <= high[its]))
            into.error.append(float(diameter[its] - size))
    into.extra += _extra(found.shapes.centres[found.measured], centres, radii)


def _extra(found: Array, centres: Array, radii: Array) -> int:
    return sum((np.hypot(*(centres - one).T) > radii).all() for one in found)


def _truth(scene: Scene) -> tuple[Single, Array]:
    """Share of each sharp pixel that lies in a ball, and the visible area of each."""
    y, x = np.indices((SIDE, SIDE))
    covers = np.zeros((SIDE, SIDE), np.float32)
    area = np.empty(len(scene.radii))
    for number, ((down, across), radius) in enumerate(
        zip(scene.centres, scene.radii, strict=True)
    ):
        one = np.clip(radius + 0.5 - np.hypot(y - down, x - across), 0, 1)
        area[number] = one.sum()
        covers += one.astype(np.float32)
    return covers, area


def peer(scene: Scene, image: Single, step: int, into: Tally) -> None:
    """Count by scikit-image, which gives no intervals."""
    feature, filters, segmentation = (
        import_module(f"skimage.{name}") for name in ("feature", "filters", "segmentation")
    )
    smooth = gaussian_filter(image, 1.0)
    mask = smooth > filters.threshold_otsu(smooth)
    distance = distance_transform_edt(mask)
    peaks = feature.peak_local_max(distance, min_distance=3, labels=mask.astype(int))
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    labels = segmentation.watershed(-distance, markers, mask=mask)
    area = np.bincount(labels.ravel())[1:]
    places = [
        np.bincount(labels.ravel(), one.ravel())[1:] / area for one in np.indices(mask.shape)
    ]
    kept = area >= ball(3.0, 2)
    found = np.stack(places, axis=1)[kept]
    diameter = np.sqrt(4 * area[kept] / np.pi)
    cover, _ = _truth(scene)
    into.bias.append(float(mask.mean() - cover.mean()))
    centres, radii = (scene.centres + 0.5) / step - 0.5, scene.radii / step
    side = SIDE // step
    whole = ((centres > radii[:, None]) & (centres < side - 1 - radii[:, None])).all(1)
    away, nearest = cKDTree(found).query(centres)
    for one in np.flatnonzero(whole & (2 * radii >= 3)):
        into.shown += 1
        into.hit += bool(away[one] < 0.7 * radii[one])
        if away[one] < 0.5 * radii[one]:
            into.error.append(float(diameter[nearest[one]] - 2 * radii[one]))
    into.extra += _extra(found, centres, radii)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scenes", type=int, default=24)
    usual = RegionSettings()
    for name in ("edge_of_all", "edge_of_each", "edge_px", "neck", "least_depth"):
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=float, default=getattr(usual, name)
        )
    given = vars(parser.parse_args())
    count = given.pop("scenes")
    settings = MeasureSettings(replace(usual, **given))
    model = Model.load(f"light-x{FACTOR}")
    ours = {name: Tally.empty() for name in ("coarse", "sharp", "upscaled")}
    theirs = {name: Tally.empty() for name in ours}
    failed = 0
    for scene in scenes(count):
        finer = upscaled(model, scene.pair.low)
        assert finer.half_width is not None
        trust = Trust(finer.half_width, (1, FACTOR, FACTOR))
        for name, image, step, known in (
            ("coarse", scene.pair.low, FACTOR, None),
            ("sharp", scene.pair.high, 1, None),
            ("upscaled", finer.image, 1, trust),
        ):
            try:
                found = measure(np.asarray(image), trust=known, settings=settings).regions
            except ImageError:
                failed += 1
                continue
            tally(scene, found, step, ours[name])
            peer(scene, np.asarray(image, np.float32), step, theirs[name])
    print(f"{count} scenes, {settings.regions}, {failed} images failed")
    print("| image | fraction held | diameters held | median held | count held | bias of the")
    print("fraction | error of diameters, px | found | not there |")
    for name, one in ours.items():
        print(f"| {name} | {one.row()} |")
    for name, one in theirs.items():
        error = f"{np.median(one.error):+.2f} ± {np.std(one.error):.2f}"
        print(
            f"| {name}, scikit-image | | | | | {np.mean(one.bias):+.4f} | {error} | "
            f"{one.hit / one.shown:.3f} | {one.extra / one.shown:.3f} |"
        )


if __name__ == "__main__":
    main()
