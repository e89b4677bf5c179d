"""A coarse image and the sharp one of the same field."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError


@dataclass(frozen=True, eq=False)
class Pair:
    """A coarse image and the sharp one of the same field, on one scale of grey levels.

    Parameters
    ----------
    low
        What an instrument gives with large pixels, noise and all.
    high
        The truth at pixels a whole factor finer: where there is neither noise nor blur, each
        coarse pixel is the mean of the sharp ones it covers.
    factor
        Sharp pixels for each coarse one, along each axis.
    material
        What the images show.
    drawn
        How the pair was made, by name.
    noise
        Standard deviation of the noise that the sharp image has itself [grey levels]; 0 where it
        has none, or it is not known.
    """

    low: Single
    high: Single
    factor: int
    material: str
    drawn: Mapping[str, float | str] = field(default_factory=dict)
    noise: float = 0.0

    def __post_init__(self) -> None:
        height, width = self.low.shape
        if self.high.shape != (height * self.factor, width * self.factor):
            raise ImageError(
                f"a sharp image of {self.high.shape} is not {self.factor} times as large as its "
                f"coarse one of {self.low.shape}; cut them to match"
            )
