"""Views that slices did or did not see, and how well they show them."""

from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Predicted:
    """Views of some slices, and by how much they differ from what was recorded.

    Parameters
    ----------
    angles
        Tilt of each [degrees].
    error
        Root mean square of the difference in each [grey levels].
    noise
        Standard deviation of the noise of each; no prediction differs by less [grey levels].
    level
        Root mean square of what was recorded in each [grey levels].
    """

    angles: Array
    error: Array
    noise: Array
    level: Array

    @property
    def over_noise(self) -> float:
        """Root mean square of all differences, in the noise of the views; at best 1."""
        return _ratio(self.error, self.noise)

    @property
    def share(self) -> float:
        """Root mean square of all differences, as a share of what was recorded."""
        return _ratio(self.error, self.level)

    @property
    def said(self) -> str:
        """How large the error is, in words: in the noise of the views if they have any."""
        if np.isfinite(self.over_noise):
            return f"{self.over_noise:.2f} times their noise"
        return f"{self.share:.1%} of what they show"

    def of(self, views: Indices) -> "Predicted":
        """Give some of them."""
        return Predicted(
            self.angles[views], self.error[views], self.noise[views], self.level[views]
        )


def _ratio(one: Array, other: Array) -> float:
    below = float(np.mean(np.square(other)))
    return float(np.sqrt(np.mean(np.square(one)) / below)) if below > 0 else float("inf")


def between_others(angles: Array, every: int) -> Indices:
    """Numbers of one view in so many, evenly spread over the tilts, and none at either end."""
    order = np.argsort(angles, kind="stable")
    return np.sort(order[every // 2 : -1 : every])


def beyond_ends(angles: Array, share: float) -> tuple[Indices, Indices]:
    """Numbers of the first and of the last views in the order of their tilts.

    Parameters
    ----------
    angles
        Tilt of each view [degrees].
    share
        Of the views that lies at each end; at least one.
    """
    order = np.argsort(angles, kind="stable")
    count = max(1, round(share * len(order)))
    return order[:count], order[-count:]
