"""Bring labelled images from elsewhere into a library."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.show import show_library
from colonnade.atoms.library.sources import ELECTRONS, create_library, entry_of
from colonnade.atoms.library.temimagenet import TemImageNet, find_truth
from colonnade.atoms.library.user_images import LabelledImages
from colonnade.atoms.locate.fit.measured import fit_columns
from colonnade.atoms.locate.locate import calibrated
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.images.pixel_size import PixelSize
from colonnade.core.work.progress import Progress
from colonnade.core.work.temporary import remove_left

LARGEST_TILE = 512
"""Sides of a tile are at most this long [px]."""

STEP = 16
"""Sides of a tile are multiples of this, where the images are large enough [px]."""


@dataclass(frozen=True)
class Imported:
    """What was brought into a library.

    Parameters
    ----------
    images
        Number of images that were imported.
    tiles
        Number of tiles that were cut from them, the images of the library.
    size
        Rows and columns of a tile [px].
    columns
        Number of columns in all tiles.
    """

    images: int
    tiles: int
    size: tuple[int, int]
    columns: int

    @property
    def sentence(self) -> str:
        """Say how much there is."""
        height, width = self.size
        return (
            f"{self.images} images, cut into {self.tiles} tiles of {height} x {width} px "
            f"with {self.columns} columns"
        )


def import_library(
    folder: Path, out: Path, *, pixel_size: PixelSize | None, progress: Progress
) -> str:
    """Import labelled images as a library, and say in two sentences what there is.

    Parameters
    ----------
    folder, out, pixel_size, progress
        As for `import_images`.
    """
    imported = import_images(folder, out, pixel_size=pixel_size, progress=progress)
    return f"{imported.sentence}\n{show_library(out)}"


def import_images(
    folder: Path, out: Path, *, pixel_size: PixelSize | None = None, progress: Progress
) -> Imported:
    """Cut labelled images into tiles of one size, and write them as a library.

    The images are in the layout of TEM-ImageNet, or each has a table of positions or a mask of
    its name. The tiles are as large as the smallest image, but no larger than `LARGEST_TILE`; what
    is left over at the borders of larger images is left out. Tiles that are already there are
    left as they are.

    Parameters
    ----------
    folder
        Holds the images and their truth.
    out
        Folder of the library.
    pixel_size
        Of the images whose files have none [nm].
    progress
        Called with the number of finished tiles and of all.
    """
    source = TemImageNet(folder) if find_truth(folder) else LabelledImages(folder)
    shapes = [source.image(index).shape for index in range(len(source))]
    size = tile_size(shapes)
    corners = [tile_corners(shape, size) for shape in shapes]
    count = sum(map(len, corners))
    library = create_library(out, f"{source.identity}pixel_size = {pixel_size}\n", size, count)
    remove_left(out, inside=True)
    done = columns = 0
    for index, places in enumerate(corners):
        missing = [at for at in range(len(places)) if not library.has(done + at)]
        if missing:
            image = source(index)
            for at in missing:
                tile = cut(image, places[at], size)
                library.put(done + at, entry_of(_finished(tile, pixel_size)))
        columns += sum(len(library.read(done + at, ()).table["y"]) for at in range(len(places)))
        done += len(places)
        progress(done, count)
    return Imported(len(source), count, size, columns)


def tile_size(shapes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Rows and columns of the largest tile that fits into every image [px]."""
    height, width = (min(LARGEST_TILE, *sides) for sides in zip(*shapes, strict=True))
    return height - height % STEP * (height > STEP), width - width % STEP * (width > STEP)


def tile_corners(shape: tuple[int, int], size: tuple[int, int]) -> list[tuple[int, int]]:
    """First row and column of each tile; what is left over is shared by opposite borders [px]."""
    starts = [
        [(whole % side) // 2 + number * side for number in range(whole // side)]
        for whole, side in zip(shape, size, strict=True)
    ]
    return [(top, left) for top in starts[0] for left in starts[1]]


def cut(image: Simulated, corner: tuple[int, int], size: tuple[int, int]) -> Simulated:
    """Cut a tile out of a labelled image, with the columns that are in it."""
    (top, left), (height, width) = corner, size
    part = np.s_[top : top + height, left : left + width]
    moved = replace(image.columns, y=image.columns.y - top, x=image.columns.x - left)
    inside = ((moved.positions > -0.5) & (moved.positions < np.array(size) - 0.5)).all(1)
    return replace(
        image,
        image=replace(image.image, pixels=image.image.pixels[part]),
        columns=moved[inside],
        **{name: getattr(image, name)[part] for name in ELECTRONS},
    )


def _finished(tile: Simulated, pixel_size: PixelSize | None) -> Simulated:
    """Add what the truth from elsewhere lacks: calibration, intensities and widths."""
    image = tile.image if tile.image.pixel_size else calibrated(tile.image, pixel_size)
    return replace(
        tile,
        image=image,
        columns=_measured(image.pixels, tile.columns),
        drawn={**tile.drawn, "picture": image.name},
    )


def _measured(pixels: NDArray[np.float32], columns: Columns) -> Columns:
    """Add intensities and widths; where the columns are dark their intensities are negative."""
    if not len(columns):
        return columns
    nearest = tuple(np.round(columns.positions).astype(int).T)
    sign = 1 if pixels[nearest].mean() >= pixels.mean() else -1
    fitted = fit_columns(sign * pixels, columns.positions, moving=False)
    found = fitted.columns[: len(columns)]
    return replace(columns, intensity=sign * found.intensity, width=found.width)
