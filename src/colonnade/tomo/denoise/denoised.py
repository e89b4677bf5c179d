"""What denoising gives: the image without noise, and what was taken away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume, VoxelSize
from colonnade.core.measures.noise import NoiseModel
from colonnade.core.work.plain import plain

AGREES = (0.85, 1.1)
"""What is taken away is noise and no more if it is so many times as strong as the noise."""

CORRELATED = 0.1
"""From this on correlation along the rows is worth saying."""


@dataclass(frozen=True)
class Assessment:
    """What is to be known of a denoised image beside its pixels.

    Parameters
    ----------
    name
        What the image is called.
    shape
        Axes (y, x) or (z, y, x).
    voxel_size
        Along (z, y, x) [nm]; None along an axis that has no calibration.
    model
        What took the noise out.
    noise
        Of the measured image [grey levels].
    removed
        Root mean square of what was taken away, relative to the noise that was expected there; 0
        where there is no noise.
    notes
        What was repaired or doubted, a sentence each.
    metadata
        What the microscope wrote down.
    """

    name: str
    shape: tuple[int, ...]
    voxel_size: VoxelSize
    model: str
    noise: NoiseModel
    removed: float
    notes: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What was done, and whether only noise was taken away, in one plain sentence."""
        size = " x ".join(map(str, self.shape))
        pixel = self.voxel_size[2]
        of = f" of {pixel:.3g} nm" if pixel else ""
        return "; ".join([f"{self.name}: {size} pixels{of}", *self._said()])

    def _said(self) -> Iterator[str]:
        if self.noise.sigma <= 0:
            yield "no noise was found, and the image is left as it is"
            return
        level = f"{float(f'{self.noise.sigma:.3g}'):g}"
        neighbours = self.noise.correlation[0]
        coloured = f", correlated by {neighbours:.2f} along the rows," * (neighbours >= CORRELATED)
        yield f"noise of {level} grey levels{coloured} was taken out"
        lowest, highest = AGREES
        times = f"what was taken away is {self.removed:.2f} times as strong"
        if self.removed > highest:
            yield f"{times}, so that something of the specimen may be in it: look at it"
        elif self.removed < lowest:
            yield f"{times}: some of it is left, or there is less than was measured"
        else:
            yield f"{times}, as it should be"

    def to_json(self) -> dict[str, Any]:
        """Give it in numbers, text, lists and tables."""
        _, size_y, size_x = self.voxel_size
        return {
            "sentence": self.sentence,
            "model": self.model,
            "shape": list(self.shape),
            "pixel_size": None if size_y is None or size_x is None else [size_y, size_x],
            "slice_thickness": self.voxel_size[0],
            "noise": self.noise.sigma,
            "noise_slope": self.noise.slope,
            "noise_intercept": self.noise.intercept,
            "noise_correlation": list(self.noise.correlation),
            "removed_over_noise": self.removed,
            "notes": list(self.notes),
            "metadata": plain(self.metadata),
        }


@dataclass(frozen=True, eq=False)
class Denoised:
    """An image without its noise, and what was taken away.

    Parameters
    ----------
    image
        The image, or volume, with the number type, the grey scale, the calibration and the
        metadata of the one that was measured.
    assessment
        What else is to be known of it.
    """

    image: Micrograph | Volume
    assessment: Assessment

    @property
    def notes(self) -> tuple[str, ...]:
        """What was repaired or doubted, a sentence each."""
        return self.assessment.notes

    @property
    def sentence(self) -> str:
        """What was done, and whether only noise was taken away."""
        return self.assessment.sentence

    def to_json(self) -> dict[str, Any]:
        """Give all but the pixels in numbers, text, lists and tables."""
        return self.assessment.to_json()
