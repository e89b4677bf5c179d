"""Columns keep their numbers, whatever the field and they do."""

import numpy as np
import pytest
from drawn_films import SHAPE, SPACING, Drawn, drawn, wander
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.atoms.columns import typical_spacing
from colonnade.atoms.locate.films.link import Linker
from colonnade.atoms.locate.films.settings import FOLLOW_DEFAULTS
from colonnade.atoms.locate.films.sightings import NONE, Sighted
from colonnade.core.images.series.drift import Drift


def tracks(film: Drawn, said=None, error: float = 0.1) -> np.ndarray:
    """Give the track of every column of all frames."""
    drift = None if said is None else Drift(said, np.full_like(said, error))
    seen, linker = Sighted(), linker_of(film, drift)
    for one in film.frames:
        seen.add(one)
    seen.number(linker.add(one.positions) for one in film.frames)
    return np.concatenate([one.track for one in seen.each()])


def linker_of(film: Drawn, drift=None) -> Linker:
    fullest = max(film.frames, key=len)
    return Linker(typical_spacing(fullest.positions, SHAPE), SHAPE, drift)


def faults(track: np.ndarray, film: Drawn) -> tuple[int, int]:
    """How often a column has two numbers, and a number two columns."""
    site = np.concatenate(film.sites)
    pairs = np.unique(np.stack([track, site])[:, track != NONE], axis=1)
    return tuple(pairs.shape[1] - len(np.unique(one)) for one in pairs[::-1])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0.6, 1))
def test_the_columns_of_a_lattice_keep_their_numbers(seed, step, found):
    film = drawn(wander(15, step, seed), seed, found)
    split, mixed = faults(tracks(film), film)
    assert mixed == 0
    assert split <= 0.03 * len(film.places)  # where it was missed for unusually long


def test_numbers_begin_at_nought_and_leave_none_out():
    film = drawn(wander(6, 0.3, 0), 0, found=0.7)
    track = tracks(film)
    assert sorted(set(track) - {NONE}) == list(range(track.max() + 1))
    assert np.bincount(track[track != NONE]).min() >= 2


def test_a_step_of_half_a_spacing_is_followed_if_the_images_tell_it():
    drift = np.array([[0, 0], [0, 0], [0.6 * SPACING, 0.9 * SPACING], [0.6 * SPACING, 0.0]])
    film = drawn(drift, 1)
    assert faults(tracks(film, drift), film) == (0, 0)
    assert faults(tracks(film), film) != (0, 0)  # the lattice alone cannot tell


def test_what_the_images_say_is_left_alone_if_they_are_not_sure():
    film = drawn(wander(6, 0.3, 2), 2)
    wrong = film.drift + np.array([0, 0, 0.45, 0, 0, 0])[:, None] * SPACING
    assert faults(tracks(film, wrong, error=5.0), film) == (0, 0)


def test_a_frame_whose_columns_are_elsewhere_is_not_moved_there():
    """As where a search took the gaps between columns for columns."""
    film = drawn(wander(8, 0.3, 6), 6)
    frames = [one.positions for one in film.frames]
    frames[4] = frames[4] + SPACING / 2
    linker = linker_of(film, Drift(film.drift, np.full_like(film.drift, 0.1)))
    for positions in frames:
        linker.add(positions)
    assert linker.shifts == pytest.approx(film.drift, abs=0.3)


def away(film: Drawn, site: int, frames: list[range]) -> Drawn:
    """Leave a column out of some frames."""
    kept = [
        sites != site if any(number in part for part in frames) else np.ones(len(sites), bool)
        for number, sites in enumerate(film.sites)
    ]
    return Drawn(
        [one[np.flatnonzero(keep)] for one, keep in zip(film.frames, kept, strict=True)],
        [sites[keep] for sites, keep in zip(film.sites, kept, strict=True)],
        film.places,
        film.drift,
    )


@pytest.mark.parametrize(("missing", "numbers"), [(0, 1), (1, 2)])
def test_a_column_that_is_always_found_may_be_away_for_some_frames(missing, numbers):
    film = drawn(wander(60, 0.2, 3), 3, found=1.0)
    gap = FOLLOW_DEFAULTS.gap + missing
    part = away(film, middle(film), [range(30, 30 + gap)])
    assert len(set(track_of(part, middle(film)))) == numbers


def test_a_column_that_is_found_now_and_then_may_be_away_for_longer():
    film = drawn(wander(60, 0.2, 3), 3, found=1.0)
    seldom = [range(start, start + 3) for start in range(1, 28, 4)]
    gap = FOLLOW_DEFAULTS.gap + 5
    part = away(film, middle(film), [*seldom, range(29, 29 + gap)])
    assert len(set(track_of(part, middle(film)))) == 1


def middle(film: Drawn) -> int:
    """A site near the middle of the image."""
    return int(np.abs(film.places - np.array(SHAPE) / 2).sum(1).argmin())


def track_of(film: Drawn, site: int) -> np.ndarray:
    return tracks(film)[np.concatenate(film.sites) == site]


def test_a_column_that_leaves_the_field_and_comes_back_keeps_its_number():
    there = np.linspace(0, -30, 31)
    drift = np.stack([np.concatenate([there, there[::-1]]), np.zeros(62)], axis=1)
    film = drawn(drift, 4, found=1.0)
    assert faults(tracks(film), film) == (0, 0)


def test_frames_without_columns_are_passed_over():
    film = drawn(wander(6, 0.3, 5), 5)
    empty = Drawn(
        [*film.frames[:3], film.frames[0][:0], *film.frames[3:]],
        [*film.sites[:3], film.sites[0][:0], *film.sites[3:]],
        film.places,
        film.drift,
    )
    assert faults(tracks(empty), empty) == (0, 0)
    assert len(tracks(Drawn([film.frames[0][:0]] * 3, [], film.places, film.drift))) == 0
