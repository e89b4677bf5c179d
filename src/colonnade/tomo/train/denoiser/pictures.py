"""Pictures of no specimen in particular: plates, particles, lattices, fibres and textures.

What a network learns of images it learns from such: crisp edges, several scales in one picture,
and contrast that is mostly faint. They are drawn finer than they are shown, as edges are crisp
only where each pixel is the mean of what lies in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from colonnade.core.arrays import Single
from colonnade.core.errors import RecipeError
from colonnade.core.instrument.detector import smooth_field
from colonnade.core.work.draws import Range, log_uniform, uniform

FINENESS = 2
"""So many samples lie along each edge of a pixel."""


@dataclass(frozen=True)
class PictureShares:
    """How often each kind is shown, relative to the others."""

    plates: float = 1.5
    """Plates and grains of all sizes that lie on each other, some textured, some with a rim."""
    particles: float = 1.0
    """Many small balls and disks."""
    lattice: float = 1.0
    """Rows of atoms, in one grain or several."""
    fibres: float = 0.75
    """Straight and bent lines."""
    texture: float = 1.0
    """Random fields of one scale or several, smooth or with few grey levels."""


@dataclass(frozen=True)
class Pictures:
    """What the pictures show; each range is drawn from evenly unless it says otherwise."""

    shares: PictureShares = field(default_factory=PictureShares)
    mixed: float = 0.35
    """Share of the pictures of which a part shows another kind."""
    blurred: float = 0.6
    """Share of the pictures that are not crisp to the pixel."""
    blur: Range = (0.3, 1.3)
    """Standard deviation of the probe in such a picture [px]."""
    faint: float = 0.4
    """Share of the pictures that show little contrast on a bright ground."""
    contrast: Range = (0.08, 0.8)
    """From the darkest to the brightest of such a picture, as a share of the brightest; drawn
    logarithmically."""

    def __post_init__(self) -> None:
        if not 0 < self.contrast[0] <= self.contrast[1] <= 1:
            raise RecipeError(
                f"pictures.contrast must lie between 0 and 1, and not be 0, not {self.contrast}"
            )


def draw_picture(recipe: Pictures, side: int, rng: np.random.Generator) -> Single:
    """Draw a square picture, axes (y, x), with grey levels from 0 to 1.

    Parameters
    ----------
    recipe
        What it may show.
    side
        Of the picture [px].
    rng
        Source of everything.
    """
    ground = Ground.of(side)
    picture = _draw_kind(recipe.shares, ground, rng)
    if rng.random() < recipe.mixed:
        share = ground.field(rng, log_uniform(rng, (0.1 * side, 0.4 * side)))
        part = np.clip((share - rng.normal()) / np.float32(uniform(rng, (0.02, 0.3))), 0, 1)
        picture += part * (_draw_kind(recipe.shares, ground, rng) - picture)
    if rng.random() < recipe.blurred:
        picture = gaussian_filter(picture, FINENESS * uniform(rng, recipe.blur), mode="nearest")
    picture = _stretched(_binned(picture))
    if rng.random() < recipe.faint:
        contrast = np.float32(log_uniform(rng, recipe.contrast))
        picture = (1 - contrast) + contrast * picture
    return picture


@dataclass(frozen=True, eq=False)
class Ground:
    """Where a picture is sampled.

    Parameters
    ----------
    y, x
        Places, a column and a row [px].
    """

    y: Single
    x: Single

    @classmethod
    def of(cls, side: int) -> "Ground":
        """Lay the samples of a square picture [px]."""
        places = ((np.arange(FINENESS * side) + 0.5) / FINENESS).astype(np.float32)
        return cls(places[:, None], places[None])

    @property
    def side(self) -> float:
        """Of the picture [px]."""
        return self.x.size / FINENESS

    def field(self, rng: np.random.Generator, length: float) -> Single:
        """Draw smooth noise of unit standard deviation whose bumps have this one [px]."""
        return smooth_field((self.y.size, self.x.size), FINENESS * length, rng)

    def near(self, middle: tuple[float, float], reach: float) -> tuple[slice, slice]:
        """Give the rows and columns within a reach of a place (y, x)."""
        starts, stops = (
            [int(np.clip(FINENESS * (at + away), 0, self.x.size)) for at in middle]
            for away in (-reach - 1, reach + 2)
        )
        return slice(starts[0], stops[0]), slice(starts[1], stops[1])


def _covered(distance: Single) -> Single:
    """Give the share of each sample that lies inside an edge, from its distance [px]."""
    return np.asarray(np.clip(0.5 - np.float32(FINENESS) * distance, 0, 1))


def _binned(picture: Single) -> Single:
    side = len(picture) // FINENESS
    blocks = picture.reshape(side, FINENESS, side, FINENESS)
    return np.asarray(blocks.mean((1, 3)), np.float32)


def _stretched(picture: Single) -> Single:
    """Bring grey levels to the range from 0 to 1."""
    low, high = float(picture.min()), float(picture.max())
    return np.asarray((picture - low) / max(high - low, 1e-6), np.float32)


def _backdrop(ground: Ground, rng: np.random.Generator) -> Single:
    """Draw what lies behind: even, sloping, or uneven."""
    level = np.float32(rng.random())
    kind = rng.integers(3)
    if kind == 0:
        return np.full((ground.y.size, ground.x.size), level, np.float32)
    if kind == 1:
        slope = rng.normal(0, 0.3, 2).astype(np.float32) / np.float32(ground.side)
        return np.asarray(level + slope[0] * ground.y + slope[1] * ground.x, np.float32)
    strength = np.float32(log_uniform(rng, (0.02, 0.2)))
    return level + strength * ground.field(rng, log_uniform(rng, (2, 0.3 * ground.side)))


def _plates(ground: Ground, rng: np.random.Generator) -> Single:
    picture = _backdrop(ground, rng)
    textured, rimmed = rng.random(2) < (0.4, 0.4)
    texture = ground.field(rng, log_uniform(rng, (0.7, 12))) if textured else None
    smallest = log_uniform(rng, (1.5, 12))
    count = int(log_uniform(rng, (4, 120)))
    sizes = np.sort(np.exp(rng.uniform(np.log(smallest), np.log(ground.side / 2), count)))
    for reach in sizes[::-1]:
        middle = (uniform(rng, (0, ground.side)), uniform(rng, (0, ground.side)))
        part = ground.near(middle, float(reach))
        y, x = ground.y[part[0]] - middle[0], ground.x[:, part[1]] - middle[1]
        distance = _outline(y.astype(np.float32), x.astype(np.float32), float(reach), rng)
        level = np.full(distance.shape, rng.random(), np.float32)
        if texture is not None and rng.random() < 0.6:
            level += np.float32(log_uniform(rng, (0.03, 0.3))) * texture[part]
        if rimmed:
            width = np.float32(uniform(rng, (0.6, 3)))
            level += np.float32(rng.uniform(0.1, 0.6)) * np.exp(np.minimum(distance, 0) / width)
        picture[part] += _covered(distance) * (level - picture[part])
    return picture


def _outline(y: Single, x: Single, reach: float, rng: np.random.Generator) -> Single:
    """Draw an ellipse or a polygon around the origin; give the distance, negative inside [px]."""
    turn = rng.uniform(0, 2 * np.pi)
    cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    along, across = cosine * y + sine * x, cosine * x - sine * y
    if rng.random() < 0.4:
        thin = np.float32(rng.uniform(0.3, 1))
        size = np.hypot(along, across / thin)
        return np.asarray((size - np.float32(reach)) * thin)
    corners = int(rng.integers(3, 9))
    turns = 2 * np.pi * (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) / corners
    sides = reach * rng.uniform(0.4, 0.9, corners)
    distance = np.full(along.shape, -np.inf, np.float32)
    for direction, side in zip(turns, sides, strict=True):
        away = np.float32(np.cos(direction)) * along + np.float32(np.sin(direction)) * across
        np.maximum(distance, away - np.float32(side), out=distance)
    # Beyond its reach the nearest side says nothing of how far the corner is.
    return np.maximum(distance, np.hypot(along, across) - np.float32(reach))


def _particles(ground: Ground, rng: np.random.Generator) -> Single:
    picture = _backdrop(ground, rng)
    median, spread = log_uniform(rng, (0.6, 7)), uniform(rng, (0, 0.5))
    filled = log_uniform(rng, (0.02, 0.5))
    count = int(np.clip(filled * ground.side**2 / (np.pi * median**2), 3, 500))
    balls = rng.random() < 0.6
    bright = rng.uniform(0.1, 1) * rng.choice([1, 1, 1, -1])
    for reach in median * np.exp(spread * rng.standard_normal(count)):
        middle = (uniform(rng, (0, ground.side)), uniform(rng, (0, ground.side)))
        part = ground.near(middle, float(reach))
        away = np.hypot(ground.y[part[0]] - middle[0], ground.x[:, part[1]] - middle[1])
        # What a ball adds goes with how thick it is; a disk is equally thick all over.
        height = np.sqrt(np.maximum(1 - (away / np.float32(reach)) ** 2, 0)) if balls else 1.0
        thick = reach / median if balls else rng.uniform(0.7, 1.3)
        shown = _covered(away - np.float32(reach)) * height
        picture[part] += np.float32(bright * thick) * shown.astype(np.float32)
    return picture


def _lattice(ground: Ground, rng: np.random.Generator) -> Single:
    picture = _grain(ground, rng)
    for _ in range(int(rng.integers(0, 3))):
        turn = rng.uniform(0, 2 * np.pi)
        distance = np.cos(turn) * ground.y + np.sin(turn) * ground.x
        distance = distance - np.float32(uniform(rng, (-0.3, 1.3)) * ground.side)
        picture += _covered(distance.astype(np.float32)) * (_grain(ground, rng) - picture)
    thickness = 1 + np.float32(0.25) * ground.field(rng, log_uniform(rng, (5, 0.4 * ground.side)))
    if rng.random() < 0.3:  # the edge of a particle, and nothing beyond
        thickness *= np.clip(thickness - np.float32(rng.uniform(0.7, 1)), 0, 0.3) / np.float32(0.3)
    return _backdrop(ground, rng) + picture * thickness


def _grain(ground: Ground, rng: np.random.Generator) -> Single:
    """Draw columns of atoms all over, of one kind or two: waves that are high where they meet."""
    period = log_uniform(rng, (3, 24))
    turn, angle = (
        rng.uniform(0, 2 * np.pi),
        np.deg2rad(rng.choice([60, 90, uniform(rng, (50, 90))])),
    )
    ratio = uniform(rng, (1, 1.6))
    sharp = 1 / uniform(rng, (0.5, 1.2)) ** 2  # of the phase at one standard deviation, inverted
    phases = []
    for direction, length in ((turn, period), (turn + angle, period * ratio)):
        wave = 2 * np.pi / length * np.array([np.sin(direction), np.cos(direction)], np.float32)
        phases.append(wave[0] * ground.y + wave[1] * ground.x)
    grain = np.zeros((ground.y.size, ground.x.size), np.float32)
    for number in range(int(rng.integers(1, 3))):
        off = rng.uniform(0, 2 * np.pi, 2).astype(np.float32)
        height = np.float32(1 if number == 0 else log_uniform(rng, (0.1, 1)))
        high = np.cos(phases[0] + off[0]) + np.cos(phases[1] + off[1]) - 2
        grain += height * np.exp(np.float32(sharp) * high)
    return grain


def _fibres(ground: Ground, rng: np.random.Generator) -> Single:
    picture = _backdrop(ground, rng)
    width, adds = log_uniform(rng, (0.7, 8)), rng.random() < 0.4
    parallel = rng.uniform(0, 2 * np.pi) if rng.random() < 0.4 else None
    for _ in range(int(rng.integers(2, 40))):
        turn = rng.uniform(0, 2 * np.pi) if parallel is None else parallel + 0.05 * rng.normal()
        cosine, sine = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        along = cosine * ground.y + sine * ground.x
        bend = np.float32(0.3 * rng.normal() / ground.side)
        across = cosine * ground.x - sine * ground.y + bend * along * along
        middle = np.float32(uniform(rng, (-ground.side, ground.side)))
        half = np.float32(0.5 * width * np.exp(0.3 * rng.normal()))
        cover = _covered(np.abs(across - middle) - half)
        level = np.float32(rng.random())
        picture += cover * level if adds else cover * (level - picture)
    return picture


def _texture(ground: Ground, rng: np.random.Generator) -> Single:
    picture = np.zeros((ground.y.size, ground.x.size), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        height = np.float32(rng.uniform(0.3, 1))
        picture += height * ground.field(rng, log_uniform(rng, (0.6, 0.25 * ground.side)))
    kind = rng.integers(4)
    if kind == 0:  # pores: two grey levels, and edges between them
        steep = np.float32(log_uniform(rng, (3, 30)))
        return np.asarray(np.clip(steep * (picture - np.float32(rng.normal())), 0, 1))
    if kind == 1:  # terraces
        return np.asarray(np.floor(picture / np.float32(rng.uniform(0.3, 1.2))), np.float32)
    if kind == 2:  # ridges
        return np.asarray(-np.abs(picture))
    return picture


KINDS: dict[str, Callable[[Ground, np.random.Generator], Single]] = {
    "plates": _plates,
    "particles": _particles,
    "lattice": _lattice,
    "fibres": _fibres,
    "texture": _texture,
}
"""What draws each kind, by the name of its share."""


def _draw_kind(shares: PictureShares, ground: Ground, rng: np.random.Generator) -> Single:
    """Draw a picture of one of the kinds, with grey levels from 0 to 1."""
    weights: Any = np.array([getattr(shares, one.name) for one in fields(PictureShares)], float)
    if not (weights >= 0).all() or not weights.sum() > 0:
        raise RecipeError("the shares of pictures must not be negative, and not all zero")
    chosen = rng.choice(list(KINDS), p=weights / weights.sum())
    return _stretched(KINDS[str(chosen)](ground, rng))
