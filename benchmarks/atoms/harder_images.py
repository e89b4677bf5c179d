"""The default model on real micrographs that were made harder.

    python benchmarks/atoms/harder_images.py FOLDER PICTURES IMAGE[=PIXEL_SIZE] ...

Images, marks and pixel sizes are those of `real_images.py`; each copy is searched with its pixel
size, where there is one, and without any. Marked positions go along exactly. The origin is the
centre of the first pixel, so that binning by 2 takes y to (y - 0.5) / 2, and a cubic spline on a
grid z times as fine takes it to (y + 0.5) z - 0.5. PICTURES is the folder for a picture of each
copy that shows what was found, missed and false.

How noisy an image is shows what is left of it beside quadratic surfaces a third of a column
spacing wide. Noise is added until its variance is 4 and 16 times that, the standard deviation 2
and 4 times: once even, once with the variance proportional to the grey above the darkest.
"""

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from marked_images import GATE, Judged, draw, judge, spacing
from real_images import read_marked, with_pixel_size
from scipy import ndimage

import colonnade
from colonnade import Columns, Micrograph
from colonnade.core.arrays import Array
from colonnade.core.images.binning import Binning

SEED = 7

AIM = 0.99


@dataclass(frozen=True, eq=False)
class Marked:
    """An image and its marks.

    Parameters
    ----------
    image
        Grey levels.
    marks
        Columns that a person saw, carried along.
    """

    image: Micrograph
    marks: Columns

    def regrey(self, pixels: Array) -> "Marked":
        """Change grey levels and nothing else."""
        return replace(self, image=replace(self.image, pixels=pixels.astype(np.float32)))

    def moved(self, pixels: Array, positions: Array, finer: float) -> "Marked":
        """Change the pixels, which are so many times finer, and with them the positions."""
        size = self.image.pixel_size
        size = None if size is None else (size[0] / finer, size[1] / finer)
        low, high = -0.5, np.array(pixels.shape) - 0.5
        inside = ((positions >= low) & (positions < high)).all(1)
        image = replace(self.image, pixels=pixels.astype(np.float32), pixel_size=size)
        return Marked(image, Columns(*positions[inside].T))

    @property
    def grey(self) -> Array:
        """Grey levels in double precision."""
        return self.image.pixels.astype(np.float64)


Change = Callable[[Marked], Marked]


def binned(one: Marked) -> Marked:
    """Means of 2 x 2 pixels."""
    by = Binning(2, 2)
    height, width = (count // 2 * 2 for count in one.image.shape)
    pixels = by.apply(one.image.pixels[:height, :width])
    return one.moved(pixels.astype(float), by.apply_to(one.marks.positions), 0.5)


def cropped(one: Marked) -> Marked:
    """The middle quarter of the area."""
    height, width = one.image.shape
    top, left = height // 4, width // 4
    pixels = one.grey[top : top + height // 2, left : left + width // 2]
    return one.moved(pixels, one.marks.positions - [top, left], 1.0)


def upsampled(one: Marked, finer: float) -> Marked:
    """A cubic spline through the pixels, sampled more finely."""
    pixels = ndimage.zoom(one.grey, finer, order=3, mode="nearest", grid_mode=True)
    return one.moved(pixels, (one.marks.positions + 0.5) * finer - 0.5, finer)


def eight_bit(one: Marked, gamma: float) -> Marked:
    """Other contrast: a hundredth clipped at either end, a gamma, and 256 grey levels."""
    low, high = np.quantile(one.grey, [0.01, 0.99])
    share = np.clip((one.grey - low) / (high - low), 0, 1)
    return one.regrey(np.round(255 * share**gamma))


def inverted(one: Marked) -> Marked:
    """Bright is dark."""
    return one.regrey(one.grey.max() + one.grey.min() - one.grey)


def noise_level(one: Marked) -> float:
    """Standard deviation of what quadratic surfaces leave of the image [grey level]."""
    half = max(2, round(spacing(one.marks) / 6))
    y, x = np.mgrid[-half : half + 1, -half : half + 1].reshape(2, -1)
    terms = np.stack([np.ones_like(y), y, x, y * y, x * x, y * x], axis=1).astype(float)
    middle = len(y) // 2
    smooth = (terms @ np.linalg.pinv(terms))[middle]
    left = one.grey - ndimage.correlate(one.grey, smooth.reshape(2 * half + 1, -1))
    # Of independent noise the fit takes this share of the variance away in its middle.
    return float(left.std() / np.sqrt(1 - smooth[middle]))


def noisier(one: Marked, times: float, counting: bool) -> Marked:
    """Add noise until there is so many times as much."""
    rng = np.random.default_rng(SEED)
    added = noise_level(one) ** 2 * (times**2 - 1)
    if not counting:
        return one.regrey(one.grey + rng.normal(0, np.sqrt(added), one.image.shape))
    above = one.grey - one.grey.min()
    gain = added / above.mean()
    return one.regrey(gain * rng.poisson(above / gain))


COPIES: dict[str, Change] = {
    "as it is": lambda one: one,
    "binned by 2": binned,
    "middle quarter": cropped,
    "upsampled by 1.5": partial(upsampled, finer=1.5),
    "upsampled by 2": partial(upsampled, finer=2.0),
    "8 bit, gamma 0.6": partial(eight_bit, gamma=0.6),
    "8 bit, gamma 1.6": partial(eight_bit, gamma=1.6),
    "inverted": inverted,
    "Poisson noise, 2 x": partial(noisier, times=2.0, counting=True),
    "Poisson noise, 4 x": partial(noisier, times=4.0, counting=True),
    "Gaussian noise, 2 x": partial(noisier, times=2.0, counting=False),
    "Gaussian noise, 4 x": partial(noisier, times=4.0, counting=False),
}


def search(one: Marked, title: str, path: Path) -> Judged:
    """Look for the columns of an image, and draw it."""
    found = colonnade.locate(one.image)
    judged = judge(one.marks, found, GATE * spacing(one.marks), one.image.shape)
    draw(one.image, judged, title, path)
    return judged


def cell(share: float) -> str:
    """Three digits, bold where they miss the aim."""
    return f"{share:.3f}" if share >= AIM else f"**{share:.3f}**"


def rows(source: Marked, pictures: Path) -> None:
    """Print a line for each copy of an image, with and without its pixel size."""
    for name, change in COPIES.items():
        copy = change(source)
        known = [] if copy.image.pixel_size is None else ["known"]
        for calibration in [*known, "none"]:
            if calibration == "none":
                copy = replace(copy, image=replace(copy.image, pixel_size=None))
            title = f"{source.image.name}, {name}, pixel size {calibration}"
            file = title.replace(", ", "-").replace(" ", "_") + ".png"
            judged = search(copy, title, pictures / file)
            print(
                f"| {source.image.name} | {name} | {calibration} | {cell(judged.recall)} | "
                f"{cell(judged.precision)} | {len(judged.missed)} | {len(judged.false)} |",
                flush=True,
            )


def main() -> None:
    """Print a table, and draw a picture of each copy."""
    folder, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore", colonnade.ColonnadeWarning)
    print("| image | copy | pixel size | recall | precision | missed | false |")
    print("|---|---|---|---|---|---|---|")
    for wanted in sys.argv[3:]:
        name, _, size = wanted.partition("=")
        image, marks = read_marked(folder / name)
        image = replace(with_pixel_size(image, size), name=Path(name).stem)
        rows(Marked(image, marks), pictures)


if __name__ == "__main__":
    main()
