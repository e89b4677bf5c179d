"""A small network for super-resolution, not trained, and an image to upscale."""

from pathlib import Path

import numpy as np
import torch

from colonnade.core.learn.card import Card
from colonnade.core.learn.onnx_export import Named, export
from colonnade.sem.card import WING, ByHeart, Familiarity, SemCard
from colonnade.sem.conditions import CHANNELS
from colonnade.sem.train.networks import SrRecipe, SuperResolution
from colonnade.sem.train.stacks.network import AlongZ, channels

RECIPE = SrRecipe(width=16, blocks=2, coarse_blocks=1, interval_width=4)

INTERVAL_FACTOR = 2.0
"""Half the width of an interval, in units of the error that the network predicts."""


def write_model(path: Path, factor: int, name: str) -> Path:
    """Write an untrained model whose every part does something."""
    torch.manual_seed(factor)
    network = SuperResolution(RECIPE, factor)
    with torch.no_grad():
        for weights in network.parameters():  # blocks begin as the identity
            weights.add_(0.05 * torch.randn_like(weights))
    part = SemCard(
        interval_factor=INTERVAL_FACTOR,
        familiarity=Familiarity(),
        by_heart=ByHeart(),
        companion="",
        materials=("powder",),
        particle_sizes=(2.0, 4.0, 8.0),
        particle_recall=(0.1, 0.96, 0.99),
    )
    card = Card(
        name=name,
        wing=WING,
        recipe="",
        data_hash="0" * 64,
        input_channels=CHANNELS,
        output_channels=2,
        input_range=None,
        factor=factor,
        stride=RECIPE.stride,
        halo=RECIPE.halo,
        scores={},
        training="0 steps",
        failures="everywhere",
        part=part.to_part(),
    )
    export(Named(network), card, path)
    return path


def write_stack_model(path: Path, thinner: int, name: str) -> Path:
    """Write an untrained model that makes so many slices of each."""
    torch.manual_seed(thinner)
    network = AlongZ(RECIPE, thinner, SLICES)
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.05 * torch.randn_like(weights))
    part = SemCard(
        interval_factor=INTERVAL_FACTOR,
        familiarity=Familiarity(),
        by_heart=ByHeart(),
        companion="",
        materials=("balls",),
        slices=SLICES,
        thinner=thinner,
    )
    card = Card(
        name=name,
        wing=WING,
        recipe="",
        data_hash="0" * 64,
        input_channels=channels(SLICES),
        output_channels=2 * thinner,
        input_range=None,
        factor=1,
        stride=RECIPE.stride,
        halo=RECIPE.halo,
        scores={},
        training="0 steps",
        failures="everywhere",
        part=part.to_part(),
    )
    export(network, card, path)
    return path


SLICES = 3
"""How many slices the small model for stacks sees."""


def balls(shape: tuple[int, int] = (40, 56), seed: int = 0) -> np.ndarray:
    """Discs on a background, with noise; grey levels between 20 and 230."""
    rng = np.random.default_rng(seed)
    y, x = np.indices(shape)
    image = np.full(shape, 60.0)
    for _ in range(12):
        radius = rng.uniform(2, 6)
        inside = np.hypot(y - rng.uniform(0, shape[0]), x - rng.uniform(0, shape[1])) < radius
        image[inside] = rng.uniform(100, 200)
    return (image + rng.normal(0, 4, shape)).clip(20, 230)
