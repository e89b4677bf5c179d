"""A small network that denoises, not trained, and noisy images."""

from pathlib import Path

import numpy as np
import torch

from colonnade.core.arrays import Single
from colonnade.core.learn.card import Card
from colonnade.core.learn.onnx_export import Named, export
from colonnade.core.work.recipe import dumps
from colonnade.tomo.card import DENOISES, WING, TomoCard
from colonnade.tomo.denoise.conditions import CHANNELS
from colonnade.tomo.train.denoiser.network import Denoiser, DenoiserShape
from colonnade.tomo.train.denoiser.task import DenoiserRecipe

SHAPE = DenoiserShape(widths=(4, 8), blocks=1, deepest=1)


def write_model(path: Path, does: str = DENOISES) -> Path:
    """Write an untrained model whose every part does something."""
    torch.manual_seed(0)
    network = Denoiser(SHAPE)
    with torch.no_grad():
        for weights in network.parameters():  # blocks begin as the identity
            weights.add_(0.05 * torch.randn_like(weights))
    card = Card(
        name=path.stem,
        wing=WING,
        recipe=dumps(DenoiserRecipe(network=SHAPE)),
        data_hash="0" * 64,
        input_channels=CHANNELS,
        output_channels=1,
        input_range=None,
        factor=1,
        stride=SHAPE.stride,
        halo=SHAPE.halo,
        scores={},
        training="0 steps",
        failures="everywhere",
        part=TomoCard(does=does, families=("picture",), noise=(0.0, 1.0)).to_part(),
    )
    export(Named(network), card, path)
    return path


def steps(shape: tuple[int, int] = (48, 64), seed: int = 0, sigma: float = 5.0) -> Single:
    """Two levels and white noise, grey levels about 60 and 120."""
    rng = np.random.default_rng(seed)
    image = np.where(np.arange(shape[1]) < shape[1] // 2, 60.0, 120.0)
    return (image + sigma * rng.standard_normal(shape)).astype(np.float32)
