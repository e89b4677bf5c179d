"""Along which side of the views the tilt axis runs, and that it is said where it matters."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.tomo.bench.test_series import NAMES, Geometry, recipe_of
from colonnade.tomo.reconstruct.align.align import ALONG_X, align
from colonnade.tomo.reconstruct.align.direction import runs_along_x
from colonnade.tomo.reconstruct.source import open_series
from colonnade.tomo.simulate.series import simulate
from colonnade.tomo.tilts import TiltSeries


def series_of(family: str) -> TiltSeries:
    recipe = replace(recipe_of(family, Geometry(48, 70.0), 200.0), size=(48, 24, 48))
    return simulate(recipe, np.random.default_rng(3)).series


@pytest.mark.parametrize("family", NAMES)
def test_the_axis_runs_along_the_side_whose_profiles_stay(family: str) -> None:
    views = np.asarray(series_of(family).views)
    assert not runs_along_x(views)
    assert runs_along_x(np.rot90(views, 1, (1, 2)))


def test_who_aligns_about_the_wrong_axis_is_told() -> None:
    series = series_of("catalyst")
    turned = TiltSeries(np.rot90(np.asarray(series.views), 1, (1, 2)), series.angles)
    assert ALONG_X not in align(series).notes
    assert align(turned).notes[0] == ALONG_X


@pytest.mark.parametrize("name", ["needle/HAADF.mrc", "HAADF.dm3"])
def test_so_it_is_in_real_series(shared_data: Path, name: str) -> None:
    series = open_series(shared_data / "tomo" / name)
    assert runs_along_x(np.stack([series.view(n) for n in range(series.shape[0])]))
