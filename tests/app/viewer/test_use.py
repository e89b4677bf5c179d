"""What a person does with the viewer, by pointer and by keys, and what it tells."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from site_of_viewer import Picture, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
Canvas = Callable[..., np.ndarray]


def show(page: "Page", image: str, script: str = "") -> None:
    """Show an image, then do what a script says."""
    page.evaluate(f"async (image) => {{ await show(image); {script} }}", image)


def until(page: "Page", condition: str) -> None:
    """Wait for something to hold; the page's own policy forbids Playwright to poll there."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


@pytest.fixture(autouse=True)
def pictures(site: Site) -> dict[str, Picture]:
    """An image, a film, a tilt series and a volume."""
    if not site.pictures:
        random = np.random.default_rng(7)
        image = random.integers(0, 60000, (1200, 1600)).astype(np.uint16)
        stack = random.integers(0, 255, (5, 40, 60)).astype(np.uint8)
        tilts = [-60.0, -30, 0, 30, 60]
        volume = random.normal(size=(20, 30, 40)).astype(np.float32)
        site.pictures |= {
            "image": Picture(image, pixel_size=(0.02, 0.02)),
            "film": Picture(stack),
            "series": Picture(stack, tilts=tilts),
            "volume": Picture(volume, voxel_size=(1, 1, 1), tilts=tilts, axes=("z", "y", "x")),
        }
    return site.pictures


def test_the_cursor_tells_the_original_grey_level(
    page: "Page", pictures: dict[str, Picture]
) -> None:
    show(page, "image", "viewer.on('cursor', (c) => { globalThis.cursor = c; })")
    box = page.locator(".stage").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    until(page, "globalThis.cursor?.value != null")
    cursor = page.evaluate("cursor")
    row, column = round(cursor["y"]), round(cursor["x"])
    assert cursor["value"] == pictures["image"].pixels[row, column]
    line = page.locator(".status").inner_text()
    assert str(cursor["value"]) in line
    assert " nm" in line


def test_the_levels_of_a_layer_and_of_a_compared_image_are_told_too(
    page: "Page", pictures: dict[str, Picture]
) -> None:
    show(
        page,
        "film",
        "viewer.setLayer(await source('series'), {title: 'Trust', scale: 0.5});"
        "viewer.compare(await source('film'), 'swipe', {titles: ['Old', 'New'], origin: [0, 2]});"
        "viewer.setView({zoom: 8, centre: [20, 30]})",
    )
    y, x = page.evaluate("viewer.surface.view.toScreen(21, 33)")
    page.locator(".stage").first.hover(position={"x": x, "y": y})
    frame = pictures["film"].pixels[0]
    told = f"{frame[21, 33]}  ·  New {frame[21, 31]}  ·  Trust {frame[10, 16]}"
    page.locator(".value", has_text=told).wait_for()


def test_dragging_moves_the_image_with_the_hand(page: "Page") -> None:
    show(page, "image", "viewer.setView({zoom: 2})")
    before = page.evaluate("viewer.state().view.centre")
    page.mouse.move(400, 300)
    page.mouse.down()
    page.mouse.move(350, 320, steps=3)
    page.mouse.up()
    after = page.evaluate("viewer.state().view.centre")
    assert after[0] - before[0] == pytest.approx(-10)
    assert after[1] - before[1] == pytest.approx(25)


def test_the_wheel_zooms_about_the_pointer(page: "Page") -> None:
    show(page, "image")
    at = "viewer.surface.view.toImage(200, 250)"
    box = page.locator(".stage").first.bounding_box()
    assert box
    before, zoom = page.evaluate(at), page.evaluate("viewer.state().view.zoom")
    page.mouse.move(box["x"] + 250, box["y"] + 200)
    page.mouse.wheel(0, -500)
    until(page, f"viewer.state().view.zoom > {zoom} * 1.5")
    assert page.evaluate(at) == pytest.approx(before, abs=1e-6)


def test_everything_has_a_key(page: "Page") -> None:
    show(page, "image")
    page.locator(".stage").first.focus()
    press = page.keyboard.press
    fitted = page.evaluate("viewer.state().view")
    press("+")
    press("ArrowRight")
    moved = page.evaluate("viewer.state().view")
    assert moved["zoom"] > fitted["zoom"]
    assert moved["centre"][1] > fitted["centre"][1]
    press("1")
    assert page.evaluate("viewer.state().view.zoom") == 1
    press("f")
    assert page.evaluate("viewer.state().view") == fitted
    press("i")
    assert page.evaluate("viewer.state().contrast.invert")
    press("c")
    page.get_by_role("slider", name="White").press("ArrowLeft")
    assert page.evaluate("viewer.state().contrast.high") < 60000
    page.keyboard.press("Escape")
    assert not page.get_by_role("slider", name="White").is_visible()
    press("g")
    page.locator(".spoken", has_text="grey level").wait_for(state="attached")
    press("?")
    assert page.get_by_role("dialog").is_visible()
    press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_the_tab_key_comes_to_every_control_and_leaves(page: "Page") -> None:
    show(page, "film")
    names: list[str] = []
    for _ in range(20):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate("""() => {
              const at = document.activeElement?.shadowRoot?.activeElement;
              return at?.getAttribute("aria-label") ?? "";
            }""")
        )
    reached = names[names.index("Whole image") :]
    for name in [
        "1:1 pixels",
        "Brightness",
        "Invert",
        "Colours",
        "Keys",
        "Image",
        "Play",
        "Frame",
    ]:
        assert name in reached
    assert "" in reached  # out of the viewer again


def test_frames_go_by_keys_and_by_themselves(
    page: "Page", canvas: Canvas, pictures: dict[str, Picture]
) -> None:
    show(
        page,
        "film",
        "viewer.on('plane', (p) => { globalThis.planes = (globalThis.planes ?? 0) + 1; })",
    )
    page.evaluate("viewer.setContrast({low: 0, high: 255})")
    page.locator(".stage").first.focus()
    page.keyboard.press("]")
    page.keyboard.press("]")
    page.keyboard.press("[")
    assert page.evaluate("viewer.state().planes") == {"z": 1}
    assert "Frame 2 of 5" in page.locator(".film").inner_text()
    seen = canvas()
    assert (
        seen[seen.shape[0] // 2 + 2, seen.shape[1] // 2 + 2, 0]
        == (pictures["film"].pixels[1, 20, 30])
    )
    page.keyboard.press(" ")
    until(page, "globalThis.planes >= 9")
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Play").get_attribute("aria-pressed") == "false"


def test_the_views_of_a_series_say_their_tilt(page: "Page") -> None:
    show(page, "series", "viewer.setPlane('z', 1)")
    assert "View 2 of 5, \u221230.0°" in page.locator(".film").inner_text()
    assert "60° are missing" in (page.locator(".wedge").get_attribute("aria-label") or "")


def test_a_click_brings_the_slices_of_a_volume_together(page: "Page") -> None:
    show(page, "volume")
    assert page.evaluate("viewer.state().planes") == {"z": 10, "y": 15, "x": 20}
    y, x = page.evaluate("viewer.surface.view.toScreen(4, 31)")
    page.locator(".stage").first.click(position={"x": x, "y": y})
    assert page.evaluate("viewer.state().planes") == {"z": 10, "y": 4, "x": 31}
    page.get_by_role("application", name="Slice along x").press("PageDown")
    assert page.evaluate("viewer.state().planes.x") == 32
    slider = page.get_by_role("slider", name="Slice along x")
    assert slider.get_attribute("aria-valuetext") == "x 33 of 40"
    slider.press("ArrowLeft")
    assert page.evaluate("viewer.state().planes") == {"z": 10, "y": 4, "x": 31}


def test_blink_shows_one_image_and_then_the_other(page: "Page") -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, "film", "viewer.compare(await source('series'), 'blink', {titles: ['Old', 'New']})")
    badges = page.locator(".badge:visible").all_inner_texts
    assert badges() == ["Old"]
    page.wait_for_timeout(900)
    assert badges() == ["Old"]  # nothing moves by itself
    page.locator(".stage").first.focus()
    page.keyboard.press("b")
    assert badges() == ["New"]
    page.keyboard.press("w")
    divider = page.get_by_role("slider", name="Divider between the images")
    divider.press("Home")
    assert page.evaluate("viewer.surface.beside.split") == 0
    page.emulate_media(reduced_motion="no-preference")


def test_a_layer_has_a_bar_that_says_what_its_colours_mean(page: "Page") -> None:
    options = "{title: 'Trust', unit: 'grey levels', low: 2, high: 40, scale: 0.5}"
    show(page, "image", f"viewer.setLayer(await source('film'), {options})")
    bar = page.locator(".colourbar")
    assert bar.inner_text().split("\n") == ["Trust (grey levels)", "2", "40"]
    page.locator(".stage").first.focus()
    page.keyboard.press("o")
    assert not bar.is_visible()


def test_only_what_is_in_view_is_asked_for(page: "Page", site: Site) -> None:
    row = np.arange(16384, dtype=np.uint16)
    huge = Picture(np.broadcast_to(row, (16384, 16384)))
    huge.manifest = lambda: _manifest_of_a_ramp()  # type: ignore[method-assign]
    site.pictures["huge"] = huge
    for level in range(6):
        coarse = row.reshape(-1, 2**level).mean(1).astype(np.float32 if level else np.uint16)
        huge.kept["z", 0, level] = np.broadcast_to(coarse, (coarse.size, coarse.size))
    show(page, "huge")
    page.wait_for_timeout(500)
    assert huge.asked[0] == "z/0/5/0/0"
    page.evaluate("viewer.setView({zoom: 4, centre: [8000, 9000]})")
    until(page, "viewer.surface.base.complete")
    finest = {tile for tile in huge.asked if tile.startswith("z/0/0/")}
    assert finest == {"z/0/0/15/17"}
    assert len(huge.asked) < 30


def _manifest_of_a_ramp() -> dict:
    sizes = [16384 >> level for level in range(6)]
    levels = [{"factor": 2**k, "shape": [n, n]} for k, n in enumerate(sizes)]
    axis = {"planes": 1, "shape": [16384, 16384], "levels": levels, "pixel_size": None}
    histogram = {"first": 0, "last": 16383, "counts": [1] * 256}
    limits = {"minimum": 0, "maximum": 16383, "low": 0, "high": 16383}
    return {"axes": {"z": axis}, "dtype": "uint16", "tile": 512, "histogram": histogram, **limits}


def test_a_tile_that_cannot_be_read_is_told_of(page: "Page") -> None:
    page.evaluate("""async () => {
      const good = await source("film");
      const bad = async () => { throw new Error("The file has gone"); };
      viewer.setImage({ manifest: good.manifest, tile: bad });
    }""")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text() == "The file has gone"


def test_an_image_without_a_number_is_shown(page: "Page", site: Site) -> None:
    page.evaluate("""async () => {
      const { manifest } = await source("film");
      const histogram = { first: 0, last: 1, counts: Array(256).fill(0) };
      const nothing = { minimum: null, maximum: null, low: 0, high: 1, histogram };
      const data = new Float32Array(2400).fill(NaN);
      await new Promise((resolve) => {
        viewer.on("ready", resolve);
        const tile = async () => ({ data, shape: [40, 60] });
        viewer.setImage({ manifest: { ...manifest, ...nothing }, tile });
      });
    }""")
    page.get_by_role("button", name="Brightness").first.click()
    page.get_by_role("button", name="All levels").click()
    page.get_by_role("button", name="90 %").click()
    contrast = page.evaluate("viewer.state().contrast")
    assert np.isfinite([contrast["low"], contrast["high"]]).all()


def test_it_follows_the_size_of_its_element(page: "Page", canvas: Canvas) -> None:
    show(page, "image")
    page.evaluate("document.getElementById('place').style.width = '500px'")
    seen = canvas()
    assert seen.shape[1] == 500
    assert page.evaluate("viewer.surface.view.fits")
    page.evaluate("document.getElementById('place').style.width = ''")


def test_many_viewers_live_side_by_side_and_leave_nothing_behind(page: "Page", site: Site) -> None:
    before = page.evaluate("document.querySelectorAll('*').length")
    page.evaluate("""async () => {
      const places = Array.from({ length: 8 }, () => document.createElement("div"));
      document.body.append(...places);
      for (const place of places) place.style.height = "200px";
      const viewers = places.map((place) => colonnade.mount(place));
      const image = await source("image");
      await Promise.all(viewers.map((each) => new Promise((resolve) => {
        each.on("ready", resolve);
        each.setImage(image);
      })));
      for (const each of viewers) each.destroy();
      for (const place of places) place.remove();
    }""")
    page.wait_for_timeout(300)
    asked = len(site.pictures["image"].asked)
    page.wait_for_timeout(300)
    assert len(site.pictures["image"].asked) == asked
    assert page.evaluate("document.querySelectorAll('*').length") == before


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci in frontend/")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(page: "Page", scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    show(
        page,
        "volume",
        "viewer.setLayer(await source('volume')); viewer.compare(await source('film'))",
    )
    page.evaluate(AXE.read_text())
    page.get_by_role("button", name="Brightness").first.click()
    page.get_by_role("button", name="Layer settings").click()
    found = [_violations(page)]
    page.locator(".stage").first.focus()
    page.keyboard.press("?")
    found.append(_violations(page))
    page.emulate_media(color_scheme="light")
    assert found == [[], []]


def _violations(page: "Page") -> list[str]:
    return page.evaluate("""async () => {
      const { violations } = await axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" | ")}`);
    }""")
