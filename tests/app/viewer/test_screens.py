"""The viewer on a dense screen under fingers, and on a slow line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from site_of_viewer import Picture, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def dense(browser: "Browser", site: Site) -> "Iterator[Page]":
    """A screen with two device pixels per CSS pixel that is touched."""
    pixels = np.arange(12 * 20, dtype=np.uint8).reshape(12, 20)
    site.pictures["numbered"] = Picture(pixels)
    viewport = {"width": 900, "height": 700}
    context = browser.new_context(viewport=viewport, device_scale_factor=2, has_touch=True)
    page = context.new_page()
    page.goto(site.address)
    page.wait_for_load_state("load")
    page.evaluate("show('numbered')")
    yield page
    context.close()


def test_a_dense_screen_is_drawn_in_its_own_pixels(dense: "Page") -> None:
    dense.evaluate("viewer.setContrast({low: 0, high: 255}); viewer.setView({zoom: 30.5})")
    dense.wait_for_timeout(200)
    width, shades = dense.evaluate("""() => {
      const root = document.querySelector("#place > div").shadowRoot;
      const canvas = root.querySelector("canvas.image");
      const { view } = viewer.surface;
      const [y, x] = view.toScreen(4, 7).map((n) => Math.round(n * view.ratio));
      const { data } = canvas.getContext("2d").getImageData(x - 32, y, 64, 1);
      return [canvas.width, Array.from(data).filter((_, i) => i % 4 === 0)];
    }""")
    assert width == 1800
    # The pixel is 61 device pixels wide, and its middle is where it is said to be.
    assert shades.count(4 * 20 + 7) == 61
    assert abs(shades.index(87) - (64 - 61) / 2) <= 1


def test_two_fingers_zoom_about_what_they_hold(dense: "Page") -> None:
    dense.evaluate("viewer.setView({zoom: 30, centre: [5, 9]})")
    box = dense.locator(".stage").first.bounding_box()
    assert box
    client = dense.context.new_cdp_session(dense)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [
            {"x": box["x"] + x, "y": box["y"] + y, "id": i} for i, (x, y) in enumerate(places)
        ]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    held = dense.evaluate("viewer.surface.view.toImage(300, 400)")
    touch("touchStart", (400, 300))
    touch("touchStart", (400, 300), (500, 300))
    touch("touchMove", (400, 300), (550, 300))
    touch("touchMove", (400, 300), (600, 300))
    touch("touchEnd")
    view = dense.evaluate("viewer.state().view")
    assert view["zoom"] == pytest.approx(60, rel=0.02)
    assert dense.evaluate("viewer.surface.view.toImage(300, 400)") == pytest.approx(held, abs=0.05)


def test_coarse_comes_first_and_sharp_pixels_replace_it(dense: "Page", site: Site) -> None:
    pixels = np.tile(np.array([[0, 200], [200, 0]], np.uint8), (600, 600))
    site.pictures["checks"] = Picture(pixels)
    shades = dense.evaluate("""async () => {
      const real = await source("checks");
      let open;
      const gate = new Promise((resolve) => { open = resolve; });
      const tile = async (axis, plane, level, ...place) => {
        if (level === 0) await gate;
        return real.tile(axis, plane, level, ...place);
      };
      const ready = new Promise((resolve) => viewer.on("ready", resolve));
      viewer.setImage({ manifest: real.manifest, tile });
      viewer.setContrast({ low: 0, high: 200 });
      viewer.setView({ zoom: 20 });
      const root = document.querySelector("#place > div").shadowRoot;
      const context = root.querySelector("canvas.image").getContext("2d");
      const shades = () => {
        const { data } = context.getImageData(800, 600, 200, 200);
        return [...new Set(Array.from(data).filter((_, i) => i % 4 === 0))].sort();
      };
      await ready;
      const coarse = shades();
      open();
      while (!viewer.surface.base.complete) await new Promise(requestAnimationFrame);
      return [coarse, shades()];
    }""")
    assert shades in ([[127], [0, 255]], [[128], [0, 255]])
