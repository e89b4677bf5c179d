"""Drift, tracks and hops of films whose truth is known."""

import gc
import os
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn_films import SHAPE, SPACING, drawn, wander

from colonnade import Columns
from colonnade.atoms.locate.films import sightings, steady
from colonnade.atoms.locate.films.film import follow
from colonnade.core.images.series.drift import Drift


def test_drift_is_that_of_all_columns_and_its_errors_are_true():
    off = []
    for seed in range(12):
        film = drawn(wander(20, 0.5, seed), seed)
        drift = follow(film.frames, SHAPE).drift
        error = drift.shifts - film.drift
        assert np.abs(error).max() < 0.15
        off.append((error - error.mean(0)) / drift.errors)
    assert np.std(off) == pytest.approx(1, abs=0.15)


def test_positions_without_drift_are_those_in_the_first_frame():
    film = drawn(wander(20, 0.5, 1), 1)
    columns = follow(film.frames, SHAPE).columns
    sites = np.concatenate(film.sites)
    for axis, name in enumerate(("y_aligned_px", "x_aligned_px")):
        rest = columns.labels[name] - film.places[sites, axis]
        assert np.std(rest) == pytest.approx(0.2, rel=0.1)
        assert abs(np.mean(rest)) < 0.06
    assert list(np.unique(columns.labels["frame"])) == list(range(20))


def test_a_few_columns_that_run_away_do_not_take_the_drift_along():
    film = drawn(wander(20, 0.3, 2), 2)
    running = [
        replace(one, x=one.x + np.where(sites % 7 == 0, 0.15 * number, 0.0))
        for number, (one, sites) in enumerate(zip(film.frames, film.sites, strict=True))
    ]
    error = follow(running, SHAPE).drift.shifts - film.drift
    assert np.abs(error).max() < 0.2  # their mean moves by 0.4


def test_the_mean_of_a_column_is_as_good_as_its_errors_say():
    film = drawn(wander(30, 0.4, 3), 3)
    followed = follow(film.frames, SHAPE)
    tracks = followed.tracks
    often = tracks.labels["frames"] >= 20
    nearest = np.linalg.norm(film.places[None] - tracks.positions[often][:, None], axis=-1).argmin(
        1
    )
    error = tracks.positions[often] - film.places[nearest]
    error -= error.mean(0)
    assert tracks.sigma_y[often] == pytest.approx(0.2 / np.sqrt(tracks.labels["frames"][often]))
    assert np.std(error[:, 0] / tracks.sigma_y[often]) == pytest.approx(1, abs=0.2)
    assert np.median(tracks.labels["spread_y_px"][often]) == pytest.approx(0.2, rel=0.1)
    assert np.median(tracks.labels["spread_intensity"][often]) == pytest.approx(5, rel=0.15)


def test_a_track_says_where_and_how_often_it_was_seen():
    film = drawn(np.zeros((12, 2)), 4, found=1.0)
    late = [
        one[np.flatnonzero(sites != 40)]
        for one, sites in zip(film.frames, film.sites, strict=True)
    ]
    frames = [*late[:5], *film.frames[5:]]
    tracks = follow(frames, SHAPE).tracks
    (row,) = np.flatnonzero(np.linalg.norm(tracks.positions - film.places[40], axis=1) < 2)
    labels = {
        name: int(values[row]) for name, values in tracks.labels.items() if "spread" not in name
    }
    assert labels["frames"] == 7
    assert labels["in_view"] == 12
    assert (labels["first_frame"], labels["last_frame"]) == (5, 11)
    assert (tracks.labels["hopped_to"] == -1).all()


def hopping(gap: int) -> list[Columns]:
    """Atoms far from each other, one of which hops after ten frames by a spacing."""
    places = SPACING * np.array([[2.0, 2], [2, 5], [2, 9], [6, 2], [6, 6], [6, 10], [4, 4]])
    frames = []
    rng = np.random.default_rng(0)
    for number in range(20 + gap):
        at = places.copy()
        at[4, 1] += 22.0 if number >= 10 + gap else 0.0
        at += rng.normal(0, 0.1, at.shape)
        if 10 <= number < 10 + gap:
            at = np.delete(at, 4, axis=0)
        sigma = np.full(len(at), 0.1)
        frames.append(Columns(at[:, 0], at[:, 1], sigma, sigma))
    return frames


@pytest.mark.parametrize("gap", [0, 2])
def test_an_atom_that_hops_goes_on_as_another_track(gap):
    tracks = follow(hopping(gap), SHAPE).tracks
    (hopped,) = np.flatnonzero(tracks.labels["hopped_to"] >= 0)
    after = tracks.labels["hopped_to"][hopped]
    assert tracks.x[after] - tracks.x[hopped] == pytest.approx(22, abs=0.2)
    assert tracks.labels["last_frame"][hopped] == 9
    assert tracks.labels["first_frame"][after] == 10 + gap


def test_where_columns_are_few_the_images_tell_the_drift():
    drift = wander(10, 0.5, 6)
    film = drawn(drift, 6, places=np.array([[60.0, 70.0]]), found=1.0)
    said = Drift(drift + 0.01, np.full_like(drift, 0.02))
    followed = follow(film.frames, SHAPE, said)
    assert followed.drift.shifts == pytest.approx(drift, abs=1e-9)
    assert followed.drift.errors == pytest.approx(np.full_like(drift, 0.02))
    assert list(followed.columns.labels["track"]) == [0] * 10


def test_columns_without_errors_are_followed_too():
    film = drawn(wander(10, 0.3, 7), 7)
    bare = [Columns(one.y, one.x) for one in film.frames]
    followed = follow(bare, SHAPE)
    assert np.abs(followed.drift.shifts - film.drift).max() < 0.15
    assert np.isnan(followed.tracks.sigma_y).all()
    assert np.isfinite(followed.tracks.labels["spread_y_px"]).all()


def test_frames_keep_their_numbers_and_the_film_its_calibration():
    film = drawn(np.zeros((3, 2)), 8)
    calibrated = [replace(one, pixel_size=(0.02, 0.03)) for one in film.frames]
    followed = follow([film.frames[0][:0], *calibrated[1:]], SHAPE, numbers=[0, 4, 9])
    assert set(followed.columns.labels["frame"]) == {4, 9}
    assert followed.columns.pixel_size == (0.02, 0.03)
    assert followed.tracks.pixel_size == (0.02, 0.03)
    assert len(followed.drift) == 3


def test_a_film_without_columns_has_no_tracks():
    empty = Columns(np.empty(0), np.empty(0))
    followed = follow([empty] * 3, SHAPE)
    assert len(followed.columns) == len(followed.tracks) == 0
    assert (followed.drift.shifts == 0).all()


class Read(Sequence):
    """Columns of frames that are made anew each time, as they are read from files."""

    def __init__(self, frames: list[Columns]) -> None:
        self.frames, self.alive, self.most = frames, weakref.WeakSet(), 0

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, number: int) -> Columns:
        made = replace(self.frames[number])
        self.alive.add(made)
        self.most = max(self.most, len(self.alive))
        return made


def test_a_long_film_goes_through_the_disk_and_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = drawn(wander(30, 0.5, 9), 9)
    whole = follow(film.frames, SHAPE)
    monkeypatch.setattr(sightings, "IN_MEMORY", 2000)
    monkeypatch.setattr(sightings, "AT_ONCE", 300)
    monkeypatch.setattr(steady, "SAMPLE", 2**30)
    read = Read(film.frames)
    gc.collect()
    parts = follow(read, SHAPE, folder=tmp_path)
    assert read.most <= 2  # the next is made before the one before it is let go
    assert parts.drift.shifts == pytest.approx(whole.drift.shifts, abs=1e-6)
    for one, other in ((parts.columns, whole.columns), (parts.tracks, whole.tracks)):
        for (name, values), (same, expected) in zip(
            one.table().items(), other.table().items(), strict=True
        ):
            assert name == same
            assert values == pytest.approx(expected, abs=1e-6, nan_ok=True)
    del parts
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is full here")
def test_a_full_disk_is_said_to_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = drawn(wander(30, 0.5, 9), 9)
    monkeypatch.setattr(sightings, "IN_MEMORY", 2000)
    full = Path("/dev/full").open("w+b")  # noqa: SIM115
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_, **__: full)
    with pytest.raises(OSError, match=os.strerror(28)):
        follow(film.frames, SHAPE, folder=tmp_path)


def test_the_median_of_a_sample_is_nearly_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    film = drawn(wander(30, 0.5, 10), 10)
    whole = follow(film.frames, SHAPE).drift
    monkeypatch.setattr(steady, "SAMPLE", 400)
    part = follow(film.frames, SHAPE).drift
    assert part.shifts == pytest.approx(whole.shifts, abs=0.01)
    assert part.errors == pytest.approx(whole.errors, rel=0.15)


def test_intensities_of_any_size_have_a_spread() -> None:
    film = drawn(wander(6, 0.3, 11), 11)
    vast = [replace(one, intensity=1e300 * one.intensity) for one in film.frames]
    usual = follow(film.frames, SHAPE).tracks.labels["spread_intensity"]
    found = follow(vast, SHAPE).tracks.labels["spread_intensity"]
    assert found == pytest.approx(1e300 * usual, rel=1e-9)
