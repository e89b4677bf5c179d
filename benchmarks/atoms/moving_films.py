"""Films that drift and jitter: their drift, which column is which, and what an average gains.

    pip install trackpy
    python benchmarks/atoms/moving_films.py [--films 2] [--figure FIGURE.png]

Each film is drawn with a drift that walks at random from frame to frame, a slow walk from row to
row and a jitter of each row. Its frames are searched one by one by `locate`; trackpy is given the
same columns, our gate and our memory. What its `compute_drift` says, and what scikit-image's
`phase_cross_correlation` of each frame with the first says to a twentieth of a pixel, stand beside
our drift; the frames that are shifted by the latter, by cubic splines, and averaged are the peer's
average. `locate` searches all averages.

Drift is that of the frame's rows together, and its error is counted about the mean of all frames;
its bound knows electrons alone, neither jitter nor the walk.
A column is split if it has several tracks, and a track is mixed if it has several columns. Errors
of positions are counted about their median, and in units of the bound of as many electrons as the
column has had, in one frame or in all of them; only columns count that a frame can locate to a
pixel. The medians are of |error| / 0.6745, so that 1 is the bound.
"""

import argparse
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import trackpy  # type: ignore[import-not-found]
from film_images import SINGLE_ATOMS, Film, Setting, draw_film
from gaussian_fits import PIXEL_SIZE
from matplotlib.figure import Figure
from scipy.ndimage import shift as moved
from scipy.spatial import cKDTree

from colonnade import Columns, Model
from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.films.average import locate_average
from colonnade.atoms.locate.films.film import Film as Followed
from colonnade.atoms.locate.films.film import follow_frames
from colonnade.atoms.locate.films.settings import FOLLOW_DEFAULTS
from colonnade.atoms.locate.locate import locate_frame
from colonnade.core.arrays import Array, Indices
from colonnade.core.figures.plots import save_figure
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.series.register import register
from colonnade.core.images.series.settings import RegistrationSettings

SETTINGS = (
    Setting("SrTiO3 [100]", 100, 20),
    Setting("SrTiO3 [100]", 20, 30),
    Setting("SrTiO3 [100]", 20, 30, jitter=(0.5, 1.0)),
    Setting("Au [110]", 5, 60),
    Setting("WS2 [001]", 5, 40),
    Setting("GaAs [110]", 20, 30, drift=1.0),
    Setting(SINGLE_ATOMS, 20, 30, side=192),
)

LOCATED = 1.0
"""Columns whose bound in one frame is larger are not judged [px]."""

BORDER = 5.0
"""Nor are those so near to the border [px]."""

SAME = 3.0
"""A column is the one that lies so near [px]."""

NORMAL = 0.6745
"""Median of the absolute value of a normally distributed number."""


@dataclass(frozen=True, eq=False)
class Errors:
    """Errors of positions, their stated standard errors and the bounds, rows of (y, x) [px]."""

    error: Array
    sigma: Array
    bound: Array

    @classmethod
    def of(cls, found: Columns, film: Film, offset: Array, frames: int) -> "Errors":
        """Judge columns that lie where the specimen's do, but for an offset (y, x) [px]."""
        distance, nearest = cKDTree(film.columns.positions + offset).query(found.positions)
        bound = film.bound[nearest]
        side = film.images[0].shape[0]
        inner = ((found.positions > BORDER) & (found.positions < side - 1 - BORDER)).all(1)
        judged = (distance < SAME) & (bound < LOCATED).all(1) & inner
        error = found.positions - (film.columns.positions + offset)[nearest]
        sigma = np.stack([found.sigma_y, found.sigma_x], axis=1)
        error = error[judged] - np.median(error[judged], axis=0)
        return cls(error, sigma[judged], bound[judged] / np.sqrt(frames))

    def cells(self) -> str:
        """Median and root mean square, and the share within one and two standard errors."""
        over = np.abs(self.error) / self.bound
        known = np.isfinite(self.sigma)
        off = np.abs(self.error[known]) / self.sigma[known]
        return (
            f"{np.median(over, axis=0)[0] / NORMAL:.2f}, {np.median(over, axis=0)[1] / NORMAL:.2f}"
            f" | {np.sqrt(np.mean(self.error**2)):.3f}"
            f" | {100 * np.mean(off < 1):.0f}, {100 * np.mean(off < 2):.0f} |"
        )


def joined(parts: Sequence[Errors]) -> Errors:
    """Put the errors of several films together."""
    return Errors(
        *(np.concatenate([getattr(one, name) for one in parts]) for name in Errors.__annotations__)
    )


def by_trackpy(parts: Sequence[Columns], gate: float) -> tuple[Indices, Array, float]:
    """Track of each column, drift of each frame, and seconds of the processor."""
    if not any(map(len, parts)):
        return np.empty(0, np.intp), np.zeros((len(parts), 2)), 0.0
    table = pd.DataFrame(
        {
            "frame": np.repeat(np.arange(len(parts)), [len(one) for one in parts]),
            "y": np.concatenate([one.y for one in parts]),
            "x": np.concatenate([one.x for one in parts]),
        }
    )
    start = time.process_time()
    linked = trackpy.link(table, gate, memory=FOLLOW_DEFAULTS.gap)
    drift = trackpy.compute_drift(linked)[["y", "x"]]
    seconds = time.process_time() - start
    shifts = drift.reindex(range(len(parts))).ffill().fillna(0.0).to_numpy()
    tracks = linked.sort_index()["particle"].to_numpy()
    many = np.bincount(tracks)[tracks]
    return np.where(many > 1, tracks, -1), shifts, seconds


def misses(track: Indices, parts: Sequence[Columns], film: Film) -> tuple[int, int, int]:
    """Columns that were followed, how often one was split, and how often a track was mixed."""
    nearby = []
    for number, columns in enumerate(parts):
        distance, nearest = cKDTree(film.places(number)).query(columns.positions)
        nearby.append(np.where(distance < SAME, nearest, -1))
    true = np.concatenate(nearby)
    known = (track >= 0) & (true >= 0)
    pairs = np.unique(np.stack([track[known], true[known]]), axis=1)
    many, followed = (len(np.unique(one)) for one in (pairs[1], pairs[0]))
    return many, pairs.shape[1] - many, pairs.shape[1] - followed


def first_frame_shifts(film: Film) -> Array:
    """Shift of every frame by scikit-image, rows of (y, x) [px]."""
    registration = import_module("skimage.registration")
    first = film.images[0].pixels
    return np.array(
        [
            -registration.phase_cross_correlation(
                first, one.pixels, upsample_factor=20, normalization=None
            )[0]
            for one in film.images
        ]
    )


def peer_average(film: Film, shifts: Array) -> Micrograph:
    """Mean of the frames, each shifted back as a whole."""
    pairs = zip(film.images, shifts, strict=True)
    mean = np.mean([moved(one.pixels, -by, order=3, mode="nearest") for one, by in pairs], axis=0)
    return Micrograph(mean.astype(np.float32), (PIXEL_SIZE, PIXEL_SIZE))


@dataclass(frozen=True, eq=False)
class Judged:
    """What came of a film."""

    drifts: tuple[float, ...]
    ours: tuple[int, int, int]
    theirs: tuple[int, int, int]
    seconds: tuple[float, float]
    errors: dict[str, Errors]


def judge(film: Film, model: Model) -> Judged:
    """Search a film in all ways."""
    parts = [locate_frame(image, model).columns for image in film.images]
    start = time.process_time()
    followed = follow_frames(film.images, parts, range(len(parts)))
    seconds = time.process_time() - start
    images = [image.pixels for image in film.images]
    spacing = typical_spacing(max(parts, key=len).positions, film.images[0].shape)
    tracks, shifts, their_seconds = by_trackpy(parts, FOLLOW_DEFAULTS.gate * spacing)
    by_image, by_first = register(images), first_frame_shifts(film)
    drifts = (followed.drift.shifts, by_image.shifts, shifts, by_first)
    return Judged(
        (film.drift_bound, *(film.drift_error(one) for one in drifts)),
        misses(followed.columns.labels["track"], parts, film),
        misses(tracks, parts, film),
        (seconds, their_seconds),
        _position_errors(film, parts, followed, by_first, model),
    )


def _position_errors(
    film: Film, parts: Sequence[Columns], followed: Followed, by_first: Array, model: Model
) -> dict[str, Errors]:
    """Errors of one frame, of tracks, and of averages in several ways."""
    count = len(film.images)
    often = followed.tracks[followed.tracks.labels["frames"] > count / 2]
    peer = locate_frame(peer_average(film, by_first), model).columns
    errors = {
        "first frame": Errors.of(parts[0], film, film.drift[0], 1),
        "means of tracks": Errors.of(often, film, _offset(film, followed.drift.shifts), count),
        "mean, scikit-image": Errors.of(peer, film, _offset(film, by_first), count),
    }
    for name, rounds in (("average, as wholes", 0), ("average, row by row", 2)):
        made = locate_average(film.images, model, settings=RegistrationSettings(row_rounds=rounds))
        offset = _offset(film, made.average.drift.shifts)
        errors[name] = Errors.of(made.result.columns, film, offset, count)
    return errors


def _offset(film: Film, shifts: Array) -> Array:
    """Where the specimen lies in what frames were shifted to."""
    return np.asarray(np.median(film.drift - shifts, axis=0))


def report(results: dict[Setting, list[Judged]]) -> None:
    """Print the tables."""
    print("| film | bound | columns and images | images alone | trackpy | scikit-image |")
    print("|---" * 6 + "|")
    for setting, judged in results.items():
        rms = np.sqrt(np.mean(np.square([one.drifts for one in judged]), axis=0))
        print(f"| {setting} |", " | ".join(f"{one:.3f}" for one in rms), "|")
    print("\n| film | columns, split, mixed | trackpy | seconds | trackpy |")
    print("|---" * 5 + "|")
    for setting, judged in results.items():
        ours, theirs = (
            np.sum([getattr(o, n) for o in judged], axis=0) for n in ("ours", "theirs")
        )
        seconds = np.sum([one.seconds for one in judged], axis=0)
        cells = [", ".join(map(str, one)) for one in (ours, theirs)]
        print(f"| {setting} |", *(f"{one} |" for one in [*cells, *np.round(seconds, 2)]))
    print("\n| film | way | median y, x / bound | RMS [px] | % within 1, 2 standard errors |")
    print("|---" * 5 + "|")
    for setting, judged in results.items():
        for name in judged[0].errors:
            errors = joined([one.errors[name] for one in judged])
            print(
                f"| {setting} | {name} |", errors.cells() if len(errors.error) else "none |  |  |"
            )


def draw(film: Film, model: Model, path: Path) -> None:
    """Draw a frame, the mean of shifted frames, the average, and the drift."""
    shifts = first_frame_shifts(film)
    made = locate_average(film.images, model)
    figure = Figure(figsize=(11, 3), layout="constrained")
    axes = figure.subplots(1, 4)
    views = (
        ("first frame", film.images[0].pixels),
        ("mean, shifted as wholes", peer_average(film, shifts).pixels),
        ("average, row by row", made.result.image.pixels),
    )
    for panel, (title, pixels) in zip(axes, views, strict=False):
        panel.imshow(pixels[:64, :64], cmap="gray")
        panel.set(title=title, xticks=[], yticks=[])
    found = made.average.drift.from_frame(0).shifts
    true = film.drift - film.drift[0]
    for axis, name in enumerate("yx"):
        axes[3].plot(true[:, axis], color="0.6", lw=3)
        axes[3].plot(found[:, axis], lw=1, label=name)
    axes[3].set(title="drift, true in grey", xlabel="frame", ylabel="px")
    axes[3].legend()
    save_figure(figure, path)


def main() -> None:
    """Judge all films, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--films", type=int, default=2)
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    trackpy.quiet()
    model = Model.load("atoms")
    report(
        {
            setting: [judge(draw_film(setting, seed), model) for seed in range(1, given.films + 1)]
            for setting in SETTINGS
        }
    )
    if given.figure:
        draw(draw_film(SETTINGS[2], 1), model, given.figure)


if __name__ == "__main__":
    main()
