"""Any scene as a defocused instrument shows it, at its sharpest."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Single
from colonnade.sem.scene import Grid, SampledScene


@dataclass(frozen=True, eq=False)
class SoftScene(SampledScene):
    """A blurred scene.

    Parameters
    ----------
    scene
        What is blurred.
    defocus
        Standard deviation of the blur [px].
    """

    scene: SampledScene
    defocus: float

    @property
    def material(self) -> str:
        """What the scene shows."""
        return self.scene.material

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        reach = int(np.ceil(TRUNCATE * self.defocus / grid.step))
        image = self.scene.sample(grid.wider(reach))
        image = gaussian_filter(image, self.defocus / grid.step, truncate=TRUNCATE)
        height, width = grid.shape
        return np.ascontiguousarray(image[reach : reach + height, reach : reach + width])


TRUNCATE = 3.5
"""The blur ends so many standard deviations from its middle, where 0.002 of the peak is left."""
