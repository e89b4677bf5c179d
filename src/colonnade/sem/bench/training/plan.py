"""Which networks the study trains, and when they are looked at.

It asks what Yoshida asked of SRGAN and scanning electron micrographs (KAKENHI 20K15139, 2023): how
many training images and epochs are wanted, what is lost where pixels are larger, and what a network
makes of a material that it has not learned. It asks it of two ways to train: for the smallest
error, and against a discriminator as SRGAN does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from colonnade.core.learn.training import TrainingRecipe
from colonnade.sem.bench.test_images import PLAIN, one_material
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.train.networks import SrRecipe
from colonnade.sem.train.task import Losses, SemRecipe

SEED = 20137
"""Of the training images; not that of the test images."""

PATCHES = 16
"""Parts of a training image, all of which an epoch shows once."""

FIRST_MATERIAL = "tin_balls"
"""On which the numbers of images and epochs are varied, and the factor."""

ADVERSARIAL = Losses(adversarial=0.02, content=1.0, discriminator_width=16, head_start=20)
"""How SRGAN is trained: by content and against a discriminator, beside the error of the image."""


@dataclass(frozen=True)
class Training:
    """One network of the study.

    Parameters
    ----------
    material
        What its training images show, as recipes name it.
    images
        How many there are.
    factor
        By which it upscales.
    adversarial
        Whether it is trained against a discriminator; else for the smallest error.
    """

    material: str
    images: int
    factor: int
    adversarial: bool

    @property
    def name(self) -> str:
        """What its folder and its model are called."""
        way = "gan" if self.adversarial else "psnr"
        return f"{self.material.replace('_', '-')}-{self.images}-{way}-x{self.factor}"


@dataclass(frozen=True)
class Plan:
    """How much is trained and tested."""

    images: tuple[int, ...] = (1, 5, 20, 100, 1000)
    """Numbers of training images."""
    epochs: tuple[float, ...] = (0.5, 1, 5, 25, 100, 500)
    """After so many epochs networks are looked at, as far as they get."""
    steps: int = 1000
    """Batches that every network learns from."""
    batch: int = 8
    """Parts of images in a batch."""
    patch: int = 128
    """Rows and columns of a part [px of the sharp image]."""
    enough: int = 100
    """Number of images where factor and material are varied."""
    materials: tuple[str, ...] = (FIRST_MATERIAL, "cathode", "rock", "fibres", "porous")
    """Of training and test."""
    factors: tuple[int, ...] = (4, 8)
    """By which tin balls are upscaled."""
    network: SrRecipe = SrRecipe(width=32, blocks=4, coarse_blocks=2)
    """The network, a small one."""
    test_images: int = 12
    """Test images of a material."""
    sizes: tuple[float, ...] = (24, 16, 12, 8, 6, 4, 2)
    """Diameters of the particles that are looked for [px of the sharp image]."""
    particle_images: int = 3
    """Test images for each diameter."""

    @property
    def trainings(self) -> tuple[Training, ...]:
        """Every network, those that are wanted first, first."""
        return tuple(dict.fromkeys(self._trainings()))

    def _trainings(self) -> Iterator[Training]:
        for adversarial in (False, True):
            for images in self.images:
                yield Training(FIRST_MATERIAL, images, self.factors[0], adversarial)
        for factor in self.factors:
            yield Training(FIRST_MATERIAL, self.enough, factor, adversarial=False)
        for adversarial in (True, False):
            for material in self.materials:
                yield Training(material, self.enough, self.factors[0], adversarial)

    def marks(self, training: Training) -> dict[int, float]:
        """When a network is looked at: its epochs by the number of steps, ending with the last."""
        an_epoch = training.images * PATCHES / self.batch
        wanted = {round(epochs * an_epoch): epochs for epochs in self.epochs}
        within = {step: epochs for step, epochs in wanted.items() if 1 <= step < self.steps}
        return within | {self.steps: self.steps / an_epoch}

    def recipe(self, training: Training) -> SemRecipe:
        """Give the recipe of a network."""
        return SemRecipe(
            name=training.name,
            seed=SEED,
            simulation=replace(self.simulation(training), size=(self.patch, self.patch)),
            network=self.network,
            losses=ADVERSARIAL if training.adversarial else Losses(),
            training=TrainingRecipe(
                steps=self.steps,
                batch=self.batch,
                learning_rate=2e-3,
                warmup=max(1, self.steps // 20),
                average=0.98,
                save_every=max(1, self.steps // 4),
                workers=0,
            ),
            validation_images=self.test_images,
            failures="trained for a study of training, not for use",
        )

    def simulation(self, training: Training) -> Simulation:
        """Give the recipe of its training images."""
        side = self.patch * int(PATCHES**0.5)
        return Simulation(
            factor=training.factor,
            size=(side, side),
            materials=one_material(training.material),
            instrument=PLAIN,
        )


TASTE = Plan(
    images=(1, 5),
    epochs=(1, 5, 25),
    steps=50,
    patch=64,
    enough=5,
    materials=(FIRST_MATERIAL, "cathode"),
    network=SrRecipe(width=16, blocks=2, coarse_blocks=1),
    test_images=2,
    sizes=(16, 8, 4),
    particle_images=1,
)
"""A small part of everything, which shows what the study looks like and decides nothing."""
