"""By how much each frame of a series is shifted."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array


@dataclass(frozen=True, eq=False)
class Drift:
    """Shift of every frame: what lies at (y, x) lies at (y, x) plus the shift in the frame.

    Parameters
    ----------
    shifts
        Rows of (y, x), one for each frame [px].
    errors
        Their standard errors [px]; NaN where they are not known.
    """

    shifts: Array
    errors: Array

    def __len__(self) -> int:
        return len(self.shifts)

    def from_frame(self, first: int) -> "Drift":
        """Give the same shifts, counted from those of one frame."""
        return Drift(self.shifts - self.shifts[first], self.errors)

    @property
    def range(self) -> Array:
        """How far the frames lie apart at most, along (y, x) [px]."""
        return np.asarray(np.ptp(self.shifts, axis=0))

    def table(self, pixel_size: tuple[float, float] | None) -> dict[str, Array]:
        """Everything that is known, by the names that files use.

        Parameters
        ----------
        pixel_size
            Size of a pixel along (y, x) [nm], or None without a calibration.
        """
        table = {
            f"{prefix}d{axis}_px": values[:, place]
            for prefix, values in (("", self.shifts), ("sigma_", self.errors))
            for place, axis in enumerate("yx")
        }
        if pixel_size is None:
            return table
        sizes = dict(zip("yx", pixel_size, strict=True))
        return table | {
            name.replace("_px", "_nm"): values * sizes[name[-4]] for name, values in table.items()
        }
