"""Libraries in the folders of TEM-ImageNet v1.3: written for others, and read to learn from.

Each kind of picture has a folder of its own, and an image has the same name in all of them: its
number, from 1, in five digits. Pictures are 8 bit PNG, their grey levels from the least to the
most of each. In the two folders of pictures that are twice as fine, pixel (0, 0) shares its outer
corner with that of the image, so that a column at y stands at 2 y + 0.5.
"""

import csv
import hashlib
import io
import json
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.atoms.library.index import crystal_families, read_families
from colonnade.atoms.library.mask_centres import read_mask
from colonnade.atoms.library.masks import masks
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.arrays import Grey
from colonnade.core.data.left_out import warn_of_left_out
from colonnade.core.data.source import Source
from colonnade.core.data.split import Part, split_by_family
from colonnade.core.errors import ColonnadeError, FileError, warn
from colonnade.core.files.open import read
from colonnade.core.files.units import parse_length
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.work.contents import write_text
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.writing import atomic, make_folder

IMAGE = "image"
CLEAN = "noNoise"
NO_BACKGROUND = "noBackgroundnoNoise"
SHARPENED = "noNoiseNoBackgroundSuperresolution"
FINER = "noNoiseUpinterpolation2x"
FINER_NO_BACKGROUND = "noNoiseNoBackgroundUpinterpolation2x"
MASKS = {
    "gaussianMask": "gaussian_mask",
    "circularMask": "circular_mask",
    "smallcircularMask": "small_circular_mask",
}
"""Folders of the masks, and what `masks` calls them."""

TRUTHS = ("gaussianMask", "circularMask")
"""Folders that the truth is taken from, the better one first."""

POSITIONS, PARAMETERS, COLUMNS, DRAWN = "position", "params", "columns", "drawn"
UNKNOWN = "unknown"
"""Name of the crystal where nothing says what it is."""

IDENTITY = "identity.txt"
INDEX = "index.csv"
INDICES = (INDEX, "IMAGE INDEX.csv", "IMAGE INDEX.xlsx")
"""Files that say which crystal each image shows."""


def write_layout(
    source: Source[Simulated],
    count: int,
    folder: Path,
    progress: Progress,
    *,
    workers: int = 1,
    scheduler: str | None = None,
) -> None:
    """Write images in the folders of TEM-ImageNet; those that are already there are left.

    Beside what TEM-ImageNet has there are ``columns``, tables with all that is known of each
    column; ``drawn``, all that was drawn for each image; and ``index.csv``, which lists them.

    Parameters
    ----------
    source
        Gives the images.
    count
        How many to write.
    folder
        Where; a folder that was begun with the same source is continued.
    progress
        Called with the number of finished images and of all.
    workers, scheduler
        Who does it, as for `colonnade.core.work.parallel.run`.
    """
    _begin(folder, source.identity)
    missing = [index for index in range(count) if not _record(folder, index).exists()]
    write = partial(_write_image, source, folder.absolute())
    progress(count - len(missing), count)
    for done, _ in enumerate(run(write, missing, workers=workers, scheduler=scheduler), 1):
        progress(count - len(missing) + done, count)
    _write_index(folder)


def _begin(folder: Path, identity: str) -> None:
    make_folder(folder)
    file = folder / IDENTITY
    if not file.exists():
        if any(folder.iterdir()):
            raise FileError(f"{folder} is not empty and not a library; choose another folder")
        write_text(file, identity)
    elif file.read_text(encoding="utf-8") != identity:
        raise FileError(
            f"{folder} holds a library of another recipe or seed; choose another folder"
        )


def _stem(index: int) -> str:
    return f"{index + 1:05d}"


def _record(folder: Path, index: int) -> Path:
    """Give the file of an image that is written last."""
    return folder / DRAWN / f"{_stem(index)}.json"


def _write_image(source: Source[Simulated], folder: Path, index: int) -> None:
    one = source(index)
    stem = _stem(index)
    for name, picture in _pictures(one).items():
        _write_picture(folder / name / f"{stem}.png", picture)
    positions = "".join(f" {y:.10f} {x:.10f} \n" for y, x in one.columns.positions)
    write_text(folder / POSITIONS / f"{stem}.txt", positions)
    record: dict[str, float | str] = dict(one.drawn)
    if one.image.pixel_size is not None:
        write_text(folder / PARAMETERS / f"{stem}.txt", _parameters(one))
        record = {"pixel_size_nm": one.image.pixel_size[1], **record}
    make_folder(folder / COLUMNS)
    one.columns.to_csv(folder / COLUMNS / f"{stem}.csv")
    write_text(_record(folder, index), json.dumps(record, indent=1))


def _pictures(one: Simulated) -> dict[str, Grey | NDArray[np.uint8]]:
    """All pictures of an image by their folders, but for those that are not known."""
    grey = {
        IMAGE: one.image.pixels.astype(np.float64),
        CLEAN: one.clean,
        NO_BACKGROUND: one.no_background,
        SHARPENED: one.sharpened,
        FINER: _twice_as_fine(one.clean),
        FINER_NO_BACKGROUND: _twice_as_fine(one.no_background),
    }
    drawn = masks(one.columns, one.image.shape)
    labels = {folder: drawn[name] for folder, name in MASKS.items()}
    return {name: array for name, array in grey.items() if not np.isnan(array).any()} | labels


def _twice_as_fine(image: Grey) -> Grey:
    """Interpolate by cubic splines."""
    height, width = image.shape
    return np.asarray(_spline(height) @ image @ _spline(width).T)


@cache
def _spline(size: int) -> Grey:
    """Give the matrix that interpolates a line of pixels to twice as many."""
    unit = np.eye(size)
    return np.asarray(ndimage.zoom(unit, (2, 1), order=3, mode="grid-mirror", grid_mode=True))


def _write_picture(path: Path, picture: Grey | NDArray[np.uint8]) -> None:
    from PIL import Image

    if picture.dtype != np.uint8:
        low, high = float(picture.min()), float(picture.max())
        # A picture of one grey level is black: what varies is only how it was rounded.
        flat = high - low <= 1e-6 * max(abs(low), abs(high))
        picture = np.round((picture - low) * (0 if flat else 255 / (high - low))).astype(np.uint8)
    make_folder(path.parent)
    with atomic(path) as temporary:
        # The files are many: a little larger, they are written several times as fast.
        Image.fromarray(picture).save(temporary, "PNG", compress_level=1)


def _parameters(one: Simulated) -> str:
    """Thirteen numbers: field of view [Å], voltage [kV] and semi-angle [mrad] are 1, 6 and 8.

    Nobody has written down what the others mean.
    """
    assert one.image.pixel_size is not None
    values = [0.0] * 13
    values[0] = 10 * one.image.pixel_size[1] * one.image.shape[1]
    values[5] = float(one.drawn.get("imaging.voltage", 0.0))
    values[7] = float(one.drawn.get("imaging.convergence", 0.0))
    return "".join(f"{value!r}\n" for value in values)


def _write_index(folder: Path) -> None:
    """List every image that was written, with all that was drawn for it."""
    records = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / DRAWN).glob("[0-9]*.json"))
    }
    names = list(dict.fromkeys(name for record in records.values() for name in record))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["ID", "Family", *names])
    for stem, record in records.items():
        row = [record.get(name, "") for name in names]
        writer.writerow([stem, record.get("crystal", ""), *row])
    write_text(folder / INDEX, text.getvalue())


class TemImageNet:
    """Reads the images of a folder of TEM-ImageNet, over and over again.

    Files belong together by name. The truth is taken from the masks, as the positions of
    TEM-ImageNet are not registered to its images; columns whose mask is cut, so that their centre
    is not known, have the label ``detectable`` 0. What the folder does not have is NaN.

    Parameters
    ----------
    folder
        Holds the folders ``image`` and ``gaussianMask`` or ``circularMask``.
    part
        All images, or one side of a split by `split_by_family`.
    index
        Says which crystal each image shows, where it is not in the folder as ``IMAGE INDEX.xlsx``,
        ``IMAGE INDEX.csv`` or ``index.csv``.
    """

    def __init__(self, folder: Path, part: Part = "all", index: Path | None = None) -> None:
        self.folder, self.part = folder, part
        truth = find_truth(folder)
        if truth is None:
            raise FileError(
                f"{folder} is not in the layout of TEM-ImageNet: it needs the folders image, and "
                "gaussianMask or circularMask"
            )
        self._truth = truth
        self._families = _families(folder, index)
        self.stems = self._chosen(_paired(folder, truth))

    def _chosen(self, stems: list[str]) -> list[str]:
        if self.part == "all":
            return stems
        if self._families is None:
            raise FileError(
                f"nothing says which crystals the images in {self.folder} show, so they cannot be "
                "split into a part to train on and one to test: put the IMAGE INDEX.xlsx of "
                "TEM-ImageNet there, or a table index.csv with the columns ID and Family"
            )
        known = [stem for stem in stems if stem in self._families]
        if len(known) < len(stems):
            missing = len(stems) - len(known)
            warn(f"{missing} of {len(stems)} images are not in the index and are left out")
        shown = [crystal_families(self._families[stem]) for stem in known]
        return [known[i] for i in split_by_family(shown, self.part, "crystal")]

    @cached_property
    def identity(self) -> str:
        """Which images, and a hash of what they are read from."""
        content = hashlib.sha256()
        for stem in self.stems:
            for path in (self._path(IMAGE, stem), self._path(self._truth, stem)):
                content.update(path.read_bytes())
            content.update(repr(self._pixel_size(stem, 1)).encode())
        which = f"{self.part} of {len(self)} images in the layout of TEM-ImageNet"
        return f"{which}\nsha256 = {content.hexdigest()}\n"

    def __len__(self) -> int:
        return len(self.stems)

    def image(self, index: int) -> Micrograph:
        """Read one image without its truth."""
        stem = self.stems[index % len(self)]
        image = read(self._path(IMAGE, stem))
        pixel_size = self._pixel_size(stem, image.shape[1])
        return replace(image, name=stem, pixel_size=pixel_size)

    def __call__(self, index: int) -> Simulated:
        """Read one image."""
        image = self.image(index)
        stem = image.name
        families = self._families or {}
        return Simulated(
            image=replace(image, pixels=image.pixels.astype(np.float32)),
            clean=self._known(CLEAN, stem, image.shape),
            no_background=self._known(NO_BACKGROUND, stem, image.shape),
            sharpened=self._known(SHARPENED, stem, image.shape),
            columns=read_mask(self._path(self._truth, stem), image),
            drawn={"crystal": families.get(stem, UNKNOWN), "scene": "TEM-ImageNet"},
        )

    def _path(self, name: str, stem: str) -> Path:
        return self.folder / name / f"{stem}.png"

    def _known(self, name: str, stem: str, shape: tuple[int, int]) -> Grey:
        path = self._path(name, stem)
        if not path.exists():
            return np.full(shape, np.nan)
        return read(path).pixels.astype(np.float64)

    def _pixel_size(self, stem: str, width: int) -> tuple[float, float] | None:
        """From the field of view, the first of the parameters [Å]."""
        path = self.folder / PARAMETERS / f"{stem}.txt"
        if not path.exists():
            return None
        try:
            size = parse_length(f"{path.read_text(encoding='utf-8').split()[0]} Å") / width
        except (OSError, UnicodeDecodeError, IndexError, ColonnadeError) as error:
            raise FileError(
                f"{path} should begin with the field of view in Å; correct it or take it away"
            ) from error
        return size, size


def find_truth(folder: Path) -> str | None:
    """Name the folder of masks that the truth is taken from; None in any other layout."""
    if not (folder / IMAGE).is_dir():
        return None
    return next((name for name in TRUTHS if (folder / name).is_dir()), None)


def _paired(folder: Path, truth: str) -> list[str]:
    """Stems that have both an image and a mask, in order."""
    images, labels = (
        {path.stem for path in (folder / name).glob("[!.]*.png")} for name in (IMAGE, truth)
    )
    warn_of_left_out(sorted(images ^ labels), "images or masks have no partner")
    if not images & labels:
        raise FileError(f"no image in {folder / IMAGE} has a mask of its name in {folder / truth}")
    return sorted(images & labels)


def _families(folder: Path, index: Path | None) -> dict[str, str] | None:
    found = (folder / name for name in INDICES if (folder / name).exists())
    path = index if index is not None else next(found, None)
    return None if path is None else read_families(path)
