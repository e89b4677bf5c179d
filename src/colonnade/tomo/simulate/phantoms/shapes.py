"""Ellipsoids and polyhedra, smooth or rough."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import HalfspaceIntersection

from colonnade.core.arrays import Array, Single
from colonnade.tomo.simulate.phantoms.phantom import SPACE, Grid
from colonnade.tomo.simulate.phantoms.waves import Waves, draw_waves


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """An ellipsoid.

    Parameters
    ----------
    centre
        Of it (z, y, x).
    axes
        Directions of its axes, rows of (z, y, x).
    radii
        Half of its length along each.
    """

    centre: Array
    axes: Array
    radii: Array

    @property
    def reach(self) -> float:
        """Its longest half axis."""
        return float(self.radii.max())

    @property
    def inner(self) -> float:
        """Its shortest half axis."""
        return float(self.radii.min())

    def distance(self, y: float, grid: Grid) -> Single:
        """Give the distance from the surface in a plane, negative inside; good near it."""
        z, x = _from(self.centre, grid)
        unit = np.zeros((2, *grid.shape), np.float32)
        for axis, radius in zip(self.axes, self.radii, strict=True):
            along = axis[0] * z + (axis[2] * x + axis[1] * (y - self.centre[1]))
            along = (along / radius).astype(np.float32)
            square = along * along
            unit[0] += square
            unit[1] += square / np.float32(radius**2)
        size, steepness = np.sqrt(unit[0]), np.sqrt(unit[1])
        return np.asarray((size - 1) * size / np.maximum(steepness, np.float32(1e-6)))


@dataclass(frozen=True, eq=False)
class Polyhedron:
    """A convex polyhedron.

    Parameters
    ----------
    centre
        A place in it (z, y, x).
    normals
        Outward from its faces, rows of (z, y, x).
    offsets
        Of the faces from the centre.
    reach
        How far its farthest corner is.
    """

    centre: Array
    normals: Array
    offsets: Array
    reach: float

    @property
    def inner(self) -> float:
        """Distance of the nearest face from the centre."""
        return float(self.offsets.min())

    def distance(self, y: float, grid: Grid) -> Single:
        """Give the distance from the plane of the nearest face, negative inside."""
        z, x = _from(self.centre, grid)
        z, x = z.astype(np.float32), x.astype(np.float32)
        largest = np.full(grid.shape, -np.inf, np.float32)
        for normal, offset in zip(self.normals, self.offsets, strict=True):
            across = np.float32(normal[2]) * x + np.float32(
                normal[1] * (y - self.centre[1]) - offset
            )
            np.maximum(largest, np.float32(normal[0]) * z + across, out=largest)
        return largest


@dataclass(frozen=True, eq=False)
class Rough:
    """An ellipsoid whose surface goes up and down.

    Parameters
    ----------
    smooth
        What it is without that.
    waves
        What moves the surface.
    height
        Standard deviation of that.
    """

    smooth: Ellipsoid
    waves: Waves
    height: float

    @property
    def centre(self) -> Array:
        """Of the ellipsoid (z, y, x)."""
        return self.smooth.centre

    @property
    def reach(self) -> float:
        """How far the ellipsoid reaches, and its bumps."""
        return self.smooth.reach + HIGHEST * self.height

    @property
    def inner(self) -> float:
        """The ellipsoid's shortest half axis."""
        return self.smooth.inner

    def distance(self, y: float, grid: Grid) -> Single:
        """Give the distance from the surface in a plane, negative inside; good near it."""
        return self.smooth.distance(y, grid) + np.float32(self.height) * np.clip(
            self.waves.slice(y, grid), -HIGHEST, HIGHEST
        )


HIGHEST = 2.5
"""Bumps are cut at so many standard deviations."""


def _from(centre: Array, grid: Grid) -> tuple[Array, Array]:
    return grid.z[:, None].astype(np.float64) - centre[0], grid.x.astype(np.float64) - centre[2]


def draw_rotation(rng: np.random.Generator) -> Array:
    """Draw a rotation, none likelier than another: its rows are directions."""
    drawn = np.linalg.qr(rng.standard_normal((SPACE, SPACE)))
    turned = drawn.Q * np.sign(np.diag(drawn.R))
    return np.asarray(turned * np.sign(np.linalg.det(turned)))


def draw_ellipsoid(
    rng: np.random.Generator, centre: Array, reach: float, longest: float
) -> Ellipsoid:
    """Draw an ellipsoid.

    Parameters
    ----------
    rng
        Source of its shape and direction.
    centre
        Of it (z, y, x).
    reach
        Its longest half axis.
    longest
        How many times as long as the shortest that may be.
    """
    radii = np.exp(rng.uniform(-np.log(longest), 0, SPACE))
    return Ellipsoid(centre, draw_rotation(rng), reach * radii / radii.max())


def draw_rough_ellipsoid(
    rng: np.random.Generator, centre: Array, reach: float, longest: float, roughness: float
) -> Rough:
    """Draw an ellipsoid with bumps; these parts of its reach are their height."""
    smooth = draw_ellipsoid(rng, centre, reach / (1 + HIGHEST * roughness), longest)
    waves = draw_waves(rng, reach * rng.uniform(0.4, 1.2), 0.3)
    return Rough(smooth, waves, roughness * smooth.reach)


def polyhedron(centre: Array, normals: Array, offsets: Array, reach: float) -> Polyhedron:
    """Give the polyhedron of these faces, as large as it may reach."""
    corners = HalfspaceIntersection(np.c_[normals, -offsets], np.zeros(SPACE)).intersections
    scale = reach / float(np.linalg.norm(corners, axis=1).max())
    return Polyhedron(centre, normals, scale * offsets, reach)


FACES = {
    "cube": np.array([(1, 0, 0), (0, 1, 0), (0, 0, 1)]),
    "octahedron": np.array([(1, 1, 1), (1, 1, -1), (1, -1, 1), (-1, 1, 1)]),
    "dodecahedron": np.array(
        [(1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1), (0, 1, 1), (0, 1, -1)]
    ),
}
"""Directions of the faces {100}, {111} and {110} of cubic crystals; their opposites belong to
them."""


def draw_crystal(
    rng: np.random.Generator, centre: Array, reach: float, longest: float
) -> Polyhedron:
    """Draw a crystal with faces {100}, {111} and {110}, no two of them grown alike.

    Parameters
    ----------
    rng
        Source of its shape and direction.
    centre
        Of it (z, y, x).
    reach
        How far its farthest corner is.
    longest
        How many times as long as thick it may be.
    """
    grown = {"cube": (0.75, 1.1), "octahedron": (0.75, 1.2), "dodecahedron": (0.9, 1.3)}
    normals, offsets = [], []
    for name, limits in grown.items():
        half = FACES[name] / np.linalg.norm(FACES[name], axis=1, keepdims=True)
        faces = np.concatenate([half, -half])
        normals.append(faces)
        offsets.append(rng.uniform(*limits) * rng.normal(1, UNEVEN, len(faces)).clip(0.8, 1.2))
    stretch = np.exp(rng.uniform(-np.log(longest), 0, SPACE))
    stretched = np.concatenate(normals) / stretch
    length = np.linalg.norm(stretched, axis=1)
    turned = stretched / length[:, None] @ draw_rotation(rng)
    return polyhedron(centre, turned, np.concatenate(offsets) / length, reach)


UNEVEN = 0.05
"""Standard deviation of how far faces of one kind have grown, relative to it."""


def draw_splinter(rng: np.random.Generator, centre: Array, reach: float) -> Polyhedron:
    """Draw a polyhedron with faces in any direction."""
    normals = rng.standard_normal((rng.integers(8, 18), SPACE))
    # Opposite directions close it.
    normals = np.concatenate([normals, -normals + 0.6 * rng.standard_normal(normals.shape)])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return polyhedron(centre, normals, rng.uniform(0.6, 1.2, len(normals)), reach)
