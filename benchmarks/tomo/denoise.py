"""Denoise simulated and real images by `colonnade denoise` and by its rivals, in one run.

    python benchmarks/tomo/denoise.py simulated --dncnn site-packages/scico/data/flax
    python benchmarks/tomo/denoise.py repeats --data ../shared/data/repeats

Projections are of specimens of every family; images are the scenes that the wing for scanning
electron micrographs draws, none of which the denoiser has seen. The rivals are told the law of the
noise and its correlation, and each is as strong as is best for the image, told by the truth; ours
has to find out. Decibels are
how much smaller errors are than those of the noisy image.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from dncnn import TRAINED, DnCnn

import colonnade
from colonnade.core.arrays import Array, Grey, Single
from colonnade.core.files.open import read_volume
from colonnade.core.instrument.correlated import Colour
from colonnade.core.measures.noise import LAGS, NoiseModel, noise_of_repeats
from colonnade.core.work.draws import Draws
from colonnade.sem.bench.classical.denoisers import DENOISERS, Denoiser, denoise
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.image import simulate as simulate_scene
from colonnade.tomo.simulate.beam import binned, expose
from colonnade.tomo.simulate.phantoms.mixture import FAMILIES, Phantoms
from colonnade.tomo.simulate.recording import DrawnRecording

SEED = 20261299
"""No training has it."""

SIDE = 128
"""Of the images [px]."""

DOSES = (10.0, 100.0, 1000.0)
"""Electrons in the brightest pixel."""

DETECTOR = 0.1
"""Standard deviation of the detector's noise, in that of the counts in the brightest pixel."""

CORRELATED_DOSE, CORRELATION = 100.0, 0.5
"""Dose and correlation along the rows of the images whose noise is correlated."""

STRENGTHS = {"bm3d": (0.7, 1.0, 1.4), "dncnn": (1.0, 1.4)}
"""Of those rivals that take long, so many are tried; of the others all that they have."""

RIVALS = ("bm3d", "nlm", "tv")

Method = Callable[[Single, NoiseModel], Iterator[Single]]
"""Gives the answers to a noisy image among which the truth chooses."""


@dataclass(frozen=True)
class Condition:
    """How images are recorded."""

    name: str
    dose: float
    colour: Colour = "white"
    correlation: float = 0.0

    def record(self, truth: Single, rng: np.random.Generator) -> Single:
        """Record an image."""
        recording = DrawnRecording(
            clean=False,
            dose=self.dose,
            detector=DETECTOR * float(np.sqrt(self.dose)),
            colour=self.colour,
            correlation=self.correlation,
            background=0.0,
            drift=0.0,
            hot=0.0,
        )
        return np.asarray(recording.record(truth[None], rng).views[0])

    def noise(self, truth: Single) -> NoiseModel:
        """Give the law of the noise."""
        electron = float(truth.max()) / self.dose
        least = self.dose * (DETECTOR * electron) ** 2
        return NoiseModel(
            slope=electron,
            intercept=least,
            least=least,
            mean_variance=electron * float(truth.mean()) + least,
            correlation=tuple(self.correlation**lag for lag in range(1, LAGS + 1)),
        )


CONDITIONS = (
    *(Condition(f"{dose:g}", dose) for dose in DOSES),
    Condition(f"{CORRELATED_DOSE:g}, correlated", CORRELATED_DOSE, "lagging", CORRELATION),
)


def projections(count: int) -> Iterator[Single]:
    """Give views of specimens, family after family."""
    names = list(FAMILIES)
    for number in range(count):
        rng = np.random.default_rng([SEED, 0, number])
        name = names[number % len(names)]
        phantom = FAMILIES[name](getattr(Phantoms(), name), Draws(rng), (SIDE,) * 3)
        views, _ = expose(phantom, (SIDE,) * 3, rng.uniform(-70, 70, 1), 0, 0.0)
        yield binned(views)[0]


def scenes(count: int) -> Iterator[Single]:
    """Give scenes as a scanning electron microscope would show them without noise."""
    recipe = Simulation(factor=1, size=(SIDE, SIDE))
    for number in range(count):
        pair = simulate_scene(recipe, np.random.default_rng([SEED, 1, number]))
        yield np.asarray(pair.high - min(float(pair.high.min()), 0.0), np.float32)


def methods(dncnn: Path | None) -> dict[str, Method]:
    """Give ours and the rivals."""
    found: dict[str, Method] = {"ours": _ours}
    for name in RIVALS:
        denoiser = DENOISERS[name]
        strengths = STRENGTHS.get(name, denoiser.strengths)
        found[name] = partial(_classical, replace(denoiser, strengths=strengths))
    if dncnn is not None:
        networks = [DnCnn(dncnn, kind) for kind in TRAINED]
        found["dncnn"] = partial(_dncnn, networks)
    return found


def _ours(image: Single, noise: NoiseModel) -> Iterator[Single]:
    yield pixels_of(colonnade.denoise(image))


def pixels_of(found: colonnade.Denoised) -> Single:
    """Give the grey levels of an image."""
    assert isinstance(found.image, colonnade.Micrograph)
    return np.asarray(found.image.pixels, np.float32)


def _classical(denoiser: Denoiser, image: Single, noise: NoiseModel) -> Iterator[Single]:
    for strength in denoiser.strengths:
        yield denoise(image, denoiser, strength, noise)


def _dncnn(networks: Sequence[DnCnn], image: Single, noise: NoiseModel) -> Iterator[Single]:
    def answer(network: DnCnn, image: Array, strength: float, _: NoiseModel) -> Array:
        return network(image, strength)

    for network in networks:
        rival = Denoiser(partial(answer, network), STRENGTHS["dncnn"], True)
        yield from _classical(rival, image, noise)


def gains(
    noisy: Single, noise: NoiseModel, methods: Mapping[str, Method], error: Callable[[Grey], float]
) -> dict[str, float]:
    """How much smaller the error of each method is, at its best strength [dB]."""
    before = error(noisy)
    return {
        name: max(10 * float(np.log10(before / error(found))) for found in method(noisy, noise))
        for name, method in methods.items()
    }


def simulated(count: int, methods: Mapping[str, Method]) -> None:
    """Print a table of simulated images."""
    _head(("images", "electrons"), methods)
    for kind, source in (("projections", projections), ("scenes", scenes)):
        truths = list(source(count))
        for condition in CONDITIONS:
            rows = []
            for number, truth in enumerate(truths):
                noisy = condition.record(truth, np.random.default_rng([SEED, 2, number]))
                error = partial(_mean_square, truth)
                rows.append(gains(noisy, condition.noise(truth), methods, error))
            _print((kind, condition.name), rows)


def repeats(folder: Path, methods: Mapping[str, Method]) -> None:
    """Print a table of real fields that were recorded twice: one is denoised, the other judges."""
    _head(("field", "noise, correlation"), methods)
    for name, first, second in _fields(folder):
        noise = noise_of_repeats(first, second)
        left = float(noise.variance(second).mean())

        def error(found: Grey, other: Single = second, left: float = left) -> float:
            return max(_mean_square(other, found) - left, 1e-12)

        said = f"{noise.sigma:.3g}, {noise.correlation[0]:.2f}"
        _print((name, said), [gains(first, noise, methods, error)])


def _fields(folder: Path) -> Iterator[tuple[str, Single, Single]]:
    """Give both recordings of the middle of each field."""
    serialem = read_volume(folder / "serialem" / "test_000.mrc")
    pairs = {"serialem": (serialem.plane(0), serialem.plane(1))}
    low = [colonnade.read(folder / "low-dose" / f"000{number}.tif").pixels for number in (1, 2)]
    pairs["low-dose"] = (low[0], low[1])
    for name, pair in pairs.items():
        middle = tuple(slice((n - REAL_SIDE) // 2, (n + REAL_SIDE) // 2) for n in pair[0].shape)
        first, second = (np.asarray(one[middle], np.float32) for one in pair)
        yield name, first, second


REAL_SIDE = 256
"""So much of the middle of real fields is denoised [px]."""


def _mean_square(truth: Single, found: Grey) -> float:
    return float(np.mean(np.square(np.subtract(found, truth, dtype=np.float64))))


def _head(keys: Sequence[str], methods: Mapping[str, Method]) -> None:
    columns = [*keys, *methods, "ours over the best rival (worst)"]
    print("|", " | ".join(columns), "|")
    print("|" + "---|" * len(columns))


def _print(keys: Sequence[str], rows: Sequence[Mapping[str, float]]) -> None:
    over = [row["ours"] - max(row[name] for name in row if name != "ours") for row in rows]
    medians = [f"{np.median([row[name] for row in rows]):.2f}" for name in rows[0]]
    beside = f"{np.median(over):+.2f} ({min(over):+.2f})"
    print("|", " | ".join([*keys, *medians, beside]), "|", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("simulated", "repeats"))
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/repeats"))
    parser.add_argument("--dncnn", type=Path)
    options = parser.parse_args()
    if options.what == "simulated":
        simulated(options.count, methods(options.dncnn))
    else:
        repeats(options.data, methods(options.dncnn))
