"""How long `locate` takes from file to table, start included, and whether its answers stay.

    python benchmarks/atoms/locate_speed.py OUT [IMAGE ...] [--large] [--against BEFORE]

Each image is searched by a process of its own, which imports the package, reads the file, and
writes the table: OUT/STEM.columns.csv. Seconds are of the processor, of all threads and of the
system's part in it, so that work beside it counts less than in seconds of the clock. Beside
`locate` stand its own start, which is all but the image, and the peaks of a Laplacian of
Gaussian with a Gaussian fitted to each, which is told the spacing that `locate` found.

Without IMAGE three are drawn, 1024 x 1024 pixels each, and kept in OUT; with `--large` the first
of them is repeated four times along both axes instead. BEFORE is the OUT of another run on the
same images, of another version: columns are paired, and how far they moved is given in units of
their standard errors before.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from gaussian_fits import recipe

from colonnade import Columns, write_tiff
from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.score import pair_columns
from colonnade.atoms.simulate.image import simulate

DRAWN = {
    "strontium-titanate": ("SrTiO3 [100]", 0.01, 100.0),
    "gold": ("Au [110]", 0.012, 50.0),
    "gallium-arsenide": ("GaAs [110]", 0.015, 100.0),
}
"""Crystal, size of a pixel [nm] and electrons in the brightest."""

SIDE, REPEATS, SEED = 1024, 4, 5

GATE = 0.25
"""Largest distance of a column from where it was before [typical spacings]."""

QUIET = "import sys, warnings; warnings.simplefilter('ignore')\n"
START = QUIET + "import colonnade; colonnade.locate; colonnade.Model.load('atoms')"
LOCATE = QUIET + "import colonnade; colonnade.locate(sys.argv[1]).to_csv(sys.argv[2])"
LOG = (
    QUIET
    + """
import colonnade
from colonnade.atoms.bench.adapters.log_gaussian import HEIGHT, WIDTH, fit_peaks, log_peaks
image, sigma = colonnade.read(sys.argv[1]).pixels.astype("float32"), WIDTH * float(sys.argv[3])
fit_peaks(image, log_peaks(image, sigma, HEIGHT), sigma).to_csv(sys.argv[2])
"""
)


@dataclass(frozen=True)
class Cost:
    """What a process has taken.

    Parameters
    ----------
    seconds
        Of the processor.
    memory
        Its most [MB].
    """

    seconds: float
    memory: float


def cost(program: str, *arguments: str | Path | float) -> Cost:
    """Run a program in a process of its own."""
    started = subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)])
    _, status, usage = os.wait4(started.pid, 0)
    if status:
        raise SystemExit(f"a process failed, with the status {status}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def drawn(folder: Path, large: bool) -> list[Path]:
    """Draw the images that are not there yet."""
    paths = []
    for name, (crystal, pixel, counts) in list(DRAWN.items())[: 1 if large else None]:
        path = folder / f"{name}{'-large' if large else ''}.tif"
        paths.append(path)
        if path.exists():
            continue
        plan = recipe(crystal, counts)
        imaging = replace(plan.imaging, pixel_size=(pixel, pixel))
        plan = replace(plan, size=(SIDE, SIDE), imaging=imaging)
        image = simulate(plan, np.random.default_rng(SEED)).image.pixels
        write_tiff(path, np.tile(image, (REPEATS, REPEATS)) if large else image, (pixel, pixel))
    return paths


def compared(before: Columns, after: Columns, spacing: float) -> str:
    """Cells of a table: columns gained and lost, and how far the others moved."""
    pairs = pair_columns(before, after.positions, GATE * spacing)
    moves = after.positions[pairs.found] - before.positions[pairs.true]
    sigma = np.stack([before.sigma_y, before.sigma_x], axis=1)[pairs.true]
    away = np.hypot(*(moves / sigma).T)
    away = away[np.isfinite(away)]
    ratio = np.nanmedian(after.sigma_y[pairs.found] / before.sigma_y[pairs.true])
    gained, lost = len(after) - len(pairs.found), len(before) - len(pairs.true)
    shares = " | ".join(f"{value:.3f}" for value in np.quantile(away, [0.5, 0.99, 1.0]))
    return f"{len(before)} | {gained} | {lost} | {shares} | {ratio:.3f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("images", nargs="*", type=Path)
    parser.add_argument("--large", action="store_true", help="4096 x 4096 pixels")
    parser.add_argument("--against", type=Path, help="OUT of another run")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    images = given.images or drawn(given.out, given.large)
    start = min(cost(START).seconds for _ in range(3))
    print(f"Start: {start:.2f} s.\n\n| image | columns | s | MB | LoG and fits, s |")
    print("|---|---|---|---|---|")
    spacings = {}
    for image in images:
        table = given.out / f"{image.stem}.columns.csv"
        ours = cost(LOCATE, image, table)
        found = Columns.from_csv(table)
        spacings[image] = typical_spacing(found.positions, (SIDE, SIDE))
        log = cost(LOG, image, given.out / f"{image.stem}.log.csv", spacings[image])
        row = f"{image.stem} | {len(found)} | {ours.seconds:.2f} | {ours.memory:.0f}"
        print(f"| {row} | {log.seconds:.2f} |", flush=True)
    if given.against is None:
        return
    print(
        "\n| image | columns before | gained | lost | moved, standard errors: median | 99 % |",
        end="",
    )
    print(" most | standard errors, ratio |\n|---|---|---|---|---|---|---|---|")
    for image in images:
        before, after = (
            Columns.from_csv(folder / f"{image.stem}.columns.csv")
            for folder in (given.against, given.out)
        )
        print(f"| {image.stem} | {compared(before, after, spacings[image])} |")


if __name__ == "__main__":
    main()
