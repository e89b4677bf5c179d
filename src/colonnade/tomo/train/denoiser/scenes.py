"""What a denoiser learns from: projections and slices of specimens, and pictures, with noise."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.data.turns import AT_HAND, number_at
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws
from colonnade.core.work.recipe import dumps
from colonnade.tomo.simulate.beam import binned, expose
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, draw_phantom
from colonnade.tomo.simulate.recording import Recording, draw_recording
from colonnade.tomo.simulate.tilting import STEEPEST
from colonnade.tomo.train.denoiser.pictures import Pictures, draw_picture

EXPOSURE_PART = 5
"""Part of a seed from which noise is drawn."""

EMPTY = 1e-3
"""Planes whose grey levels vary by less show nothing."""

LEAST_SIDE = 32
"""Smaller pictures do not show their noise [px]."""


@dataclass(frozen=True)
class Scenes:
    """Recipe of images and what they show without noise."""

    side: int = 128
    """Of the images, which are square [px]; their noise is measured on all of it."""
    specimens: float = 0.5
    """Share of the scenes that are specimens, seen in projection and in slices; the others are as
    many pictures."""
    views: int = 6
    """Projections of each specimen."""
    slices: int = 2
    """Slices of each specimen, beside them."""
    exposures: int = 48
    """Images of each scene, each turned another way and with other noise."""
    phantoms: Phantoms = field(default_factory=Phantoms)
    pictures: Pictures = field(default_factory=Pictures)
    recording: Recording = field(
        default_factory=lambda: Recording(
            clean=0.03, dose=(2.0, 5000.0), correlated=0.4, drifting=0.0, speckled=0.0
        )
    )

    def __post_init__(self) -> None:
        if self.side < LEAST_SIDE or min(self.views, self.slices, self.exposures) < 1:
            raise RecipeError(
                f"scenes.side must be at least {LEAST_SIDE}, and the numbers of views, slices and "
                "exposures at least 1"
            )
        if self.recording.drifting or self.recording.speckled:
            raise RecipeError("scenes.recording must have no drift and no hot pixels, to denoise")


@dataclass(frozen=True, eq=False)
class Noisy:
    """An image, and what it shows.

    Parameters
    ----------
    image
        With noise, axes (y, x).
    truth
        Without, in the same grey levels.
    family
        What kind of scene it is.
    """

    image: Single
    truth: Single
    family: str


@dataclass(frozen=True, eq=False)
class Scene:
    """A specimen or a picture, without noise.

    Parameters
    ----------
    planes
        What may be seen of it, axes (plane, y, x).
    family
        What kind it is.
    """

    planes: Single
    family: str

    def record(self, recipe: Recording, rng: np.random.Generator) -> Noisy:
        """Record a plane of it, turned and mirrored; noise is not the same along both axes."""
        plane = np.rot90(self.planes[rng.integers(len(self.planes))], int(rng.integers(4)))
        plane = np.ascontiguousarray(plane[:: rng.choice([1, -1])])
        recorded = draw_recording(recipe, Draws(rng)).record(plane[None], rng)
        return Noisy(recorded.views[0], plane + np.float32(recorded.background), self.family)


def draw_scene(recipe: Scenes, rng: np.random.Generator) -> Scene:
    """Draw a specimen or a picture."""
    if rng.random() < recipe.specimens:
        return _draw_specimen(recipe, rng)
    several = range(recipe.views + recipe.slices)
    return Scene(
        np.stack([draw_picture(recipe.pictures, recipe.side, rng) for _ in several]), "picture"
    )


def _draw_specimen(recipe: Scenes, rng: np.random.Generator) -> Scene:
    """Draw a specimen; one of which nothing is seen is drawn anew."""
    size = (recipe.side,) * 3
    phantom = draw_phantom(recipe.phantoms, Draws(rng), size)
    angles = rng.uniform(-STEEPEST, STEEPEST, recipe.views)
    views, truth = expose(phantom, size, angles, 0, 0.0)
    slices = truth[:, rng.permutation(recipe.side)[: recipe.slices]].transpose(1, 0, 2)
    planes = np.concatenate([binned(views), slices])
    planes = planes[planes.std((1, 2)) > EMPTY]
    return Scene(planes, phantom.family) if len(planes) else _draw_specimen(recipe, rng)


@dataclass(frozen=True)
class Recordings:
    """Gives image number `i`; those that lie `AT_HAND` apart may show the same scene.

    Parameters
    ----------
    recipe
        Of the images.
    seed
        Every draw follows from it.
    part
        Separates the images of one seed that serve different ends, as in training and testing.
    """

    recipe: Scenes
    seed: int
    part: int = 0

    @property
    def identity(self) -> str:
        """The recipe, the seed and the part."""
        return f"{dumps(self.recipe)}seed = {self.seed}\npart = {self.part}\n"

    def __call__(self, index: int) -> Noisy:
        """Record one image."""
        number = number_at(index, self.recipe.exposures)
        scene = _scene(self.recipe, self.seed, self.part, number)
        rng = np.random.default_rng([self.seed, EXPOSURE_PART, self.part, index])
        return scene.record(self.recipe.recording, rng)


@lru_cache(maxsize=AT_HAND)
def _scene(recipe: Scenes, seed: int, part: int, number: int) -> Scene:
    return draw_scene(recipe, np.random.default_rng([seed, part, number]))
