"""Columns as selections and tables of ImageJ, and of Fiji.

Where ImageJ's coordinates begin depends on what is selected (the documentation of its class Roi,
since version 1.52u): of points and lines whole numbers are the centres of pixels, as they are
here, and of areas their top left corners. So points are taken over as they are, and centroids of
areas are half a pixel further right and down.
"""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns, write_table
from colonnade.core.arrays import Array
from colonnade.core.errors import FileError
from colonnade.core.work.writing import atomic
from colonnade.interop.extras import optional

_CENTRE_OF_AREA = 0.5
"""Where areas begin, the centre of the first pixel lies here [px]."""

_WHAT = "reading and writing ImageJ's selections"


def to_imagej(columns: Columns, path: str | Path) -> None:
    """Write columns as point selections, or as a table of measured points.

    Parameters
    ----------
    columns
        Those of a stack have the label ``frame``.
    path
        A ``.roi`` is one selection of all points; a ``.zip``, for ImageJ's ROI Manager, has one
        for each frame, at its slice. ImageJ keeps seven digits of a position in both. A ``.csv``
        is our table with ImageJ's columns ``X`` and ``Y`` first, in nm where the image is
        calibrated and else in pixels, and ``Slice`` from 1.

    Raises
    ------
    FileError
        If the suffix is another, or the file cannot be written.
    MissingExtraError
        If a selection is wanted and roifile is not installed.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        _write_table(columns, path)
    elif path.suffix.lower() in (".roi", ".zip"):
        _write_selections(columns, path)
    else:
        raise FileError(f"{path} is to be read by ImageJ; call it .zip, .roi or .csv")


def from_imagej(path: str | Path, pixel_size: tuple[float, float] | None = None) -> Columns:
    """Read points that were selected, or measured, in ImageJ.

    Parameters
    ----------
    path
        Selections, ``.roi`` or ``.zip``, whose points and corners are taken; or a table of
        measurements, ``.csv``, with the columns ``X`` and ``Y``. Where it has an ``Area`` that is
        not 0, these are centroids of areas.
    pixel_size
        Size of a pixel along (y, x) [nm]; a table is in nm then.

    Raises
    ------
    FileError
        If there are no points to be found.
    MissingExtraError
        If it is a selection and roifile is not installed.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        return _read_table(path, pixel_size)
    return _read_selections(path, pixel_size)


def _write_selections(columns: Columns, path: Path) -> None:
    roifile = optional("roifile", _WHAT, "imagej")
    frames = columns.labels.get("frame")
    groups = {None: columns} if frames is None else _by_frame(columns, frames)
    if len(columns) == 0:
        raise FileError(f"{path} is not written: there are no columns to select")
    if path.suffix.lower() == ".roi" and len(groups) > 1:
        raise FileError(f"{path} holds one selection, not one for each frame; call it .zip")
    selections = [_selection(roifile, part, frame) for frame, part in groups.items()]
    with atomic(path) as temporary:
        if path.suffix.lower() == ".roi":
            selections[0].tofile(temporary)
        else:
            roifile.roiwrite(temporary, selections, mode="w")


def _by_frame(columns: Columns, frames: NDArray[Any]) -> dict[int | None, Columns]:
    return {int(frame): columns[frames == frame] for frame in np.unique(frames)}


def _selection(roifile: Any, columns: Columns, frame: int | None) -> Any:
    """Select all points of a frame; `roifile` counts frames from 0, as we do."""
    name = "columns" if frame is None else f"columns-{frame + 1:04d}"
    points = columns.positions[:, ::-1]
    selection = roifile.ImagejRoi.frompoints(points, name=name, position=frame)
    selection.roitype = roifile.ROI_TYPE.POINT
    return selection


def _read_selections(path: Path, pixel_size: tuple[float, float] | None) -> Columns:
    roifile = optional("roifile", _WHAT, "imagej")
    try:
        found = roifile.roiread(path)
    except Exception as error:  # a damaged file makes it raise nearly anything
        raise FileError(f"{path} holds no selections of ImageJ: {error}") from error
    parts = [_columns(roifile, one) for one in (found if isinstance(found, list) else [found])]
    if not parts:
        raise FileError(f"{path} holds no selections of ImageJ")
    if not any((part.labels["frame"] >= 0).any() for part in parts):
        parts = [Columns(part.y, part.x) for part in parts]
    return Columns.concatenate(parts).with_pixel_size(pixel_size)


def _columns(roifile: Any, selection: Any) -> Columns:
    """Take the points of a selection; the frame is -1 where they belong to none.

    A slice is said of each point, or of all of them; in a hyperstack it is a time or a depth.
    """
    points: Array = np.asarray(selection.coordinates(), np.float64)
    kinds = roifile.ROI_TYPE
    lines = (kinds.POINT, kinds.LINE, kinds.POLYLINE, kinds.FREELINE, kinds.ANGLE)
    if selection.roitype not in lines:
        points = points - _CENTRE_OF_AREA
    position = selection.position or selection.t_position or selection.z_position
    slices = np.full(len(points), position)
    if selection.counter_positions is not None and len(selection.counter_positions) >= len(points):
        slices = selection.counter_positions[: len(points)].astype(np.int64)
    return Columns(points[:, 1], points[:, 0], labels={"frame": slices - 1})


def _write_table(columns: Columns, path: Path) -> None:
    nm = columns.positions_nm
    y, x = (columns.positions if nm is None else nm).T
    table: dict[str, NDArray[Any]] = {"X": x, "Y": y}
    if "frame" in columns.labels:
        table["Slice"] = columns.labels["frame"] + 1
    write_table({**table, **columns.table()}, path)


def _read_table(path: Path, pixel_size: tuple[float, float] | None) -> Columns:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        points = np.array([[float(row["Y"]), float(row["X"])] for row in rows]).reshape(-1, 2)
        areas = np.array([float(row.get("Area") or 0) for row in rows])
        slices = [int(float(row["Slice"])) for row in rows] if "Slice" in (rows or [{}])[0] else []
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError, TypeError) as error:
        raise FileError(
            f"{path} is no table of ImageJ with the columns X and Y; write it as CSV ({error})"
        ) from error
    pixels = points / (1.0 if pixel_size is None else np.array(pixel_size))
    pixels[areas > 0] -= _CENTRE_OF_AREA
    labels = {"frame": np.array(slices) - 1} if slices else {}
    return Columns(pixels[:, 0], pixels[:, 1], labels=labels, pixel_size=pixel_size)
