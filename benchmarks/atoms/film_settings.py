"""What each setting of following and of registration does, varied one by one.

    python benchmarks/atoms/film_settings.py [--films 4]

Columns are followed in drawn tables, without images: a lattice of 12 px of which every column is
found in half of all frames, with errors of 0.5 px and three ghosts a frame, under a drift that
walks at random; and atoms far from each other that are found in nine frames of ten and hop now
and then, with one ghost a frame. A column is split if it has several tracks, a track is mixed if
it has several columns; hops are counted that are found, and that are claimed wrongly. Frames are
registered in drawn films: the error of the drift, and how far the average is from the specimen,
in units of its contrast. `usual` is all settings as they are.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from film_images import MARGIN, Film, Setting, draw_film
from scipy.ndimage import shift as moved

from colonnade import Columns
from colonnade.atoms.locate.films.film import follow
from colonnade.atoms.locate.films.settings import FOLLOW_DEFAULTS, FollowSettings
from colonnade.core.arrays import Array, Indices
from colonnade.core.images.series.register import average, register
from colonnade.core.images.series.settings import REGISTRATION_DEFAULTS, RegistrationSettings

SIDE, FRAMES, SPACING = 160, 60, 12.0

FOLLOWING: dict[str, tuple[Any, ...]] = {
    "gate": (0.2, 0.45),
    "recent": (2.0, 30.0),
    "chance": (1e-2, 1e-8),
    "gap": (1, 20),
    "hop": (1.0, 2.0),
    "pause": (1, 15),
    "lasting": (2, 6),
    "few": (1, 12),
    "outlying": (1.5, 6.0),
    "rounds": (2, 12),
}

REGISTERING: dict[str, tuple[Any, ...]] = {
    "memory": (4.0, 100.0),
    "alike": (0.6, 0.97),
    "rigid_rounds": (1, 4),
    "row_rounds": (0, 1, 4),
    "lags": (6, 40),
    "reach": (0.5, 6.0),
    "covered": (0.2, 0.9),
}

FILMS = (
    Setting("SrTiO3 [100]", 20, 30, jitter=(0.5, 1.0)),
    Setting("Au [110]", 5, 40),
    Setting("GaAs [110]", 20, 30, drift=1.0),
)

SEEN = 3
"""Hops are wanted whose atom was found so often before and after."""

GHOST = -1
"""Stands for the number of what is no column."""

Some = TypeVar("Some", FollowSettings, RegistrationSettings)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a film, what each is, and what the truth is.

    Parameters
    ----------
    frames
        What was found.
    number
        Of each column, `GHOST` where it is none.
    drift
        Of each frame, rows of (y, x) [px].
    hops
        Pairs of numbers of which the second is where the first has hopped.
    """

    frames: list[Columns]
    number: list[Indices]
    drift: Array
    hops: set[tuple[int, int]]


def lattice_film(seed: int) -> Table:
    """Draw a lattice."""
    rng = np.random.default_rng([seed, 1])
    along = np.arange(-3 * SPACING, SIDE + 3 * SPACING, SPACING)
    places = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2) + 4.0
    return _table(rng, [places] * FRAMES, set(), found=0.5, sigma=0.5, ghosts=3)


def atoms_film(seed: int) -> Table:
    """Draw atoms that hop; each rest between two hops has a number of its own."""
    rng = np.random.default_rng([seed, 2])
    cells = 27.0 * np.stack(np.meshgrid(*[np.arange(6)] * 2, indexing="ij"), axis=-1)
    places = cells.reshape(-1, 2) + rng.uniform(4, 9, (36, 2))
    current = np.arange(len(places))
    states: list[Array] = []
    hops = set()
    for _ in range(FRAMES):
        for atom in np.flatnonzero(rng.random(len(current)) < 0.005):
            turn = rng.uniform(0, 2 * np.pi)
            there = places[current[atom]] + 12.0 * np.array([np.sin(turn), np.cos(turn)])
            hops.add((int(current[atom]), len(places)))
            current[atom] = len(places)
            places = np.concatenate([places, there[None]])
        state = np.full_like(places, np.nan)
        state[current] = places[current]
        states.append(state)
    return _table(rng, states, hops, found=0.9, sigma=0.3, ghosts=1)


def _table(
    rng: np.random.Generator,
    states: Sequence[Array],
    hops: set[tuple[int, int]],
    found: float,
    sigma: float,
    ghosts: int,
) -> Table:
    drift = np.cumsum(rng.normal(0, 0.5, (len(states), 2)), axis=0)
    drift -= drift[0]
    frames, numbers = [], []
    for places, shift in zip(states, drift, strict=True):
        shown = places + shift
        seen = ((shown > 0) & (shown < SIDE - 1)).all(1) & (rng.random(len(shown)) < found)
        number = np.flatnonzero(seen)
        at = shown[number] + rng.normal(0, sigma, (len(number), 2))
        at = np.concatenate([at, rng.uniform(0, SIDE - 1, (ghosts, 2))])
        errors = np.full(len(at), sigma)
        frames.append(Columns(at[:, 0], at[:, 1], errors, errors))
        numbers.append(np.concatenate([number, np.full(ghosts, GHOST)]))
    return Table(frames, numbers, drift, hops)


def followed(table: Table, settings: FollowSettings) -> tuple[float, ...]:
    """Splits, mixed tracks, error of the drift [px], hops that are found and that are wrong."""
    film = follow(table.frames, (SIDE, SIDE), settings=settings)
    track, number = film.columns.labels["track"], np.concatenate(table.number)
    known = (track >= 0) & (number != GHOST)
    pairs, often = np.unique(np.stack([track[known], number[known]]), axis=1, return_counts=True)
    split, mixed = (pairs.shape[1] - len(np.unique(one)) for one in pairs[::-1])
    error = film.drift.shifts - table.drift
    rms = float(np.sqrt(np.mean((error - error.mean(axis=0)) ** 2)))
    main = {int(t): int(n) for t, n in pairs.T[np.argsort(often)]}
    onward = film.tracks.labels["hopped_to"]
    claimed = {
        (main.get(int(t), GHOST), main.get(int(onward[t]), GHOST))
        for t in np.flatnonzero(onward >= 0)
    }
    right = len(claimed & table.hops)
    often_seen = {int(one) for one in np.flatnonzero(np.bincount(number[known]) >= SEEN)}
    wanted = {pair for pair in table.hops if set(pair) <= often_seen}
    return split, mixed, rms, right, len(claimed - table.hops), len(wanted)


def misfit(film: Film, settings: RegistrationSettings) -> float:
    """How far the average is from the specimen, in units of its contrast."""
    made = average([one.pixels for one in film.images], settings)
    height, width = made.pixels.shape
    offset = np.median(made.drift.shifts - film.drift, axis=0)
    there = moved(film.clean, -offset, order=5)
    part = there[MARGIN : MARGIN + height, MARGIN : MARGIN + width]
    rest = (made.pixels - part)[6:-6, 6:-6]
    return float(np.std(rest) / np.std(part[6:-6, 6:-6]))


def varied(usual: Some, values: dict[str, tuple[Any, ...]]) -> Iterator[tuple[str, Some]]:
    """Give each setting each of its values."""
    yield "usual", usual
    for name, others in values.items():
        for value in others:
            yield f"{name} {value:g}", replace(usual, **{name: value})


def print_following(films: int) -> None:
    """Print the table of following."""
    lattices = [lattice_film(seed) for seed in range(films)]
    atoms = [atoms_film(seed) for seed in range(films)]
    head = ("lattice: split, mixed", "drift [px]", "atoms: split, mixed", "drift [px]")
    print("| setting |", " | ".join(head), "| hops: found, wrong, true |")
    print("|---" * 6 + "|")
    for name, settings in varied(FOLLOW_DEFAULTS, FOLLOWING):
        cells = []
        for tables in (lattices, atoms):
            rows = np.array([followed(table, settings) for table in tables])
            split, mixed, _, right, wrong, true = rows.sum(axis=0)
            cells.append(f"{split:g}, {mixed:g} | {np.sqrt(np.mean(rows[:, 2] ** 2)):.3f}")
        print(f"| {name} | {cells[0]} | {cells[1]} | {right:g}, {wrong:g}, {true:g} |", flush=True)


def print_registering(films: int) -> None:
    """Print the table of registration."""
    drawn = {one: [draw_film(one, seed) for seed in range(films)] for one in FILMS}
    print("\n| setting |", " | ".join(f"{one}: drift [px], misfit" for one in FILMS), "|")
    print("|---" * (1 + len(FILMS)) + "|")
    for name, settings in varied(REGISTRATION_DEFAULTS, REGISTERING):
        cells = []
        for each in drawn.values():
            drift = [
                film.drift_error(register([one.pixels for one in film.images], settings).shifts)
                for film in each
            ]
            rest = [misfit(film, settings) for film in each]
            cells.append(f"{np.sqrt(np.mean(np.square(drift))):.3f}, {np.mean(rest):.3f}")
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--films", type=int, default=4)
    given = parser.parse_args()
    print_following(given.films)
    print_registering(max(1, given.films // 2))


if __name__ == "__main__":
    main()
