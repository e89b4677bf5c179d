"""Write images in the folders of TEM-ImageNet v1.3, for programs that learned to read those."""

import csv
import io
import json
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from colonnade.atoms.library.masks import masks
from colonnade.atoms.library.temimagenet import (
    CLEAN,
    IMAGE,
    INDEX,
    NO_BACKGROUND,
    PARAMETERS,
    SHARPENED,
)
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.arrays import Grey
from colonnade.core.data.source import Source
from colonnade.core.errors import FileError
from colonnade.core.work.contents import write_text
from colonnade.core.work.parallel import run
from colonnade.core.work.progress import Progress
from colonnade.core.work.temporary import remove_left
from colonnade.core.work.writing import atomic, make_folder

FINER = "noNoiseUpinterpolation2x"
FINER_NO_BACKGROUND = "noNoiseNoBackgroundUpinterpolation2x"
MASKS = {
    "gaussianMask": "gaussian_mask",
    "circularMask": "circular_mask",
    "smallcircularMask": "small_circular_mask",
}
"""Folders of the masks, and what `masks` calls them."""

POSITIONS = "position"
COLUMNS = "columns"
DRAWN = "drawn"
"""Folder of what was drawn for each image; this is written last."""

IDENTITY = "identity.txt"


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
    remove_left(folder, inside=True)
    file = folder / IDENTITY
    if not file.exists():
        # A process that was killed may have left a file that has no name yet.
        if any(not path.name.startswith(".") for path in folder.iterdir()):
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
