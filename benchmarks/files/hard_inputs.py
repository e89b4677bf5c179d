"""Images with hard numbers, made of sound ones.

Each is written as a file, with the words that a command needs beside it. One that can be used
only with care says so: a command that makes something of it must say a word about it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import colonnade
from colonnade.core.files.batch import sample
from colonnade.core.files.ome_zarr import write_ome_zarr

SEED = 20261201

SIDE = 128
"""Rows and columns of most images [px]."""

Pixels = NDArray[Any]


@dataclass(frozen=True)
class Hard:
    """An input of a command.

    Parameters
    ----------
    name
        What is hard about it.
    path
        The file.
    words
        What a command is told beside it.
    needs_word
        Whether a command that makes something of it must give a note.
    """

    name: str
    path: Path
    words: tuple[str, ...] = ()
    needs_word: bool = False


Change = Callable[[Pixels, np.random.Generator], Pixels]
"""Makes a sound image, in single precision, a hard one."""


def _set(value: float, where: Any) -> Change:
    """Give some pixels a value."""

    def change(image: Pixels, _: np.random.Generator) -> Pixels:
        image[where] = value
        return image

    return change


def _half(image: Pixels, _: np.random.Generator) -> Pixels:
    image[:, : image.shape[1] // 2] = np.nan
    return image


def _scattered(image: Pixels, rng: np.random.Generator) -> Pixels:
    image[rng.random(image.shape) < 0.5] = np.nan
    return image


def _border(image: Pixels, _: np.random.Generator) -> Pixels:
    return np.pad(image[12:-12, 12:-12], 12, constant_values=np.nan)


def _infinities(image: Pixels, rng: np.random.Generator) -> Pixels:
    places = rng.integers(0, min(image.shape), (2, 20))
    image[tuple(places)] = np.where(np.arange(20) % 2, np.inf, -np.inf)
    return image


def _one_step(image: Pixels, rng: np.random.Generator) -> Pixels:
    return np.asarray((100 + (rng.random(image.shape) < 0.01)).astype(np.uint8))


def _saturated(share: float) -> Change:
    def change(image: Pixels, _: np.random.Generator) -> Pixels:
        top = np.quantile(image, 1 - share)
        return np.asarray(np.clip(255 * (image / max(top, 1e-9)), 0, 255).astype(np.uint8))

    return change


def _negative(image: Pixels, _: np.random.Generator) -> Pixels:
    spread = image / np.abs(image).max()
    return np.asarray((-30000 + 20000 * spread).astype(np.int16))


def _counts(mean: float) -> Change:
    """Few electrons a pixel."""

    def change(image: Pixels, rng: np.random.Generator) -> Pixels:
        return np.asarray(rng.poisson(mean * image / image.mean()), np.uint16)

    return change


def _times(factor: float, offset: float = 0.0, code: str = "f4") -> Change:
    def change(image: Pixels, _: np.random.Generator) -> Pixels:
        return (np.float64(factor) * image + offset).astype(code)

    return change


def _part(height: int, width: int) -> Change:
    def change(image: Pixels, _: np.random.Generator) -> Pixels:
        return image[:height, :width]

    return change


def _as(code: str) -> Change:
    def change(image: Pixels, _: np.random.Generator) -> Pixels:
        return image.astype(code)

    return change


def _strip(image: Pixels, _: np.random.Generator) -> Pixels:
    return np.tile(image[:16], (1, 8))


CHANGES: dict[str, tuple[Change, bool]] = {
    "sound": (_as("f4"), False),
    "every pixel NaN": (_set(np.nan, np.s_[:]), True),
    "one half NaN": (_half, True),
    "half of the pixels NaN": (_scattered, True),
    "one pixel NaN": (_set(np.nan, np.s_[40, 40]), True),
    "all but one pixel NaN": (
        lambda image, _: np.where(image == image[5, 5], image, np.nan),
        True,
    ),
    "border of NaN": (_border, True),
    "a dead row": (_set(0, np.s_[40]), True),
    "a dead column": (_set(0, np.s_[:, 40]), True),
    "infinite pixels": (_infinities, True),
    "one pixel 1e30": (_set(1e30, np.s_[40, 40]), True),
    "one pixel -1e30": (_set(-1e30, np.s_[40, 40]), True),
    "one pixel 3e38": (_set(3e38, np.s_[40, 40]), True),
    "all zero": (_times(0), True),
    "all minus zero": (_times(-0.0), True),
    "constant 7.5": (_times(0, 7.5), True),
    "constant but for one step": (_one_step, True),
    "saturated, 5 %": (_saturated(0.05), True),
    "saturated, 30 %": (_saturated(0.3), True),
    "saturated, 95 %": (_saturated(0.95), True),
    "negative 16 bits": (_negative, False),
    "a tenth of an electron a pixel": (_counts(0.1), True),
    "a hundredth of an electron": (_counts(0.01), True),
    "a thousandth of an electron": (_counts(0.001), True),
    "scale 1e-30": (_times(1e-30), False),
    "scale 1e-42": (_times(1e-42), False),
    "scale 1e30": (_times(1e30), False),
    "scale 1e36": (_times(1e36), False),
    "scale 1e300": (_times(1e300, code="f8"), True),
    "scale 1e-300": (_times(1e-300, code="f8"), True),
    "small on a pedestal of 1e7": (_times(0.01, 1e7), True),
    "half precision": (_times(1, code="f2"), False),
    "half precision, overflowing": (_times(2000, code="f2"), True),
    "true and false": (lambda image, _: image > image.mean(), False),
    "complex": (_as("c8"), True),
    "inverted": (_times(-1, 300), False),
    "64 bits, unsigned": (lambda image, _: (image * 1e15).astype("u8"), False),
    "1 x 1": (_part(1, 1), True),
    "1 x 128": (_part(1, 128), True),
    "128 x 1": (_part(128, 1), True),
    "2 x 2": (_part(2, 2), True),
    "7 x 7": (_part(7, 7), True),
    "5 x 128": (_part(5, 128), True),
    "16 x 1024": (_strip, False),
}
"""What is done to an image, and whether what comes of it needs a word."""

SIZES: dict[str, tuple[tuple[float, float], bool]] = {
    "pixels four times as high": ((0.064, 0.016), False),
    "pixels a thousand times as high": ((16.0, 0.016), True),
    "pixels of 1 mm": ((1e6, 1e6), True),
    "pixels of 1 km": ((1e12, 1e12), True),
    "pixels of 1e-9 nm": ((1e-9, 1e-9), True),
    "pixels of size zero": ((0.0, 0.0), True),
    "pixels of negative size": ((-0.016, -0.016), True),
    "pixels of size NaN": ((np.nan, np.nan), True),
    "pixels of infinite size": ((np.inf, np.inf), True),
}
"""Sizes of a pixel (y, x) that files say [nm]."""

SAID_SIZES = ("0nm", "-1nm", "nannm", "infnm", "1e-300nm", "1e300m", "1mm", "1e3m", "1e-9nm")
"""Sizes of a pixel that the command is told."""


def base(name: str) -> Pixels:
    """Read a part of a packaged image, in single precision."""
    return colonnade.read(sample(name)).pixels[100 : 100 + SIDE, 60 : 60 + SIDE].astype(np.float32)


def images(folder: Path, name: str) -> Iterator[Hard]:
    """Write what is made of a packaged image."""
    folder.mkdir(parents=True)
    for number, (title, (change, needs_word)) in enumerate(CHANGES.items()):
        rng = np.random.default_rng([SEED, number])
        with np.errstate(over="ignore", under="ignore"):
            changed = change(base(name).copy(), rng)
        path = folder / f"image{number:02d}.npy"
        np.save(path, changed)
        yield Hard(title, path, (), needs_word)
    for number, (title, (size, needs_word)) in enumerate(SIZES.items()):
        path = folder / f"size{number:02d}.zarr"
        write_ome_zarr(path, base(name), (None, 0.016, 0.016))
        _rescale(path / "zarr.json", size)
        yield Hard(title, path, (), needs_word)
    path = folder / "sound.npy"
    np.save(path, base(name))
    for size_said in SAID_SIZES:
        yield Hard(f"--pixel-size {size_said}", path, ("--pixel-size", size_said), True)


def films(folder: Path, name: str) -> Iterator[Hard]:
    """Write films in which the middle one of three frames is hard."""
    folder.mkdir(parents=True)
    for number, (title, (change, needs_word)) in enumerate(CHANGES.items()):
        rng = np.random.default_rng([SEED, number])
        with np.errstate(over="ignore", under="ignore"):
            changed = change(base(name).copy(), rng)
        if changed.shape == base(name).shape:
            path = folder / f"film{number:02d}.npy"
            np.save(path, np.stack([base(name), changed, base(name)]))
            yield Hard(title, path, (), needs_word)


def _rescale(path: Path, size: tuple[float, float]) -> None:
    """Write another size of a pixel into the metadata of OME-Zarr."""
    described = json.loads(path.read_text(encoding="utf-8"))

    def change(item: Any) -> None:
        if isinstance(item, dict):
            if isinstance(item.get("scale"), list):
                item["scale"][-2:] = size
            for inner in item.values():
                change(inner)
        elif isinstance(item, list):
            for inner in item:
                change(inner)

    change(described)
    path.write_text(json.dumps(described), encoding="utf-8")
