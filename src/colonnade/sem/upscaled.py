"""What upscaling gives: the finer image, and how far it can be trusted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from colonnade.core.arrays import Single
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume, VoxelSize
from colonnade.core.measures.trust import COVERAGE
from colonnade.core.work.plain import plain
from colonnade.sem.feature import Feature, Kind

Along = Literal["plane", "z"]
"""Whether images are made finer in their planes, or a stack along z."""

UNLIKE, SURELY_UNLIKE = 0.5, 0.8
"""Probabilities from which a material may be, and is said to be, unlike what the model learned: a
model of many materials is hardly ever sure."""


SAID: dict[Kind, str] = {
    "added": "shown without being in the measured image",
    "missing": "in the measured image and not shown",
    "invented": "shown that a more careful network does not see",
}
"""How a sentence counts the features of each kind."""


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
        What it was upscaled with, and how many times as fine it is along each axis of its plane,
        or along z alone.
    mean_half_width
        Half the width of the 90 % interval, on average over the pixels [grey levels].
    unlike_training
        Probability that the material is unlike what the model learned; None where the model
        cannot tell.
    by_heart
        By how much the errors of the model are larger on images that it did not learn from, where
        it has learned its training images by heart [dB]; else None.
    features
        What the finer image and the measured one do not both show, of each slice; nothing where
        that is not looked for, as along z.
    notes
        What was repaired or guessed, a sentence each.
    metadata
        What the microscope wrote down.
    along
        Whether it is finer in its plane, or along z.
    """

    name: str
    shape: tuple[int, ...]
    voxel_size: VoxelSize
    model: str
    factor: int
    mean_half_width: float
    unlike_training: float | None = None
    by_heart: float | None = None
    features: tuple[tuple[Feature, ...], ...] = ()
    notes: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    along: Along = "plane"

    @property
    def sentence(self) -> str:
        """What was made, and how far it can be trusted, in one plain sentence."""
        size = " x ".join(map(str, self.shape))
        pixel = self.voxel_size[2]
        of = f" of {pixel:.3g} nm" if pixel else ""
        width = brief(self.mean_half_width)
        along = " along z" if self.along == "z" else ""
        parts = [
            f"{self.name}: {self.factor} times finer{along}, {size} pixels{of}",
            f"nine of ten are right to within {width} grey levels on average",
            *self._doubts(),
        ]
        return "; ".join(parts)

    def _doubts(self) -> Iterator[str]:
        """Say whether the material is known, and whether there is anything that should not be."""
        if self.unlike_training is not None:
            if self.unlike_training >= SURELY_UNLIKE:
                yield "the material is unlike what the model learned, so do not believe its detail"
            elif self.unlike_training >= UNLIKE:
                yield "the material may be unlike what the model learned, so check its detail"
            else:
                yield "the material is like what the model learned"
        if self.by_heart is not None:
            yield (
                "the model has learned its training images by heart, and its errors on others are "
                f"{self.by_heart:.1f} dB larger, so do not believe its detail"
            )
        counts = Counter(feature.kind for found in self.features for feature in found)
        for kind, said in SAID.items():
            if counts[kind]:
                yield f"{counts[kind]} feature{'s' if counts[kind] > 1 else ''} {said}"
        if self.features and not counts:
            yield "nothing is shown that is not in the measured image, nor left out"

    def to_json(self) -> dict[str, Any]:
        """Give it in numbers, text, lists and tables."""
        _, size_y, size_x = self.voxel_size
        return {
            "sentence": self.sentence,
            "model": self.model,
            "factor": self.factor,
            "along": self.along,
            "shape": list(self.shape),
            "pixel_size": None if size_y is None or size_x is None else [size_y, size_x],
            "slice_thickness": self.voxel_size[0],
            "coverage": COVERAGE,
            "mean_half_width": self.mean_half_width,
            "unlike_training": self.unlike_training,
            "by_heart": self.by_heart,
            "features": list(self._listed()),
            "notes": list(self.notes),
            "metadata": plain(self.metadata),
        }

    def _listed(self) -> Iterator[dict[str, Any]]:
        """Give a line for each feature, with the number of its slice in a stack."""
        for z, found in enumerate(self.features):
            for feature in found:
                yield {
                    **({"z_px": z} if len(self.shape) == 3 else {}),
                    "y_px": feature.y,
                    "x_px": feature.x,
                    "size_px": feature.size,
                    "kind": feature.kind,
                    "evidence": feature.evidence,
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
        """How many times as fine it is, along each axis of its plane or along z."""
        return self.assessment.factor

    @property
    def unlike_training(self) -> float | None:
        """Probability that the material is unlike what the model learned, if it can tell."""
        return self.assessment.unlike_training

    @property
    def features(self) -> tuple[tuple[Feature, ...], ...]:
        """What the finer image and the measured one do not both show, of each slice."""
        return self.assessment.features

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


def brief(value: float) -> str:
    """Write a number with two digits that count."""
    return f"{float(f'{value:.2g}'):g}"
