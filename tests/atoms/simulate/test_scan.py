"""What a scan does wrong at atomic resolution, beside a scan of which nothing is said."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.scan import COLUMN_HEIGHT, StemScan
from colonnade.core.instrument.scan import Scan, draw_scan
from colonnade.core.work.draws import Draws
from colonnade.core.work.recipe import field_meanings, load

PIXEL = 0.02
POSITIONS = np.array([[3.0, 90.0], [70.0, 20.0], [99.0, 99.0]])
SIZE = (100, 100)


@pytest.mark.parametrize("seed", range(5))
def test_a_scan_of_which_nothing_is_said_moves_nothing(seed: int) -> None:
    scan = draw_scan(Scan(), Draws(np.random.default_rng(seed)), PIXEL, COLUMN_HEIGHT)
    np.testing.assert_allclose(scan.move(POSITIONS, SIZE), POSITIONS, atol=1e-12)
    image = np.random.default_rng(seed).random(SIZE, dtype=np.float32)
    shifted = scan.shift(image, np.random.default_rng(seed))
    np.testing.assert_allclose(shifted, image, atol=1e-6)


def test_the_scan_of_a_stem_moves_columns_by_less_than_a_bond() -> None:
    """Half a bond, 0.1 nm, is more than any slow error is: no column takes another's place."""
    for seed in range(20):
        scan = draw_scan(StemScan(), Draws(np.random.default_rng(seed)), PIXEL, COLUMN_HEIGHT)
        moved = (scan.move(POSITIONS, SIZE) - POSITIONS) * PIXEL
        steps = np.diff(moved, axis=0) / np.diff(POSITIONS * PIXEL, axis=0)
        assert np.abs(steps).max() < 1.0
        assert 0.001 < np.abs(moved).max() < 0.5


def test_every_error_but_the_random_walk_is_there_by_default() -> None:
    changed = {
        item.name for item in fields(Scan) if getattr(StemScan(), item.name) != item.default
    }
    relative = {"hum_period", "settling"}
    assert changed == {item.name for item in fields(Scan)} - relative - {"walk"}


def test_what_a_recipe_leaves_out_keeps_the_default_of_a_stem(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text("version = 1\n[scan]\ndrift = [0.0, 0.0]\n", encoding="utf-8")
    scan = load(Simulation, path).scan
    assert scan == StemScan(drift=(0.0, 0.0))
    assert scan.jitter == (0.0, 0.02)


def test_keys_of_the_recipe_mean_what_the_scan_of_all_wings_says() -> None:
    assert field_meanings(StemScan) == field_meanings(Scan)
    assert "[nm]" in field_meanings(Simulation)["scan.jitter"]


def test_a_taller_column_takes_more_of_a_random_walk_along() -> None:
    """The slow part of a walk moves columns, the fast part is noise of the rows."""
    walk = Scan(walk=(0.01, 0.01))
    short, tall = (
        draw_scan(walk, Draws(np.random.default_rng(3)), PIXEL, rigid) for rigid in (0.02, 0.2)
    )
    line = np.stack([np.arange(100.0), np.full(100, 50.0)], axis=1)
    rough = [np.diff((scan.move(line, SIZE) - line)[:, 1]).std() for scan in (short, tall)]
    assert rough[1] < 0.5 * rough[0]
