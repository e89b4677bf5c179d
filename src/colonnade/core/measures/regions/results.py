"""What is known of the particles or pores of an image: a table, numbers and a sentence."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from colonnade.core.arrays import Array
from colonnade.core.images.volume import VoxelSize
from colonnade.core.measures.regions.found import Regions
from colonnade.core.measures.regions.population import Interval
from colonnade.core.measures.trust import COVERAGE

Kind = Literal["particles", "pores"]
"""What is measured: what is brighter than the ground, or what is darker."""

AXES = "zyx"


@dataclass(frozen=True, eq=False)
class Results:
    """Particles or pores of one image or volume.

    Parameters
    ----------
    name
        What the image is called.
    kind
        What was measured.
    regions
        The particles or pores.
    voxel_size
        Along (z, y, x) [nm]; None along an axis that has no calibration.
    trusted
        Whether it was said how far each grey level may be wrong.
    columns
        What else is known of each.
    notes
        What is to be known, a sentence each.
    """

    name: str
    kind: Kind
    regions: Regions
    voxel_size: VoxelSize = (None, None, None)
    trusted: bool = False
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def ndim(self) -> int:
        """2 of an image, 3 of a volume."""
        return self.regions.segmentation.labels.ndim

    @property
    def is_calibrated(self) -> bool:
        """Whether sizes are known in nm."""
        return all(size is not None for size in self.voxel_size[-self.ndim :])

    @property
    def pixel(self) -> float:
        """Width of a pixel [nm], or 1 where there is no calibration [px]."""
        size = self.voxel_size[2]
        return size if self.is_calibrated and size is not None else 1.0

    @property
    def unit(self) -> str:
        """Of lengths in sentences."""
        return "nm" if self.is_calibrated else "px"

    @property
    def median_diameter(self) -> Interval:
        """Of all that there are, by number."""
        return self.regions.median_diameter.scaled(self.pixel)

    @property
    def sentence(self) -> str:
        """How many there are, how much of the field they take, and how large they are."""
        return "; ".join([f"{self.name}: {self._counted()}", *self._sizes(), *self._doubts()])

    def _counted(self) -> str:
        number = self.regions.number
        count = int(number.value)
        name = self.kind if count != 1 else self.kind[:-1]
        ends = (
            f" ({number.low:.0f} to {number.high:.0f})" if number.high > number.low + 0.5 else ""
        )
        return f"{count} {name} measured{ends}"

    def _sizes(self) -> Iterator[str]:
        share = "area" if self.ndim == 2 else "volume"
        yield f"{share} fraction {_said(self.regions.fraction)}"
        diameter = self.median_diameter
        if np.isfinite(diameter.value):
            yield f"median diameter {_said(diameter)} {self.unit}"
        else:
            yield f"none of these {self.kind} lies wholly in the field, so that sizes are unknown"

    def _doubts(self) -> Iterator[str]:
        regions = self.regions
        guessed = regions.count - int(regions.measured.sum())
        if guessed:
            are, they = ("are", "they are") if guessed > 1 else ("is", "it is")
            yield (
                f"{guessed} more {are} a guess and not counted, as the image may be as wrong "
                f"there as {they} {'bright' if self.kind == 'particles' else 'dark'}, or "
                f"{they} smaller than what was measured"
            )
        if not regions.segmentation.first.is_between_peaks:
            yield (
                "the grey levels are not of two classes that are apart, so that what counts is a "
                "matter of the threshold"
            )

    def table(self) -> dict[str, NDArray[Any]]:
        """Give a column for each quantity, a row for each particle or pore."""
        regions, shapes, scale = self.regions, self.regions.shapes, self.pixel
        ndim, axes = self.ndim, AXES[-self.ndim :]
        sizes = self.voxel_size[-ndim:]
        size = "area" if ndim == 2 else "volume"
        columns: dict[str, NDArray[Any]] = {}
        for axis, place in zip(axes, shapes.centres.T, strict=True):
            columns[f"{axis}_px"] = place
        if self.is_calibrated:
            for axis, place, step in zip(axes, shapes.centres.T, sizes, strict=True):
                columns[f"{axis}_nm"] = place * (step or 1.0)
        columns[f"{size}_px"] = shapes.area
        columns["diameter_px"] = shapes.diameter
        columns["diameter_low_px"], columns["diameter_high_px"] = regions.diameters
        if self.is_calibrated:
            columns[f"{size}_nm{ndim}"] = shapes.area * scale**ndim
            columns["diameter_nm"] = shapes.diameter * scale
            columns["diameter_low_nm"], columns["diameter_high_nm"] = (
                end * scale for end in regions.diameters
            )
        # Of what goes on beyond the border the outline is not known.
        roundness = np.where(shapes.touches_border, np.nan, shapes.roundness)
        columns["circularity" if ndim == 2 else "sphericity"] = roundness
        columns |= self.columns
        columns["contrast"] = regions.segmentation.contrast
        columns["half_width"] = regions.half_width
        columns["touches_border"] = _yes(shapes.touches_border)
        columns["measured"] = _yes(regions.measured)
        return columns

    def to_csv(self) -> str:
        """Give the table as text."""
        text, table = io.StringIO(), self.table()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(table)
        rows.writerows(
            [_cell(value) for value in row] for row in zip(*table.values(), strict=True)
        )
        return text.getvalue()

    def to_json(self) -> dict[str, Any]:
        """Give what they say together as numbers and text."""
        regions, first = self.regions, self.regions.segmentation.first
        shares = {
            "of_field": regions.fraction.to_json(),
            "of_specimen": regions.specimen_fraction.to_json(),
        }
        return {
            "sentence": self.sentence,
            "kind": self.kind,
            "coverage": COVERAGE,
            "count": regions.number.to_json(),
            "not_measured": regions.count - int(regions.measured.sum()),
            "touching_border": int(regions.shapes.touches_border.sum()),
            "area_fraction" if self.ndim == 2 else "volume_fraction": shares,
            f"median_diameter_{self.unit}": self.median_diameter.to_json(),
            "threshold": {"level": first.level, "valley": first.valley},
            "interval_of_pixels_known": self.trusted,
            "pixel_size_nm": list(self.voxel_size),
            "notes": list(self.notes),
        }


def _yes(values: Array | NDArray[np.generic]) -> NDArray[np.str_]:
    return np.where(values, "yes", "no")


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if np.isnan(value) else f"{value:.6g}"


def _said(number: Interval) -> str:
    digits = _digits(number)
    return f"{number.value:.{digits}f} ({number.low:.{digits}f} to {number.high:.{digits}f})"


def _digits(number: Interval) -> int:
    """Give as many digits after the point as the interval makes worth while."""
    width = number.high - number.low
    size = width if width > 0 else abs(number.value) or 1.0
    return max(0, 1 - int(np.floor(np.log10(size))))
