"""What an alignment found, kept so that other channels and halves of a series can use it."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.errors import FileError, ImageError
from colonnade.core.work.texts import read_text
from colonnade.core.work.writing import atomic
from colonnade.tomo.reconstruct.align.paths import least_moving
from colonnade.tomo.reconstruct.moved import Move, Moved, check_square, rotation
from colonnade.tomo.tilts import TiltSeries

FORMAT = "colonnade alignment 1"
"""Said in the file, so that no other is taken for one."""

SUFFIX = ".alignment.json"
"""Ending of the files."""

LARGEST = 1 << 24
"""A larger file is no alignment, of which each view takes a line [bytes]."""

LIKELY = 0.02
"""Standard deviation of where the axis is expected, from the middle, as a share of the width."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where the tilt axis is in the views of a series, and how far each view is shifted.

    Parameters
    ----------
    shifts
        Of each view along (y, x): what it shows lies so far beyond where it should be [px].
    axis_angle_deg
        Direction of the tilt axis, from y towards x [degrees].
    axis_offset_px
        Where the tilt axis is, from the middle of the views and across the axis [px].
    residual_before, residual_after
        Root mean square of what a reconstruction leaves of the views, before and after [noise].
    residual_share
        That after it, as a share of the root mean square of the views.
    error_px
        Standard error of the shifts across the axis [px].
    last_step_px
        Root mean square by which the last round moved the views [px].
    notes
        Sentences on what was done and what is doubted.
    """

    shifts: Array
    axis_angle_deg: float
    axis_offset_px: float
    residual_before: float
    residual_after: float
    residual_share: float
    error_px: float
    last_step_px: float
    notes: tuple[str, ...] = ()

    @classmethod
    def of_move(cls, move: Move, series: TiltSeries, **found: Any) -> "Alignment":
        """Tell the place of the axis from where the views of a series are looked at."""
        along, across = (move.shifts @ move.turn).T
        rest, offset = least_moving(across, series.degrees, LIKELY * series.shape[2])
        shifts = np.stack([along - along.mean(), rest], axis=1) @ move.turn.T
        return cls(shifts, float(move.angle), offset, **found)

    @property
    def move(self) -> Move:
        """Where each view is to be looked at so that the axis runs along y, in the middle."""
        across = rotation(self.axis_angle_deg) @ [0, self.axis_offset_px]
        return Move(self.axis_angle_deg, self.shifts + across)

    def apply(self, series: TiltSeries) -> TiltSeries:
        """Align a series in one resampling, when its views are needed.

        Raises
        ------
        ImageError
            If it has another number of views, or pixels that are not square.
        """
        if series.shape[0] != len(self.shifts):
            raise ImageError(
                f"{series.name} has {series.shape[0]} views, and the alignment is of "
                f"{len(self.shifts)}; align the series itself"
            )
        check_square(series)
        return replace(series, views=Moved(series.views, self.move))

    def save(self, path: str | Path) -> None:
        """Write it as JSON."""
        content = {"format": FORMAT, **asdict(self), "shifts": self.shifts.tolist()}
        with atomic(path) as temporary:
            temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")


def load_alignment(path: str | Path) -> Alignment:
    """Read an alignment that was saved.

    Raises
    ------
    FileError
        If the file is missing, or is none.
    """
    try:
        content = json.loads(read_text(Path(path), largest=LARGEST))
        if content.pop("format") != FORMAT:
            raise ValueError
        shifts = np.array(content.pop("shifts"), float).reshape(-1, 2)
        notes = tuple(map(str, content.pop("notes")))
        numbers = {name: float(value) for name, value in content.items()}
        alignment = Alignment(shifts, notes=notes, **numbers)
        axis = (alignment.axis_angle_deg, alignment.axis_offset_px)
        if not np.isfinite([*shifts.ravel(), *axis]).all():
            raise ValueError
        return alignment
    except OSError as error:
        raise FileError(f"{path} cannot be opened: {error.strerror}; check its name") from error
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise FileError(f"{path} is no alignment; name a file that ends in {SUFFIX}") from error
