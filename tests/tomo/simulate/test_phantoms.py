"""Specimens of every family are compact, or wide, and seen in every volume."""

import numpy as np
import pytest

from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws
from colonnade.tomo.simulate.phantoms.core_shell import CoreShell
from colonnade.tomo.simulate.phantoms.faceted import Faceted
from colonnade.tomo.simulate.phantoms.film import Film
from colonnade.tomo.simulate.phantoms.mixture import (
    FAMILIES,
    Phantoms,
    PhantomShares,
    draw_phantom,
)
from colonnade.tomo.simulate.phantoms.needle import Needle
from colonnade.tomo.simulate.phantoms.phantom import FAR, Grid, Phantom, Room
from colonnade.tomo.simulate.phantoms.porous import Porous
from colonnade.tomo.simulate.phantoms.shapes import (
    Ellipsoid,
    draw_crystal,
    draw_rotation,
    draw_splinter,
)
from colonnade.tomo.simulate.phantoms.texture import Texture
from colonnade.tomo.simulate.phantoms.waves import draw_waves

SIZE = (64, 5, 80)
DRAWN = 8
"""Specimens of each family."""


def drawn(name: str, seed: int, size: tuple[int, int, int] = SIZE) -> Phantom:
    draws = Draws(np.random.default_rng(seed))
    return FAMILIES[name](getattr(Phantoms(), name), draws, size)


@pytest.mark.parametrize("name", FAMILIES)
def test_grey_levels_go_from_nothing_to_one_and_something_is_seen(name: str) -> None:
    grid = Grid.centred(64, 80, 1.0)
    for seed in range(DRAWN):
        phantom = drawn(name, seed)
        slices = np.stack([phantom.slice(float(y), grid) for y in (-2, 0, 2)])
        assert slices.dtype == np.float32
        assert slices.min() >= 0
        assert 0.05 < slices.max() <= 1
        assert 0.005 < (slices > 0.02).mean() < 0.7


@pytest.mark.parametrize("name", [name for name in FAMILIES if name != "film"])
def test_compact_specimens_turn_within_the_volume(name: str) -> None:
    grid = Grid.centred(64, 80, 1.0)
    away = np.hypot(grid.z[:, None], grid.x)
    for seed in range(DRAWN):
        phantom = drawn(name, seed)
        assert not phantom.wide
        assert not phantom.slice(0.0, grid)[away > 32].any()


def test_a_film_goes_on_along_x_and_ends_along_z() -> None:
    grid = Grid.centred(64, 400, 1.0)
    for seed in range(DRAWN):
        phantom = drawn("film", seed)
        assert phantom.wide
        image = phantom.slice(0.0, grid)
        assert (image > 0.02).any(0).all()
        assert not image[[0, -1]].any()


@pytest.mark.parametrize("name", FAMILIES)
def test_finer_samples_show_the_same(name: str) -> None:
    phantom = drawn(name, 3)
    coarse = phantom.slice(0.5, Grid.centred(64, 80, 1.0))
    fine = phantom.slice(0.5, Grid.centred(192, 240, 1 / 3)).reshape(64, 3, 80, 3).mean((1, 3))
    assert float(np.abs(coarse - fine).mean()) < 0.05 * float(fine.mean())


def test_planes_close_together_look_alike() -> None:
    grid = Grid.centred(64, 80, 1.0)
    for name in FAMILIES:
        phantom = drawn(name, 2)
        first, near, far = (phantom.slice(y, grid) for y in (0.0, 0.1, 2.0))
        change = float(np.abs(far - first).mean())
        assert float(np.abs(near - first).mean()) <= 0.5 * change


def test_shares_keep_families_apart() -> None:
    shares = dict.fromkeys(FAMILIES, 0.0) | {"porous": 1.0, "needle": 2.0}
    recipe = Phantoms(shares=PhantomShares(**shares))
    rng = np.random.default_rng(0)
    draws = Draws(rng)
    seen = []
    for _ in range(60):
        seen.append(draw_phantom(recipe, draws, SIZE).family)
        assert draws.record["family"] == seen[-1]
    assert set(seen) == {"porous", "needle"}
    assert 25 < seen.count("needle") < 55


def test_an_ellipsoid_has_its_volume_however_it_is_turned() -> None:
    rng = np.random.default_rng(1)
    radii = np.array([5.0, 8.0, 12.0])
    shape = Ellipsoid(np.array([1.0, -2.0, 3.0]), draw_rotation(rng), radii)
    grid = Grid.centred(40, 40, 1.0)
    inside = np.stack([shape.distance(float(y), grid) < 0 for y in np.arange(-20, 20, 0.5)])
    assert inside.sum() / 2 == pytest.approx(4 / 3 * np.pi * radii.prod(), rel=0.02)


def test_polyhedra_reach_as_far_as_they_may() -> None:
    rng = np.random.default_rng(2)
    grid = Grid.centred(80, 80, 0.5)
    centre = np.zeros(3)
    for shape in (draw_crystal(rng, centre, 16.0, 2.0), draw_splinter(rng, centre, 16.0)):
        farthest = 0.0
        for y in np.arange(-18, 18, 0.5):
            inside = shape.distance(float(y), grid) < 0
            away = np.sqrt(grid.z[:, None] ** 2 + grid.x**2 + y**2)
            farthest = max(farthest, float(away[inside].max(initial=0)))
        assert 14.5 < farthest < 16
        assert shape.distance(0.0, Grid.centred(1, 1, 1.0)).item() == pytest.approx(-shape.inner)


def test_waves_vary_as_much_along_every_axis() -> None:
    waves = draw_waves(np.random.default_rng(3), 20.0, 0.2)
    grid = Grid.centred(80, 80, 1.0)
    volume = np.stack([waves.slice(float(y), grid) for y in range(80)])
    steps = [float(np.diff(volume, axis=axis).std()) for axis in range(3)]
    assert steps == pytest.approx([waves.slope] * 3, rel=0.25)
    assert float(volume.std()) == pytest.approx(1, abs=0.1)


def test_a_place_lets_the_volume_show_what_is_larger_than_it() -> None:
    rng, room = np.random.default_rng(4), Room.of((100, 3, 120))
    assert room.radius == pytest.approx(47)
    for _ in range(50):
        z, y, x = room.place(rng, 20.0)
        assert np.hypot(z, x) <= 27
        assert abs(y) <= 12


def test_no_grain_is_missed() -> None:
    grid = Grid.centred(64, 80, 1.0)
    for seed in range(3):
        phantom = drawn("grains", seed)
        seeds, greys = phantom.seeds, phantom.greys  # type: ignore[attr-defined]
        places = np.stack(np.broadcast_arrays(grid.z[:, None], 1.0, grid.x), -1)
        away = np.full(grid.shape, FAR)
        nearest = np.zeros(grid.shape, int)
        for number, seed_place in enumerate(seeds):
            distance = np.linalg.norm(places - seed_place, axis=-1)
            nearest[distance < away], away = number, np.minimum(away, distance)
        inside = phantom.outline.distance(1.0, grid) < -0.5  # type: ignore[attr-defined]
        np.testing.assert_array_equal(phantom.slice(1.0, grid)[inside], greys[nearest][inside])


@pytest.mark.parametrize(
    ("kind", "fields", "why"),
    [
        (Faceted, {"most": 1}, "faceted.most must be 2 or more"),
        (CoreShell, {"most": 1}, "core_shell.most must be 2 or more"),
        (Texture, {"scales": 0}, "texture.scales must be 1 or more"),
        (Film, {"layers": 0}, "film.layers must be 1 or more"),
        (Needle, {"kinds": 1}, "needle.kinds must be 2 or more"),
    ],
)
def test_what_cannot_be_drawn_is_refused(kind: type, fields: dict[str, int], why: str) -> None:
    with pytest.raises(RecipeError, match=why):
        kind(**fields)


@pytest.mark.parametrize(
    ("family", "name", "limits", "wanted"),
    [
        (Faceted, "reach", (1.0, 0.5), "a range must go from a smaller to a larger number"),
        (Faceted, "small", (0.0, 0.5), "phantoms.faceted.small must be above 0"),
        (CoreShell, "longest", (0.9, 2.0), "phantoms.core_shell.longest must be at least 1"),
        (Porous, "openness", (0.2, 1.0), "phantoms.porous.openness must be above 0 and below 1"),
        (Texture, "mean", (0.0, 0.0), "phantoms.texture.mean must be above 0"),
        (Film, "thickness", (-1.0, 1.0), "phantoms.film.thickness must be above 0"),
        (Needle, "filled", (-1.0, 0.1), "phantoms.needle.filled must be at least 0"),
    ],
)
def test_what_makes_no_specimen_is_refused(
    family: type, name: str, limits: tuple[float, float], wanted: str
) -> None:
    field = {CoreShell: "core_shell"}.get(family, family.__name__.lower())
    with pytest.raises(RecipeError, match=wanted):
        Phantoms(**{field: family(**{name: limits})})
