"""What upscaling gives: the finer image, and how far it can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from colonnade.core.arrays import Single
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume, VoxelSize

COVERAGE = 0.9
"""Share of the pixels whose true grey level is meant to lie within the interval."""

UNLIKE = 0.5
"""Probability from which a material counts as unlike what the model learned."""


@dataclass(frozen=True)
class Assessment:
    """What is to be known of an upscaled image beside its pixels.

    Parameters
    ----------
    name
        What the image is called.
    shape
        Of the finer image, axes (y, x) or (z, y, x).
    voxel_size
        Of the finer image, along (z, y, x) [nm]; None along an axis that has no calibration.
    model, factor
        What it was upscaled with, and how many times as fine it is along each axis.
    mean_half_width
        Half the width of the 90 % interval, on average over the pixels [grey levels].
    notes
        What was repaired or guessed, a sentence each.
    metadata
        What the microscope wrote down.
    """

    name: str
    shape: tuple[int, ...]
    voxel_size: VoxelSize
    model: str
    factor: int
    mean_half_width: float
    notes: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What was made, and how far it can be trusted, in one plain sentence."""
        size = " x ".join(map(str, self.shape))
        pixel = self.voxel_size[2]
        of = f" of {pixel:.3g} nm" if pixel else ""
        return (
            f"{self.name}: {self.factor} times finer, {size} pixels{of}; nine of ten are right "
            f"to within {self.mean_half_width:.2g} grey levels on average"
        )

    def to_json(self) -> dict[str, Any]:
        """Give it in numbers, text, lists and tables."""
        _, size_y, size_x = self.voxel_size
        return {
            "sentence": self.sentence,
            "model": self.model,
            "factor": self.factor,
            "shape": list(self.shape),
            "pixel_size": None if size_y is None or size_x is None else [size_y, size_x],
            "slice_thickness": self.voxel_size[0],
            "coverage": COVERAGE,
            "mean_half_width": self.mean_half_width,
            "notes": list(self.notes),
            "metadata": plain(self.metadata),
        }


@dataclass(frozen=True, eq=False)
class Upscaled:
    """An image at a finer resolution, and how far it can be trusted.

    Parameters
    ----------
    image
        The finer image, or volume, with the number type, the grey scale, the calibration and the
        metadata of the one that was measured.
    half_width
        Half the width of a 90 % interval of each pixel [grey levels].
    assessment
        What else is to be known of it.
    """

    image: Micrograph | Volume
    half_width: Single
    assessment: Assessment

    @property
    def factor(self) -> int:
        """How many times as fine it is along each axis."""
        return self.assessment.factor

    @property
    def notes(self) -> tuple[str, ...]:
        """What was repaired or guessed, a sentence each."""
        return self.assessment.notes

    @property
    def sentence(self) -> str:
        """What was made, and how far it can be trusted."""
        return self.assessment.sentence

    def to_json(self) -> dict[str, Any]:
        """Give all but the pixels in numbers, text, lists and tables."""
        return self.assessment.to_json()


def plain(value: Any) -> Any:
    """Give what a microscope wrote down as JSON can hold it."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return str(value)
