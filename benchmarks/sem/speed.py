"""Measure how many pixels a second super-resolution gives, beside an SRResNet.

    python benchmarks/sem/speed.py [--side 1024] [--rounds 3]

Upscales one image four times along each axis with `light-x4` in ONNX Runtime: the network alone,
all of `colonnade.upscale` without and with the search for features that were not measured, and
the command with its files and its picture, from the start of Python. Beside it an SRResNet of the
paper's size (16 blocks of 64 channels), untrained, in torch, on an image of 256 x 256 in one
piece, so that it loses nothing at the edges of tiles. All take their turns in each round, so that
they bear the same load; the medians over rounds are printed. Seconds of a processor are the
better measure where others work too.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import torch

import colonnade
from colonnade.core.arrays import Single
from colonnade.core.files.batch import sample
from colonnade.core.files.write import write_tiff
from colonnade.core.images.tiles import run_tiled
from colonnade.core.learn.model import Model
from colonnade.core.learn.slice_work import tiling
from colonnade.core.work.processors import available_cpus
from colonnade.sem.conditions import CHANNELS, Conditions
from colonnade.sem.train.networks import SrRecipe, SuperResolution, enlarged

FACTOR = 4
PEER = SrRecipe(kind="paper", width=64, blocks=16)
PEER_SIDE = 256

Way = tuple[str, float, Callable[[], object]]
"""What is measured, how many million pixels it gives, and what gives them."""


def image_of(side: int) -> Single:
    """Continue the packaged sample by its mirror image."""
    pixels = colonnade.read(sample("sem.tif")).pixels
    return np.pad(pixels, [(0, side - length) for length in pixels.shape], mode="symmetric")


def network_alone(model: Model, image: Single) -> Single:
    """Run the network tile by tile, with what it is told of the image."""
    conditions = Conditions.of(image)
    return run_tiled(
        lambda tiles: model(conditions.channels(tiles)),
        conditions.normalise(image),
        tiling(model.card),
    )


def without_features(model: Model, image: Single) -> object:
    """Do everything but look for features."""
    with patch("colonnade.sem.upscale.upscale.unmeasured_features", return_value=[]):
        return colonnade.upscale(image, model=model)


def command(folder: Path) -> None:
    """Upscale a file from the command line."""
    words = ["upscale", "image.tif", "--factor", str(FACTOR), "--out", "out"]
    subprocess.run([sys.executable, "-m", "colonnade", *words], cwd=folder, check=True)
    for path in (folder / "out").glob("image*"):
        path.unlink()


def peer() -> Callable[[], object]:
    """Give an SRResNet and an image to run it on."""
    torch.set_num_threads(available_cpus())
    network = SuperResolution(PEER, FACTOR).eval()
    image = torch.randn(1, CHANNELS, PEER_SIDE, PEER_SIDE)

    @torch.inference_mode()
    def run() -> object:
        return network.image(network.trunk(image)) + enlarged(image[:, :1], FACTOR)

    return run


def spent() -> float:
    """Seconds that processors worked for this process and those that it waited for."""
    times = os.times()
    return sum(times[:4])


def measure(ways: list[Way], rounds: int) -> None:
    """Let each take its turn in each round, and print a line of a table for each."""
    seconds = np.empty((rounds + 1, len(ways), 2))
    for turn in range(rounds + 1):
        for number, (_, _, work) in enumerate(ways):
            began, before = time.perf_counter(), spent()
            work()
            seconds[turn, number] = time.perf_counter() - began, spent() - before
    print("| | output [Mpx] | Mpx/s | processor seconds per Mpx |\n|---|---|---|---|")
    medians = np.median(seconds[1:], axis=0)  # the first turn warms up
    for (name, pixels, _), (wall, worked) in zip(ways, medians, strict=True):
        print(f"| {name} | {pixels:.2f} | {pixels / wall:.2f} | {worked / pixels:.2f} |")


def main() -> None:
    """Measure everything."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--side", type=int, default=1024)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    image, model = image_of(chosen.side), Model.load(f"light-x{FACTOR}")
    pixels, of_peer = ((FACTOR * side) ** 2 / 1e6 for side in (chosen.side, PEER_SIDE))
    with TemporaryDirectory() as folder:
        write_tiff(Path(folder) / "image.tif", image)
        ways: list[Way] = [
            ("network", pixels, lambda: network_alone(model, image)),
            ("upscale without features", pixels, lambda: without_features(model, image)),
            ("upscale", pixels, lambda: colonnade.upscale(image, model=model)),
            ("the command", pixels, lambda: command(Path(folder))),
            ("SRResNet in torch", of_peer, peer()),
        ]
        measure(ways, chosen.rounds)


if __name__ == "__main__":
    main()
