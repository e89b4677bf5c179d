"""Small work for each command that must survive being killed, and what it must have made."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import colonnade
from colonnade.core.bench.scores import SCORES
from colonnade.core.files.batch import sample
from colonnade.core.files.open import read_volume
from colonnade.core.files.write import write_mrc

TRAINING = """
[training]
steps = 12
batch = 2
save_every = 3
"""
"""Is in the recipe of every training."""

TRAININGS = {
    "atoms": """
validation_images = 2
[simulation]
size = [32, 32]
[network]
widths = [4, 8]
""",
    "sem": """
validation_images = 2
[simulation]
size = [64, 64]
""",
    "tomo": """
slices = 4
validation_slices = 2
[simulation]
size = [32, 1, 32]
[simulation.tilts]
irregular = 0.0
[simulation.stage]
misaligned = 0.0
[network]
widths = [4, 8]
blocks = [1, 1]
""",
    "tomo, denoiser": """
kind = "denoiser"
validation_images = 2
patch = 32
[scenes]
side = 64
[network]
widths = [4, 8]
blocks = 1
""",
}
"""What else is in the recipe of each training, by the wing and what tells it from others."""

RECORDS = ".colonnade"
"""Folder of what is done, which a whole run may leave otherwise than one in parts."""


COSTS = ("seconds", "peak_mb", "seconds_per_megapixel")
"""What is never the same twice, by its name in results."""

REPORT = "report.html"
"""Of a benchmark; it shows the scores, the summary, and the costs."""


@dataclass(frozen=True)
class Work:
    """A command but for the folder of its results.

    Parameters
    ----------
    name
        What it is called here.
    words
        The command.
    """

    name: str
    words: Sequence[str]

    def start(self, folder: Path, out: Path) -> "subprocess.Popen[bytes]":
        """Start the command."""
        return subprocess.Popen(
            [sys.executable, "-m", "colonnade", *self.words, "--out", str(out)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def write_inputs(folder: Path, workers: int) -> list[Work]:
    """Write small files for each command, and give the commands.

    Parameters
    ----------
    folder
        Where to write; it must not be there.
    workers
        Processes of each command, its own among them where it trains.
    """
    folder.mkdir(parents=True)
    makers: list[Callable[[Path, np.random.Generator, list[str]], list[Work]]] = [
        _of_atoms,
        _of_images,
        _of_series,
        _libraries,
        _imports,
        _maps,
        _benchmarks,
    ]
    option = ["--workers", str(workers)]
    works = [work for make in makers for work in make(folder, np.random.default_rng(0), option)]
    return works + _trainings(folder, workers - 1)


def differences(one: Path, other: Path) -> list[str]:
    """Name the results that are not the same, byte by byte, and what is left over of others."""
    found = []
    for path in sorted(one.rglob("*")):
        twin = other / path.relative_to(one)
        if RECORDS in path.parts or path.is_dir():
            continue
        if not twin.exists() or _content(twin) != _content(path):
            found.append(path.name)
    more = {path.relative_to(other) for path in other.rglob("*") if RECORDS not in path.parts}
    return found + [f"{path} is left over" for path in more if not (one / path).exists()]


def _content(path: Path) -> bytes:
    """Give what is in a file, but for what it cost."""
    content = path.read_bytes()
    if path.suffix == ".json" and any(f'"{cost}"'.encode() in content for cost in COSTS):
        return json.dumps(json.loads(content, object_hook=_without_costs)).encode()
    if path.name == SCORES:
        rows = csv.DictReader(content.decode().splitlines())
        # A method whose process died comes again after the others.
        return json.dumps(sorted(json.dumps(_without_costs(row)) for row in rows)).encode()
    return b"" if path.name == REPORT else content


def _without_costs(named: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in named.items() if name not in COSTS}


def _of_atoms(folder: Path, rng: np.random.Generator, option: list[str]) -> list[Work]:
    atoms = colonnade.read(sample()).pixels[:64, :64]
    film = np.stack([rng.poisson(atoms) for _ in range(6)]).astype(np.uint16)
    colonnade.write_tiff(folder / "film.tif", film, (0.016, 0.016))
    return [Work("locate", ["locate", "film.tif", *option])]


def _of_images(folder: Path, rng: np.random.Generator, option: list[str]) -> list[Work]:
    """Write four images, as a folder and as a stack."""
    sem = colonnade.read(sample("sem.tif")).pixels[:48, :64]
    images = [_noisy(np.rot90(sem, 2 * (number % 2)), rng) for number in range(4)]
    (folder / "sem").mkdir()
    for number, image in enumerate(images):
        colonnade.write_tiff(folder / "sem" / f"sem{number}.tif", image, (5.0, 5.0))
    colonnade.write_tiff(folder / "stack.tif", np.stack(images), (5.0, 5.0), spacing=5.0)
    zarr = ["--format", "ome-zarr"]
    return [
        Work("upscale", ["upscale", "sem", *option]),
        Work("upscale, Zarr", ["upscale", "stack.tif", *zarr]),
        Work("denoise", ["denoise", "sem", *option]),
        Work("denoise, Zarr", ["denoise", "stack.tif", *zarr]),
    ]


def _noisy(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.clip(image + rng.normal(0, 2, image.shape), 0, 255).astype(np.uint8)


def _of_series(folder: Path, _: np.random.Generator, option: list[str]) -> list[Work]:
    """Write some of the sample, and go on with it along the axis."""
    whole = slice(None)
    views = read_volume(sample("tomo.mrc")).block((whole, whole, whole))[::5, :, 36:60]
    write_mrc(folder / "tall.mrc", np.concatenate([views, views[:, ::-1]], 1))
    tilts = sample("tomo.rawtlt").read_text().split()[::5]
    (folder / "tall.rawtlt").write_text("\n".join(tilts) + "\n")
    short = ["--weight", "1", "--iterations", "20", *option]
    network = ["--method", "network", *short]
    total_variation = ["--method", "tv", "--align", "--format", "ome-zarr", *short]
    return [
        Work("denoise, projections", ["denoise", "tall.mrc"]),
        Work("reconstruct, network", ["reconstruct", "tall.mrc", *network]),
        Work("reconstruct, TV", ["reconstruct", "tall.mrc", *total_variation]),
    ]


def _libraries(folder: Path, _: np.random.Generator, option: list[str]) -> list[Work]:
    sizes = {"atoms": "[32, 32]", "sem": "[32, 32]", "tomo": "[32, 2, 32]"}
    for wing, size in sizes.items():
        (folder / f"{wing}.toml").write_text(f"version = 1\nsize = {size}\n")
    layouts = [("atoms", "zarr"), ("atoms", "temimagenet"), ("sem", "zarr"), ("tomo", "zarr")]
    words = ["simulate", "{}", "--recipe", "{}.toml", "--count", "6"]
    return [
        Work(
            f"simulate {wing}, {layout}",
            [*(word.format(wing) for word in words), "--layout", layout, *option],
        )
        for wing, layout in layouts
    ]


def _imports(folder: Path, rng: np.random.Generator, _: list[str]) -> list[Work]:
    _write_lattices(folder / "lattices", rng)
    _write_pairs(folder / "pairs", rng)
    _write_volumes(folder / "volumes", rng)
    named = {"atoms": "lattices", "sem": "pairs", "tomo": "volumes"}
    return [Work(f"import {wing}", ["import", wing, name]) for wing, name in named.items()]


def _write_lattices(folder: Path, rng: np.random.Generator) -> None:
    """Write images of columns, and where these are."""
    folder.mkdir()
    y, x = np.indices((96, 96))
    for number in range(4):
        places = 6.0 + 9.0 * np.indices((10, 10)).reshape(2, -1).T + rng.normal(0, 0.3, (100, 2))
        spots = [np.exp(-((y - a) ** 2 + (x - b) ** 2) / 8) for a, b in places]
        image = rng.poisson(20 + 80 * np.sum(spots, 0)).astype(np.uint16)
        colonnade.write_tiff(folder / f"l{number}.tif", image, (0.02, 0.02))
        lines = "".join(f"{a:.4f},{b:.4f}\n" for a, b in places)
        (folder / f"l{number}.csv").write_text(f"y,x\n{lines}")


def _write_pairs(folder: Path, rng: np.random.Generator) -> None:
    """Write fields that were recorded twice."""
    whole = colonnade.read(sample("sem.tif")).pixels.astype(float)
    for side in ("low", "high"):
        (folder / side).mkdir(parents=True)
    for number, turned in enumerate([whole, whole[::-1], whole[:, ::-1], whole[::-1, ::-1]]):
        height, width = turned.shape
        coarse = turned.reshape(height // 2, 2, width // 2, 2).mean((1, 3))
        colonnade.write_tiff(folder / "low" / f"f{number}.tif", _noisy(coarse, rng))
        colonnade.write_tiff(folder / "high" / f"f{number}.tif", _noisy(turned, rng))


def _write_volumes(folder: Path, rng: np.random.Generator) -> None:
    """Write noise as volumes, which is as good as any other, and views of them."""
    folder.mkdir()
    for number in range(4):
        write_mrc(folder / f"v{number}.volume.mrc", rng.random((24, 16, 24), np.float32))
        write_mrc(folder / f"v{number}.mrc", rng.random((9, 16, 24), np.float32))
        tilts = "".join(f"{tilt}\n" for tilt in range(-60, 61, 15))
        (folder / f"v{number}.rawtlt").write_text(tilts)


def _trainings(folder: Path, helpers: int) -> list[Work]:
    works = []
    for number, (kind, part) in enumerate(TRAININGS.items()):
        recipe = f"training{number}.toml"
        whole = f'version = 1\nname = "small"\n{part}{TRAINING}workers = {helpers}\n'
        (folder / recipe).write_text(whole)
        words = ["train", kind.partition(",")[0], "--recipe", recipe, "--resume"]
        works.append(Work(f"train {kind}", words))
    return works


def _maps(folder: Path, _: np.random.Generator, option: list[str]) -> list[Work]:
    (folder / "tables").mkdir()
    places = 12.0 * np.indices((8, 8)).reshape(2, -1).T + 5
    for number in range(4):
        turn = np.array([[1.0, 0.01 * number], [-0.01 * number, 1.0]])
        lines = "".join(f"{y:.4f},{x:.4f}\n" for y, x in places @ turn)
        (folder / "tables" / f"t{number}.columns.csv").write_text(f"y_px,x_px\n{lines}")
    strain = ["map", "strain", "tables", "--pixel-size", "16pm", *option]
    return [
        Work("map strain", strain),
        Work("map particles", ["map", "particles", "sem", *option]),
    ]


def _benchmarks(folder: Path, _: np.random.Generator, __: list[str]) -> list[Work]:
    """Write what else methods are compared on than the images of a benchmark."""
    (folder / "series").mkdir()
    for name in ("tall.mrc", "tall.rawtlt"):
        (folder / "series" / name).write_bytes((folder / name).read_bytes())
    series = ["--data", "series", "--model", "wbp", "--model", "sirt"]
    return [
        Work("bench atoms", ["bench", "atoms", "--quick", "--model", "ours-com"]),
        Work("bench sem", ["bench", "sem", "--quick", "--model", "bicubic"]),
        Work("bench tomo", ["bench", "tomo", "--quick", *series]),
    ]
