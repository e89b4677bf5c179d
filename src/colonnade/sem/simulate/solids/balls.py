"""Balls in a matrix."""

from dataclasses import dataclass, replace

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.work.draws import Draws, Range
from colonnade.sem.scene import Grid, SampledScene
from colonnade.sem.simulate.materials.parts import Spots
from colonnade.sem.simulate.solids.solid import NO_SPOTS, SPACE
from colonnade.sem.simulate.texture import Waves, draw_waves


@dataclass(frozen=True)
class SolidBalls:
    """Balls in a matrix; each range is drawn from evenly."""

    radius: Range = (4.0, 40.0)
    """Median radius [px], drawn logarithmically."""
    spread: Range = (0.1, 0.5)
    """Standard deviation of its logarithm."""
    filled: Range = (0.05, 0.4)
    """Share of the volume that they take, where they do not overlap."""
    ball: Range = (0.4, 0.8)
    """Grey level of the balls."""
    matrix: Range = (0.05, 0.3)
    """Grey level of the matrix."""
    roughness: Range = (0.0, 0.1)
    """Standard deviation of the relative grey level in the matrix."""


@dataclass(frozen=True, eq=False)
class Balls:
    """Balls, of which a section shows discs.

    Parameters
    ----------
    centres
        Rows of (z, y, x).
    radii, greys
        Of the balls.
    """

    centres: Array
    radii: Array
    greys: Array

    def section(self, z: float) -> Spots:
        """Give the discs in a plane of equal z."""
        squares = self.radii**2 - (self.centres[:, 0] - z) ** 2
        cut = squares > 0
        radii = np.sqrt(squares[cut])
        return Spots(
            centres=self.centres[cut, 1:],
            radii=np.stack([radii, radii], axis=1),
            angles=np.zeros(len(radii)),
            greys=self.greys[cut],
        )


@dataclass(frozen=True, eq=False)
class BallsScene(SampledScene):
    """A section through balls in a matrix.

    Parameters
    ----------
    matrix, texture, roughness
        Grey level of the matrix, and what varies it, relative to it.
    discs
        Sections of the balls.
    """

    matrix: float
    texture: Waves
    roughness: float
    discs: Spots

    @property
    def material(self) -> str:
        """What the scene shows."""
        return "balls"

    def sample(self, grid: Grid) -> Single:
        """Give the mean grey level around each sample."""
        texture = np.float32(self.roughness) * self.texture.on(grid)
        image: Single = np.float32(self.matrix) * (1 + texture)
        self.discs.lay(image, grid)
        np.clip(image, 0, 1, out=image)
        return image


@dataclass(frozen=True, eq=False)
class BallsSolid:
    """Balls in a matrix.

    Parameters
    ----------
    scene
        Its texture is of space; it lacks discs.
    balls
        What is in the matrix.
    """

    scene: BallsScene
    balls: Balls

    material = "balls"

    def section(self, z: float) -> SampledScene:
        """Give what is seen of the plane at a depth [px]."""
        texture = self.scene.texture.section(z)
        return replace(self.scene, texture=texture, discs=self.balls.section(z))


def draw_solid_balls(recipe: SolidBalls, draws: Draws, size: tuple[int, int, int]) -> BallsSolid:
    """Draw balls in a volume (z, y, x) [px]."""
    rng = draws.rng
    radius = draws.log_uniform("solids.balls.radius", recipe.radius)
    spread = draws.uniform("solids.balls.spread", recipe.spread)
    filled = draws.uniform("solids.balls.filled", recipe.filled)
    box = np.array(size) + 2 * radius
    mean = 4 / 3 * np.pi * radius**3 * np.exp(4.5 * spread**2)
    count = max(3, min(MOST, round(filled * float(np.prod(box)) / mean)))
    ball = draws.uniform("solids.balls.ball", recipe.ball)
    scene = BallsScene(
        matrix=draws.uniform("solids.balls.matrix", recipe.matrix),
        texture=draw_waves(rng, 12.0, 0.6, SPACE),
        roughness=draws.uniform("solids.balls.roughness", recipe.roughness),
        discs=NO_SPOTS,
    )
    balls = Balls(
        centres=rng.uniform(0, 1, (count, SPACE)) * box - radius,
        radii=radius * rng.lognormal(0, spread, count),
        greys=ball * rng.normal(1, 0.08, count).clip(0.7, 1.3),
    )
    return BallsSolid(scene, balls)


MOST = 4000
"""Balls of a volume, at most."""
