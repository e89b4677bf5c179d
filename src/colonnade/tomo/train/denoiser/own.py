"""Go on training a denoiser with images of one's own, which need no truth.

Noise whose law is known, and how it is correlated along the fast axis, is drawn anew and added to
the image; what is then to be predicted is the image less some of that same noise, which makes the
noise of the two independent. A network that learns this learns what it would from the truth
(recorrupted-to-recorrupted, Pang et al. 2021), and noise that neighbours share is no harder than
any other: no pixel is hidden, so that nothing has to be guessed from neighbours.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from colonnade.core.arrays import Single
from colonnade.core.errors import ColonnadeError, ImageError
from colonnade.core.files.source import Source
from colonnade.core.images.repaired import Repaired
from colonnade.core.images.spread import spread_blocks
from colonnade.core.learn.model import Model
from colonnade.core.learn.onnx_export import Named, export
from colonnade.core.learn.origin import card_of, identity_of
from colonnade.core.learn.trained import Trained
from colonnade.core.learn.training import Sample, Scores, TrainingRecipe, fit, with_adamw
from colonnade.core.measures.noise import NoiseModel
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import from_dict
from colonnade.core.work.record import file_state
from colonnade.core.work.writing import make_folder
from colonnade.tomo.card import WING, TomoCard
from colonnade.tomo.denoise.conditions import CHANNELS, Conditions
from colonnade.tomo.denoise.denoise import BLOCK, MOST_BLOCKS, conditions_of, predict
from colonnade.tomo.denoise.files import RECORDS, Job
from colonnade.tomo.train.denoiser.network import DenoiserShape
from colonnade.tomo.train.denoiser.task import (
    DENOISER,
    WARM_START_IMAGES,
    as_sample,
    descend,
    untrained,
)

OWN = "own-denoiser"
"""What a model that was trained with one's own images is called; its file too."""

DIGITS = 12
"""Of the digest that tells trainings with unlike images apart."""

KEPT = 4
"""One of so many rows of each block is not learned from, but judged by."""

LEAST_ROWS = 32
"""Images with fewer rows are not learned from [px]."""

JUDGED = 64
"""So many parts of the rows that are kept aside judge a training."""


@dataclass(frozen=True)
class OwnRecipe:
    """How a model goes on with images of one's own."""

    kind: Literal["own"] = "own"
    """What tells this recipe from that of a denoiser that learns from simulated images."""
    name: str = OWN
    """What the model is called."""
    seed: int = 0
    """Every draw follows from it."""
    patch: int = 64
    """Side of the parts that are learned from [px]."""
    added: float = 0.5
    """Standard deviation of the noise that is added, in that of the image's own."""
    network: DenoiserShape = field(default_factory=DenoiserShape)
    training: TrainingRecipe = field(
        default_factory=lambda: TrainingRecipe(
            steps=300,
            batch=8,
            learning_rate=2e-4,
            warmup=20,
            average=0.98,
            save_every=100,
            workers=0,
        )
    )
    failures: str = (
        "It knows the images that it was trained with, and may do worse on others. Where their "
        "noise is not as it was measured, as where they have no flat part, it leaves or takes too "
        "much."
    )


@dataclass(frozen=True, eq=False)
class OwnBlock:
    """A block of an image of one's own.

    Parameters
    ----------
    image
        As it was measured, axes (y, x).
    level
        What it shows, as far as the model that is begun with can tell.
    conditions
        Of the whole image.
    """

    image: Single
    level: Single
    conditions: Conditions

    def split(self) -> tuple["OwnBlock", "OwnBlock"]:
        """Split it into the rows that are learned from, and those that judge."""
        row = len(self.image) - len(self.image) // KEPT
        upper, lower = (
            OwnBlock(self.image[part], self.level[part], self.conditions)
            for part in (slice(None, row), slice(row, None))
        )
        return upper, lower

    def part(self, side: int, rng: np.random.Generator) -> "OwnBlock":
        """Give a part somewhere in it, perhaps mirrored; the fast axis stays where it is."""
        size = [min(side, length) for length in self.image.shape]
        free = [
            int(rng.integers(most - each + 1))
            for most, each in zip(self.image.shape, size, strict=True)
        ]
        part = tuple(slice(at, at + each) for at, each in zip(free, size, strict=True))
        down, across = rng.choice([1, -1], 2)
        image, level = (
            np.ascontiguousarray(one[part][::down, ::across]) for one in (self.image, self.level)
        )
        return OwnBlock(image, level, self.conditions)

    def recorrupted(self, added: float, rng: np.random.Generator) -> tuple[Sample, float]:
        """Draw an input and what it is to become, and give the variance of noise in the latter.

        Parameters
        ----------
        added
            Standard deviation of the noise that is added, in that of the image's own.
        rng
            Source of it.
        """
        noise = self.conditions.noise
        drawn = coloured_noise(self.image.shape, noise, rng) * self.conditions.deviation(
            self.level
        )
        noisier = replace(self.conditions, noise=stronger(noise, 1 + added**2))
        sample = as_sample(noisier, self.image + added * drawn, self.image - drawn / added)
        variance = float(noise.variance(self.level).mean()) * (1 + added**-2)
        return sample, variance / self.conditions.scale**2


def coloured_noise(shape: tuple[int, ...], noise: NoiseModel, rng: np.random.Generator) -> Single:
    """Draw noise of unit variance that is correlated along the rows as that of an image is."""
    white = rng.standard_normal(shape, dtype=np.float32)
    power = noise.spectrum(np.fft.rfftfreq(shape[1]))
    # A power that was measured may not add up to one.
    full = np.concatenate([power, power[1 : (shape[1] + 1) // 2]])
    coloured = np.fft.rfft(white, axis=1) * np.sqrt(power / full.mean())
    return np.asarray(np.fft.irfft(coloured, shape[1], axis=1), np.float32)


def stronger(noise: NoiseModel, times: float) -> NoiseModel:
    """Give noise of so many times the variance."""
    return replace(
        noise,
        slope=times * noise.slope,
        intercept=times * noise.intercept,
        least=times * noise.least,
        mean_variance=times * noise.mean_variance,
    )


@dataclass(frozen=True, eq=False)
class OwnImages:
    """Gives recorrupted parts of images of one's own, by number.

    Parameters
    ----------
    blocks
        Of the images, evenly spread.
    recipe
        How they are learned from.
    identity
        Text that determines the images.
    """

    blocks: Sequence[OwnBlock]
    recipe: OwnRecipe
    identity: str

    def __call__(self, index: int) -> tuple[Sample, float]:
        """Draw an input, what it is to become, and the variance of noise in the latter."""
        rng = np.random.default_rng([self.recipe.seed, index])
        block = self.blocks[int(rng.integers(len(self.blocks)))]
        return block.part(self.side, rng).recorrupted(self.recipe.added, rng)

    @property
    def side(self) -> int:
        """Of the parts [px]; that of the smallest block, if that is smaller than is wanted."""
        least: int = min(min(block.image.shape) for block in self.blocks)
        stride = self.recipe.network.stride
        return max(stride, min(self.recipe.patch, least) // stride * stride)


@dataclass(frozen=True, eq=False)
class OwnSamples:
    """Gives what is learned from, by number."""

    source: OwnImages

    def __call__(self, index: int) -> Sample:
        """Draw an input and what it is to become."""
        return self.source(index)[0]


class OwnTask:
    """A denoiser that goes on with images of one's own, for the training loop.

    Parameters
    ----------
    recipe
        How.
    source
        Parts of the images to learn from.
    held_out
        Other parts, to judge by.
    start
        Model file whose weights the network begins with; None for random ones.
    """

    def __init__(
        self, recipe: OwnRecipe, source: OwnImages, held_out: OwnImages, start: Path | None
    ) -> None:
        self.recipe, self.source, self.start = recipe, source, start
        self.samples = OwnSamples(source)
        self._judged = [held_out(number) for number in range(JUDGED)]

    @cached_property
    def networks(self) -> Mapping[str, Trained]:
        """The network."""
        network = untrained(self.recipe.network, self.recipe.seed, self.start, self.first)
        return {DENOISER: with_adamw(network, self.recipe.training)}

    @property
    def identity(self) -> dict[str, str]:
        """What the weights depend on."""
        return identity_of(self)

    def step(self, batch: Sample, step: int) -> Scores:
        """Lower the error of a batch."""
        return descend(self.networks[DENOISER], batch)

    def validate(self) -> Scores:
        """Mean square error, as far as it can be told without the truth [contrast squared]."""
        return {"risk": self.risk(self.networks[DENOISER].averaged)}

    @torch.no_grad()
    def risk(self, network: nn.Module) -> float:
        """Estimate the mean square error of a network on parts that were not learned from.

        It is what the answer differs from the recorrupted image by, less the noise of that. Where
        the noise is not quite as it was measured, it is too small, and smaller the more of the
        difference a network has learned: it shows that a training goes on, and no more.
        """
        network.eval()
        device = next(network.parameters()).device
        left = []
        for sample, variance in self._judged:
            answer = network(sample["image"][None].to(device))[0, 0].cpu()
            left.append(float((answer - sample["target"]).square().mean()) - variance)
        return float(np.mean(left))

    def first(self) -> Tensor:
        """Give some of what is learned from (n, channel, y, x)."""
        return torch.stack([self.samples(number)["image"] for number in range(WARM_START_IMAGES)])


def train_own(files: Sequence[Path], out: Path, job: Job, progress: Progress) -> tuple[Model, str]:
    """Go on training the model of a job with images.

    Parameters
    ----------
    files
        The images; those that cannot be read are left out.
    out
        Folder for the results; the new model is kept in it.
    job
        How files are opened, and the model that is begun with.
    progress
        Called with the number of finished steps and of all.

    Returns
    -------
    model
        The new one.
    sentence
        What has come of it.
    """
    recipe = OwnRecipe(network=shape_of(job.model))
    identity = job.identity + "".join(f"\n{file_state(path)}" for path in files)
    blocks = [block for path in files for block in _blocks_of(path, job)]
    if not blocks:
        raise ImageError("none of the images shows noise that a model could learn from")
    learned, judging = zip(*(block.split() for block in blocks), strict=True)
    task = OwnTask(
        recipe,
        OwnImages(learned, recipe, identity),
        OwnImages(judging, recipe, identity),
        job.model.path,
    )
    folder = out / RECORDS / f"{OWN}-{sha256(identity.encode()).hexdigest()[:DIGITS]}"
    make_folder(folder)
    network = fit(task, recipe.training, folder, resume=True, progress=progress)[DENOISER]
    path = out / f"{OWN}.onnx"
    _export(task, network, job.model, path)
    return Model(path), (
        f"{path} was trained with these images; whether it is better than {job.model.card.name} "
        "they cannot tell: compare what both take away"
    )


def shape_of(model: Model) -> DenoiserShape:
    """Read the shape of a denoiser's network from its card."""
    recipe = tomllib.loads(model.card.recipe)
    return from_dict(DenoiserShape, recipe["network"], "network.")


def _blocks_of(path: Path, job: Job) -> list[OwnBlock]:
    """Take blocks of a file; none of one that cannot be read, is too small, or has no noise."""
    try:
        source = job.open(path, path.stem)
        conditions = conditions_of(source)
    except ColonnadeError:
        return []
    if not conditions.is_noisy or source.shape[-2] < LEAST_ROWS:
        return []
    return own_blocks(source, conditions, job.model)


def own_blocks(source: Source, conditions: Conditions, model: Model) -> list[OwnBlock]:
    """Take blocks of an image or a stack, evenly spread, and what they show.

    Parameters
    ----------
    source
        The image or stack.
    conditions
        Of it.
    model
        That tells what it shows.
    """
    chosen = np.linspace(0, source.count - 1, min(source.count, MOST_BLOCKS // 4)).round()
    side = min(BLOCK, *source.shape[-2:])
    blocks = []
    for index in chosen:
        try:
            seen = Repaired(source.grey(int(index))[0])
        except ColonnadeError:
            continue
        for image in spread_blocks(seen, side, side, MOST_BLOCKS // len(chosen)):
            blocks.append(OwnBlock(image, predict(model, conditions, image), conditions))
    return blocks


def _export(task: OwnTask, network: nn.Module, start: Model, path: Path) -> None:
    before = TomoCard.of(start.card)
    part = replace(before, families=(*before.families, "your own"))
    card = card_of(
        task,
        wing=WING,
        samples="parts of your own images",
        input_channels=CHANNELS,
        output_channels=1,
        factor=1,
        scores={},
        part=part.to_part(),
    )
    export(Named(network), card, path)
