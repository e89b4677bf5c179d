"""Single platinum atoms that a person labelled: the default beside Laplacian of Gaussian.

    python benchmarks/atoms/platinum_atoms.py FOLDER PICTURES

FOLDER holds images NNN_*.tif and labels NNN_Results.csv with the columns X and Y, in whole pixels
of the same frame: X counts to the right and Y down from the first pixel. (In each of eleven images
the labels lie on bright spots this way, and on nothing when mirrored or transposed.) PICTURES is
the folder for a picture of each image.

The default is told nothing but what the file says. Beside it stands the peer at one width and
threshold that were not chosen on these images. Then it has everything in its favour: its width and
threshold are those, of a grid, that give the best F1 against the labels, once for all images
together and once for each image. As the threshold is what a person's judgement of faint spots
comes down to, ours is shown with the best one too.

The last table compares scores with the share of candidates that have a label, within the gate and
within a wider one: labels scatter by some pixels, and not every atom that a microscope shows has
one, so that the share is rather too low.
"""

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from marked_images import Judged, draw, judge

import colonnade
from colonnade import Columns, Micrograph
from colonnade.atoms.bench.adapters.log_gaussian import log_peaks
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array

GATE = 0.15
"""Largest distance of an atom from its label, and width of the border left out [nm]."""

WIDE_GATE = 0.2
"""Distance within which all labels lie that mean an atom, as far as one can tell [nm]."""

BINS = 10
"""Rows of the table of probabilities."""

WIDTHS = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0)
"""Standard deviations of the Gaussian [px]."""

HEIGHTS = (2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0)
"""Thresholds of the Laplacian [robust standard deviations]."""

THRESHOLDS = tuple(float(t) for t in np.arange(0.02, 1.0, 0.02))
"""Probabilities from which ours counts an atom."""

USUAL = (4.0, 4.0)
"""Width [px] and threshold of the Laplacian that are not chosen with sight of the labels."""

DEFAULT, BEST, ONE, SEEN, SEEN_EACH = (
    "ours, the default",
    "ours, threshold with sight of the labels",
    "LoG, 4 px, 4",
    "LoG, one width and threshold with sight of the labels",
    "LoG, width and threshold of each image with sight of its labels",
)


@dataclass(frozen=True, eq=False)
class Labelled:
    """An image and where a person saw atoms.

    Parameters
    ----------
    image
        Grey levels.
    labels
        Positions, good to a pixel or two.
    """

    image: Micrograph
    labels: Columns

    @property
    def pixel(self) -> float:
        """Size of a pixel [nm]."""
        if self.image.pixel_size is None:
            raise SystemExit(f"{self.image.name} has no pixel size, which the gate needs")
        return max(self.image.pixel_size)

    def judge(self, found: Columns) -> Judged:
        """Compare what was found with the labels."""
        return judge(self.labels, found, GATE / self.pixel, self.image.shape)

    def scores(self, found: Columns, gate: float) -> tuple[Array, Array]:
        """Scores of candidates that have a label within a distance [nm], and of the others."""
        reach = gate / self.pixel
        pairs = pair_columns(
            self.labels, found.positions, reach, shape=self.image.shape, border=reach
        )
        return found.score[pairs.found], found.score[pairs.false]


def read(folder: Path) -> list[Labelled]:
    """Read all images of a folder that have labels."""
    labelled = []
    for table in sorted(folder.glob("*_Results.csv")):
        number = table.name.removesuffix("_Results.csv")
        (image,) = folder.glob(f"{number}_*.tif")
        places = np.loadtxt(table, delimiter=",", skiprows=1, usecols=(1, 2))
        labelled.append(Labelled(colonnade.read(image), Columns(y=places[:, 1], x=places[:, 0])))
    return labelled


def log(one: Labelled, width: float, height: float) -> Judged:
    """Peaks of a Laplacian of Gaussian."""
    return one.judge(Columns(*log_peaks(one.image.pixels.astype(np.float32), width, height).T))


def f1(judged: Sequence[Judged]) -> float:
    """Harmonic mean of recall and precision of several images together."""
    return joined(judged).f1


def joined(judged: Sequence[Judged]) -> Judged:
    """Several images as if they were one."""
    parts = zip(*((one.found, one.missed, one.false, one.other) for one in judged), strict=True)
    return Judged(*(np.concatenate(part) for part in parts))


def ours(images: Sequence[Labelled]) -> dict[str, list[Judged]]:
    """The default, and the threshold with the best F1."""
    model = colonnade.Model.load("atoms")
    default = [one.judge(colonnade.locate(one.image, model=model)) for one in images]
    all_found = [colonnade.locate(one.image, model=model, threshold=0.0) for one in images]

    def at(threshold: float) -> list[Judged]:
        pairs = zip(images, all_found, strict=True)
        return [one.judge(found[found.score >= threshold]) for one, found in pairs]

    best = max(THRESHOLDS, key=lambda threshold: f1(at(threshold)))
    return {DEFAULT: default, f"{BEST}: {best:.2f}": at(best)}


def peers(images: Sequence[Labelled]) -> dict[str, list[Judged]]:
    """Laplacian of Gaussian as it comes, and with the best settings for all and for each."""
    results = {scale: [log(one, *scale) for one in images] for scale in product(WIDTHS, HEIGHTS)}
    width, height = max(results, key=lambda scale: f1(results[scale]))
    each = [max(same, key=lambda one: one.f1) for same in zip(*results.values(), strict=True)]
    return {
        ONE: results[USUAL],
        f"{SEEN}: {width:g} px, {height:g}": results[width, height],
        SEEN_EACH: each,
    }


def probabilities(images: Sequence[Labelled]) -> None:
    """Print the scores of all candidates, and how many of them have a label."""
    model = colonnade.Model.load("atoms")
    found = [colonnade.locate(one.image, model=model, threshold=0.0) for one in images]
    counts = []
    for gate in (GATE, WIDE_GATE):
        scores = [one.scores(all_, gate) for one, all_ in zip(images, found, strict=True)]
        counts.append([np.concatenate(part) for part in zip(*scores, strict=True)])
    print("\n| scores | candidates | mean score | labelled | labelled, wide gate |")
    print("|---|---|---|---|---|")
    for low, high in pairwise(np.linspace(0, 1, BINS + 1).tolist()):
        row = [[one[(one >= low) & (one < high)] for one in pair] for pair in counts]
        near, wide = (f"{len(true) / max(len(true) + len(no), 1):.2f}" for true, no in row)
        score = np.concatenate(row[0])
        mean = score.mean() if len(score) else np.nan
        print(f"| {low:.1f} to {high:.1f} | {len(score)} | {mean:.3f} | {near} | {wide} |")


def main() -> None:
    """Print three tables, and draw the default's atoms in each image."""
    folder, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    images = read(folder)
    results = {**ours(images), **peers(images)}
    print("| method | recall | precision | F1 | found | missed | false |")
    print("|---|---|---|---|---|---|---|")
    for name, judged in results.items():
        total = joined(judged)
        print(
            f"| {name} | {total.recall:.3f} | {total.precision:.3f} | {total.f1:.3f} | "
            f"{len(total.found)} | {len(total.missed)} | {len(total.false)} |"
        )
    print("\n| image | labels that count | recall / precision: ours | LoG, one scale |")
    print("|---|---|---|---|")
    default, _, _, seen, _ = results.values()
    for one, own, peer in zip(images, default, seen, strict=True):
        name = one.image.name.split("_")[0]
        print(
            f"| {name} | {len(own.found) + len(own.missed)} | {own.recall:.2f} / "
            f"{own.precision:.2f} | {peer.recall:.2f} / {peer.precision:.2f} |"
        )
        draw(one.image, own, f"{name}, the default", pictures / f"{name}.png")
        draw(one.image, peer, f"{name}, Laplacian of Gaussian", pictures / f"{name}-log.png")
    probabilities(images)


if __name__ == "__main__":
    main()
