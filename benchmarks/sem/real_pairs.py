"""Learn from real pairs, and compare with BM3D that knows the noise's colour and the truth.

    python benchmarks/sem/real_pairs.py FOLDER --start light-x2 --out OUT

FOLDER has `hr_128` and `sr_64_128`, as for registered_pairs.py. Of the frames every third is held
out. All are registered as `colonnade import sem` does. One model goes on from `--start` with the
registered pairs of the other frames, as `colonnade train sem --data` does; one sees no pair at all
but soft scenes, made coarse by what the import fitted to the pairs. Each is compared on the
held-out frames with the best of BM3D, enlarged, its strength chosen with the truth of each tile.
What is done is kept in OUT. Needs `pip install ".[train,bm3d]"`.
"""

import argparse
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from registered_pairs import KINDS, assemble

from colonnade.core.arrays import Single
from colonnade.core.data.library import METADATA
from colonnade.core.errors import ColonnadeError, ColonnadeWarning
from colonnade.core.learn.model import Model, read_card
from colonnade.core.measures.fidelity import psnr
from colonnade.core.work.recipe import dumps, load
from colonnade.core.work.writing import atomic, make_folder
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.adapters.ours import upscaled
from colonnade.sem.bench.classical.oracle import best_denoised
from colonnade.sem.bench.measure import BORDER
from colonnade.sem.library.degradation import Degradation
from colonnade.sem.library.ingest import import_library
from colonnade.sem.library.open import FIELD
from colonnade.sem.library.own_images import FITTED
from colonnade.sem.library.sources import LibrarySource
from colonnade.sem.pair import Pair
from colonnade.sem.train.fine_tune import fine_tuning_recipe
from colonnade.sem.train.run import train_model

EVERY = 3
"""Of so many frames one is held out."""

TILES = 2
"""So many tiles of a frame that is held out count, at most."""


def split(frames: Path, out: Path) -> None:
    """Link the frames to learn from and those that are held out into folders of their own."""
    for kind in KINDS:
        for number, path in enumerate(sorted((frames / kind).iterdir())):
            folder = out / ("held-out" if number % EVERY == 1 else "train") / kind
            make_folder(folder)
            if not (folder / path.name).exists():
                (folder / path.name).symlink_to(path.resolve())


def registered(folder: Path) -> Path:
    """Register the pairs of a folder, if that is not done yet."""
    out = folder / "registered"
    if not (out / METADATA).is_file() or not (out / FITTED).is_file():
        print(import_library(folder, out, pixel_size=None, progress=lambda done, of: None))
    return out


def without_pairs(start: str, fitted: Path, out: Path) -> Path:
    """Write the recipe for soft scenes as the instrument of the pairs shows them."""
    recipe = fine_tuning_recipe(read_card(start))
    instrument = load(Degradation, fitted).instrument
    materials = replace(recipe.simulation.materials, soft=1.0)
    simulation = replace(recipe.simulation, materials=materials, instrument=instrument)
    path = out / "soft.toml"
    with atomic(path) as temporary:
        temporary.write_text(dumps(replace(recipe, simulation=simulation)), encoding="utf-8")
    return path


def trained(out: Path, start: str, data: Path | None, recipe: Path | None) -> Model:
    """Go on with a model's training, or take what came of that before."""
    found = sorted(out.glob("*.onnx"))
    if not found:
        sentence = train_model(
            recipe, out, data=data, start=start, resume=True, progress=lambda done, of: None
        )
        print(sentence, flush=True)
        found = sorted(out.glob("*.onnx"))
    return Model(found[0])


def models(start: str, pairs: Path, out: Path) -> Iterator[tuple[str, Model]]:
    """Give the model that is begun with, and what it becomes with pairs and without any."""
    name = read_card(start).name
    yield name, Model.load(start)
    yield "registered pairs", trained(out / f"{name} pairs", start, pairs, None)
    soft = without_pairs(start, pairs / FITTED, out)
    yield "no pairs", trained(out / f"{name} soft", start, None, soft)


def held_out(library: Path) -> Iterator[tuple[str, Pair]]:
    """Tiles of the frames that are held out, each with its frame."""
    source = LibrarySource(library)
    counts: dict[str, int] = {}
    for number in range(len(source)):
        pair = source(number)
        frame = str(pair.drawn[FIELD])
        counts[frame] = counts.get(frame, 0) + 1
        if counts[frame] <= TILES:
            yield frame, pair


def best_bm3d(pair: Pair, path: Path) -> Single:
    """The best of BM3D, enlarged, worked out now or in an earlier run for the same tile."""
    if path.exists():
        with np.load(path) as file:
            if np.array_equal(file["low"], pair.low):
                return np.asarray(file["image"])
    image = best_denoised(pair.low, pair.high, ("bm3d",)).image
    make_folder(path.parent)
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(file, low=pair.low, image=image)
    return image


def reached(pair: Pair, image: Single) -> float:
    """PSNR of an image of a tile."""
    inner = (slice(BORDER * pair.factor, -BORDER * pair.factor),) * 2
    return psnr(image[inner], pair.high[inner])


def table(frames: Sequence[str], scores: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Give the PSNR of each method, and how far it is above BM3D, frame by frame."""
    yield "| method | PSNR, dB | over BM3D, dB | standard error over frames |"
    yield "|---|---|---|---|"
    of = np.array(frames)
    for name, values in scores.items():
        apart = np.subtract(values, scores["BM3D"])
        means = [apart[of == frame].mean() for frame in dict.fromkeys(frames)]
        error = np.std(means, ddof=1) / np.sqrt(len(means))
        yield f"| {name} | {np.mean(values):.2f} | {np.mean(means):+.2f} | {error:.2f} |"


def main() -> None:
    """Register, train, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--start", default="light-x2")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    warnings.simplefilter("ignore", ColonnadeWarning)
    if not (given.out / "frames").is_dir():
        assemble(given.folder, given.out / "frames")
    split(given.out / "frames", given.out)
    pairs, aside = (registered(given.out / part) for part in ("train", "held-out"))
    frames, tiles = zip(*held_out(aside), strict=True)
    scores: dict[str, list[float]] = {
        "bicubic": [reached(one, enlarge(one.low, one.factor)) for one in tiles],
        "BM3D": [
            reached(one, best_bm3d(one, given.out / "bm3d" / f"{number}.npz"))
            for number, one in enumerate(tiles)
        ],
    }
    for name, model in models(given.start, pairs, given.out):
        scores[name] = [reached(one, upscaled(model, one.low).image) for one in tiles]
    print(*table(frames, scores), sep="\n")


if __name__ == "__main__":
    try:
        main()
    except ColonnadeError as error:
        sys.exit(str(error))
