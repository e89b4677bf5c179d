"""What a reconstruction gives: the volume, and how well it agrees with the measured views."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from colonnade.core.arrays import Array
from colonnade.core.images.volume import VoxelSize

AGREES = (0.9, 1.1)
"""Between these the residual is what noise leaves, in the noise of the views."""

NAMES = {
    "wbp": "weighted back-projection",
    "sirt": "SIRT",
    "tv": "total variation",
    "network": "a network",
}
"""What methods are called in sentences."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """What is to be known of a reconstruction beside its voxels.

    Parameters
    ----------
    name
        What the series is called.
    method
        What reconstructed it.
    shape
        Of the volume, axes (z, y, x).
    voxel_size
        Along (z, y, x) [nm]; None along an axis that has no calibration.
    angles
        Tilt of each view [degrees].
    noise
        Standard deviation of the noise of each view [grey levels].
    residual
        Root mean square of what the volume leaves of each view [grey levels].
    seconds
        How long it took.
    weight
        Of the total variation [grey levels of the views]; None without one.
    axis_offset
        Where the tilt axis is, from the middle of the views [px].
    axis_angle
        By how much it was turned out of y [degrees].
    shifts
        By how much each view was shifted along (y, x) [px].
    notes
        What was repaired or doubted, a sentence each.
    metadata
        What the microscope wrote down.
    """

    name: str
    method: str
    shape: tuple[int, int, int]
    voxel_size: VoxelSize
    angles: tuple[float, ...]
    noise: Array
    residual: Array
    seconds: float
    weight: float | None = None
    axis_offset: float = 0.0
    axis_angle: float = 0.0
    shifts: tuple[tuple[float, float], ...] = ()
    notes: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def residual_over_noise(self) -> float:
        """What is left of all views, in their noise; 1 is right."""
        left, noise = (float(np.mean(np.square(each))) for each in (self.residual, self.noise))
        return float(np.sqrt(left / noise)) if noise > 0 else float("inf")

    @property
    def sentence(self) -> str:
        """What was made, and how well it agrees with the views, in one plain sentence."""
        size = " x ".join(map(str, self.shape))
        voxel = self.voxel_size[2]
        of = f" of {voxel:.3g} nm" if voxel else ""
        first, last = min(self.angles), max(self.angles)
        return "; ".join(
            [
                f"{self.name}: {size} voxels{of} by {NAMES[self.method]} from "
                f"{len(self.angles)} views between {first:g} and {last:g} degrees",
                *self._agreement(),
            ]
        )

    def _agreement(self) -> Iterator[str]:
        times = self.residual_over_noise
        lowest, highest = AGREES
        left = f"it leaves {times:.2f} times the noise of the measured views"
        if not np.isfinite(times):
            yield "the views have no noise that it could be compared with"
        elif times > highest:
            yield f"{left}, so that it does not show all that they show: {self._doubt()}"
        elif times < lowest:
            yield f"{left}, so that it shows a part of the noise"
        else:
            yield f"{left}, as it should"

    def _doubt(self) -> str:
        """Say why a volume may not fit the views."""
        if self.method == "wbp":
            return "weighted back-projection is fitted to none"
        if self.shifts:
            return "the views do not agree to within their noise"
        return "is the series aligned?"

    def to_json(self) -> dict[str, Any]:
        """Give it in numbers, text, lists and tables."""
        return {
            "sentence": self.sentence,
            "method": self.method,
            "shape": list(self.shape),
            "voxel_size_nm": list(self.voxel_size),
            "angles_deg": list(self.angles),
            "axis_angle_deg": self.axis_angle,
            "axis_offset_px": self.axis_offset,
            "shifts_px": [list(shift) for shift in self.shifts],
            "noise": [float(value) for value in self.noise],
            "residual": [float(value) for value in self.residual],
            "residual_over_noise": self.residual_over_noise,
            "weight": self.weight,
            "seconds": self.seconds,
            "notes": list(self.notes),
        }
