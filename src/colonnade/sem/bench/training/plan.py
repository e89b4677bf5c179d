"""Which networks the study trains, and when they are looked at.

It asks what Yoshida asked of SRGAN and scanning electron micrographs (KAKENHI 20K15139, 2023):
how many training images and epochs are wanted, what is lost where pixels are larger, and what a
network makes of a material that it has not learned. It asks it of two ways to train: for the
smallest error, and against a discriminator as SRGAN does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

ACROSS = 4
"""Parts along each side of a training image, all of which an epoch shows once."""

PATCHES = ACROSS**2
"""Parts of a training image."""

FIRST_MATERIAL = "tin_balls"
"""On which the numbers of images and epochs are varied, and the factor."""

LEAST_STEPS = 500
"""A study with fewer batches for each network decides nothing."""


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
    """After so many epochs networks are looked at, as far as they get; the figures show them."""
    looks: tuple[int, ...] = (10, 30, 100, 300)
    """After so many batches networks are looked at too."""
    steps: int = 1000
    """Batches that every network learns from."""
    batch: int = 8
    """Parts of images in a batch."""
    patch: int = 24
    """Rows and columns of a part [px of the input]."""
    enough: int = 100
    """Number of images where factor and material are varied."""
    materials: tuple[str, ...] = (FIRST_MATERIAL, "cathode", "rock", "fibres", "porous")
    """Of training and test."""
    factors: tuple[int, ...] = (4, 8)
    """By which tin balls are upscaled."""
    width: int = 32
    """Channels of the network, a small one."""
    blocks: int = 4
    """Residual blocks at the resolution of its input, and half as many at coarser ones."""
    test_images: int = 8
    """Test images of a material."""
    sizes: tuple[float, ...] = (24, 16, 12, 8, 6, 4, 2)
    """Diameters of the particles that are looked for [px of the sharp image]."""
    particle_images: int = 3
    """Test images for each diameter."""

    @property
    def epoch_batches(self) -> float:
        """Batches in an epoch of one image."""
        return PATCHES / self.batch

    @property
    def is_taste(self) -> bool:
        """Whether so little is trained that nothing is decided."""
        return self.steps < LEAST_STEPS

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
        an_epoch = training.images * self.epoch_batches
        wanted = {step: step / an_epoch for step in (*self.looks, self.steps)}
        wanted |= {round(epochs * an_epoch): epochs for epochs in self.epochs}
        return {step: wanted[step] for step in sorted(wanted) if 1 <= step <= self.steps}


TASTE = Plan(
    images=(1, 5),
    epochs=(1, 5, 25),
    looks=(),
    steps=50,
    patch=16,
    enough=5,
    materials=(FIRST_MATERIAL, "cathode"),
    width=16,
    blocks=2,
    test_images=2,
    sizes=(16, 8, 4),
    particle_images=1,
)
"""A small part of everything, which shows what the study looks like and decides nothing."""
