"""Stacks: sections of one solid, and what slicing does to them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import NEVER, Draws
from colonnade.sem.scene import Grid
from colonnade.sem.simulate.cells import scatter, tessellate
from colonnade.sem.simulate.instrument import Instrument
from colonnade.sem.simulate.materials.parts import Grains
from colonnade.sem.simulate.solids.balls import Balls
from colonnade.sem.simulate.solids.mixture import SOLIDS, Solids, SolidShares
from colonnade.sem.simulate.stack import Milling, StackSimulation, simulate_stack
from colonnade.sem.simulate.texture import draw_waves

STILL = Milling(
    depth=(1.0, 1.0),
    uneven=NEVER,
    misaligned=NEVER,
    drift=NEVER,
    flicker=NEVER,
    curtained=0.0,
)
IDEAL = Instrument(
    probe=NEVER,
    astigmatic=0.0,
    sharp_probe=NEVER,
    clean=1.0,
    jittering=0.0,
    streaked=0.0,
    charging=0.0,
    exported=0.0,
    gain=(1.0, 1.0),
    offset=NEVER,
)
SMALL = StackSimulation(size=(16, 32, 48), solids=Solids(shares=SolidShares(cathode=0.0)))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("in_plane", [1, 2])
def test_slices_that_show_all_of_their_thickness_are_means_of_the_truth(in_plane: int) -> None:
    recipe = replace(SMALL, in_plane=in_plane, instrument=IDEAL, milling=STILL)
    pair = simulate_stack(recipe, rng(2))
    assert pair.high.shape == (16, 32, 48)
    assert pair.low.shape == (4, 32 // in_plane, 48 // in_plane)
    blocks = pair.high.reshape(4, 4, 32 // in_plane, in_plane, 48 // in_plane, in_plane)
    np.testing.assert_allclose(pair.low, blocks.mean((1, 3, 5)), rtol=2e-4)


def test_shallow_slices_show_their_middle() -> None:
    recipe = replace(SMALL, instrument=IDEAL, milling=replace(STILL, depth=(0.25, 0.25)))
    pair = simulate_stack(recipe, rng(3))
    # A depth of one pixel around the middle is half of each of the two slices beside it.
    middle = (pair.high[1::4] + pair.high[2::4]) / 2
    np.testing.assert_allclose(pair.low, middle, rtol=2e-4)


def test_the_same_generator_gives_the_same_stack() -> None:
    one, same, other = (simulate_stack(SMALL, rng(seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.low, same.low)
    np.testing.assert_array_equal(one.high, same.high)
    assert one.drawn == same.drawn
    assert one.low.tobytes() != other.low.tobytes()


def test_what_happens_between_slices_is_not_in_the_truth() -> None:
    moving = replace(STILL, misaligned=(0.4, 0.4), flicker=(0.03, 0.03), curtained=1.0)
    pairs = [
        simulate_stack(replace(SMALL, instrument=IDEAL, milling=milling), rng(6))
        for milling in (STILL, moving)
    ]
    blocks = [pair.high.reshape(4, 4, 32, 48).mean(1) for pair in pairs]
    errors = [float((pair.low / block).std()) for pair, block in zip(pairs, blocks, strict=True)]
    assert errors[0] < 1e-3
    assert errors[1] > 0.02


def test_curtains_hang_along_y_and_go_on_for_some_slices() -> None:
    hung = replace(STILL, curtained=1.0, curtain=(0.05, 0.05), curtain_depth=(3.0, 3.0))
    recipe = replace(SMALL, size=(64, 32, 96), instrument=IDEAL, milling=hung)
    pair = simulate_stack(recipe, rng(7))
    factors = pair.low / pair.high.reshape(16, 4, 32, 96).mean(1)
    assert float(factors.std(1).max()) < 2e-3
    stripes = factors.mean(1) - 1
    assert float(stripes.std()) == pytest.approx(0.05, rel=0.05)
    near = float((stripes[1:] * stripes[:-1]).mean() / stripes.var())
    assert near > 0.8


def test_sections_of_a_ball_add_up_to_its_volume() -> None:
    ball = Balls(np.array([[15.3, 20.0, 20.0]]), np.array([9.0]), np.ones(1))
    grid = Grid.of((40, 40), 1.0, (0.0, 0.0))
    volume = 0.0
    for z in np.arange(0.25, 32, 0.5):
        image = np.zeros(grid.shape, np.float32)
        ball.section(float(z)).lay(image, grid)
        volume += 0.5 * float(image.sum())
    assert volume == pytest.approx(4 / 3 * np.pi * 9**3, rel=0.01)


def test_a_section_of_grains_shows_the_nearest_centres_in_space() -> None:
    centres = scatter(rng(8), np.full(3, -30.0), np.full(3, 70.0), 12.0)
    cells = tessellate(centres)
    greys = np.arange(1.0, len(centres) + 1)
    grains = Grains(cells, np.zeros(cells.offsets.shape), greys)
    grid = Grid.of((40, 40), 1.0, (0.0, 0.0))
    for z in (3.3, 20.0, 31.9):
        image = np.zeros(grid.shape, np.float32)
        grains.section(z).lay(image, grid)
        where = np.stack(np.meshgrid([z], grid.y, grid.x, indexing="ij"), -1)[0]
        away, nearest = cKDTree(centres).query(where, k=2)
        clear = away[..., 1] - away[..., 0] > 2
        np.testing.assert_array_equal(image[clear], greys[nearest[..., 0]][clear])
        assert clear.mean() > 0.3


def test_fields_in_space_vary_as_much_along_z_as_in_plane() -> None:
    waves = draw_waves(rng(9), 20.0, 0.2, 3)
    grid = Grid.of((80, 80), 1.0, (0.0, 0.0))
    volume = np.stack([waves.section(float(z)).on(grid) for z in range(80)])
    steps = [float(np.diff(volume, axis=axis).std()) for axis in range(3)]
    assert max(steps) / min(steps) < 1.2
    assert float(volume.std()) == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("name", SOLIDS)
def test_sections_close_together_look_alike(name: str) -> None:
    solid = SOLIDS[name](getattr(Solids(), name), Draws(rng(10)), (24, 64, 64))
    first, near, far = (solid.section(z).render((64, 64), 1.0) for z in (4.0, 4.2, 23.0))
    assert first.min() >= 0
    assert first.max() <= 1
    assert float(np.abs(near - first).mean()) < 0.4 * float(np.abs(far - first).mean())


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"factor": 0}, "factor and in_plane must be 1 or more"),
        ({"size": (18, 32, 32)}, "multiple of"),
        ({"size": (8, 32, 32)}, "at least 4 times"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, object], why: str) -> None:
    with pytest.raises(RecipeError, match=why):
        replace(SMALL, **fields)
