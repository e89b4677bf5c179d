"""How fast the viewer is in a browser that draws in software, and Panel with Bokeh beside it.

    python benchmarks/app/frames.py [--sides 2048 4096] [--points 0 10000 100000]

Wants Chromium and playwright; Panel and Bokeh take part where they are installed. An image of
16 bit with columns on a jittered lattice is shown, in a window of 900 x 700, by a browser without
a GPU, and by one that is denied its software rasteriser too. Printed are

- the seconds to the first picture from opening the page, and the bytes that came for it,
- frames a second while the whole image with all its points is moved, while the view pans over a
  third of it, and while it zooms from the whole image to single pixels,
- the milliseconds until new grey levels, and new colours of all points, are drawn,

each with the processor time that the browser took for it, which does not ask what else the machine
was doing: of the browser and all its processes, for each frame or change. First comes what an
empty page takes to its first frame in each browser, which is nobody's to save.
"""

import argparse
import os
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pages import Empty, Handler, Scene, colonnade_site, panel_site, serve
from processor import children, seconds_of_tree

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_NAME = "chromium/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-gpu")
BROWSERS = {"software": (), "no rasteriser": ("--disable-software-rasterizer",)}
WINDOW = {"width": 900, "height": 700}

SECONDS = 2.5
"""So long each motion lasts [s]."""

CHANGES = 7
"""Changes of grey levels and of colours of which the median is given."""

WATCH = """for (const name of ["putImageData", "drawImage"]) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...what) {
    globalThis.painted = true;
    return draw.apply(this, what);
  };
}"""
"""Note that an image was drawn."""

FRAMES = """async ([motion, seconds]) => {
  const start = performance.now();
  const end = start + 1000 * seconds;
  let frames = 0;
  for (let k = 0; performance.now() < end; k++) {
    globalThis.painted = false;
    driver[motion](k);
    await new Promise(requestAnimationFrame);
    if (globalThis.painted) frames++;
  }
  return 1000 * frames / (performance.now() - start);
}"""
"""Move a view in every frame that the browser gives, and count those in which it is drawn."""

CHANGE = """async ([change, count]) => {
  const took = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    driver[change](i);
    await new Promise(requestAnimationFrame);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    took.push(performance.now() - start);
  }
  return took;
}"""
"""Change something and wait until the frame after is drawn."""


@dataclass(frozen=True)
class Cost:
    """What something costs: by the clock or in frames a second, and of the processor."""

    value: float
    processor: float


@dataclass(frozen=True)
class Result:
    """What was measured of one program on one scene."""

    first: Cost
    megabytes: float
    whole: Cost
    pan: Cost
    zoom: Cost
    contrast: Cost
    recolour: Cost | None


def main() -> None:
    """Measure all and print them."""
    parser = argparse.ArgumentParser(description="Frames a second of the viewer")
    parser.add_argument("--sides", type=int, nargs="+", default=[2048, 4096])
    parser.add_argument("--points", type=int, nargs="+", default=[0, 10_000, 100_000])
    parser.add_argument("--browsers", nargs="+", default=list(BROWSERS), choices=list(BROWSERS))
    options = parser.parse_args()
    programs: dict[str, Callable[[Scene], type[Handler]]] = {"colonnade": colonnade_site}
    if find_spec("panel") and find_spec("bokeh"):
        programs["panel"] = panel_site
    print(
        "browser, image, points, program: first s (cpu), MB; whole, pan, zoom frames/s"
        " (cpu ms each); contrast, recolour ms (cpu ms)"
    )
    for browser in options.browsers:
        with opened(browser) as (page, process), serve(Empty) as address:
            first = first_picture(page, process, address)
        print(f"{browser}, an empty page: {first.value:.2f} ({first.processor:.2f})", flush=True)
    for side in options.sides:
        for count in options.points:
            scene = Scene.drawn(side, count)
            for browser in options.browsers:
                for name, make in programs.items():
                    result = measured(browser, make(scene), scene)
                    print(f"{browser}, {side}, {count}, {name}: {in_words(result)}", flush=True)


def in_words(result: Result) -> str:
    """Say it in a line."""
    recolour = result.recolour
    return (
        f"{result.first.value:.2f} ({result.first.processor:.2f}), {result.megabytes:.1f};"
        f" {result.whole.value:.0f} ({result.whole.processor:.0f}),"
        f" {result.pan.value:.0f} ({result.pan.processor:.0f}),"
        f" {result.zoom.value:.0f} ({result.zoom.processor:.0f});"
        f" {result.contrast.value:.0f} ({result.contrast.processor:.0f}),"
        + (f" {recolour.value:.0f} ({recolour.processor:.0f})" if recolour else " -")
    )


def measured(browser: str, handler: type[Handler], scene: Scene) -> Result:
    """Open a page in a fresh browser and measure what it does."""
    with serve(handler) as address, opened(browser) as (page, process):
        page.add_init_script(WATCH)
        first = first_picture(page, process, address)
        sent = handler.sent
        page.wait_for_timeout(2000)
        return Result(
            first,
            sent / 1e6,
            motion(page, process, "shift"),
            motion(page, process, "pan"),
            motion(page, process, "zoom"),
            change(page, process, "contrast"),
            change(page, process, "recolour") if scene.y.size else None,
        )


def first_picture(page: Any, process: int, address: str) -> Cost:
    """Seconds from opening a page until its first picture, and processor time for it."""
    before = seconds_of_tree(process)
    page.goto(address, timeout=300_000)
    page.wait_for_function("globalThis.firstPicture > 0", timeout=300_000)
    spent = seconds_of_tree(process) - before
    return Cost(float(page.evaluate("firstPicture")) / 1000, spent)


def motion(page: Any, process: int, name: str) -> Cost:
    """Frames a second, and processor time for each."""
    before = seconds_of_tree(process)
    frames = float(page.evaluate(FRAMES, [name, SECONDS]))
    spent = seconds_of_tree(process) - before
    page.wait_for_timeout(500)
    return Cost(frames, 1000 * spent / (frames * SECONDS))


def change(page: Any, process: int, name: str) -> Cost:
    """Milliseconds until a change is drawn, and processor time for each."""
    page.evaluate("driver.whole()")
    page.wait_for_timeout(1500)
    before = seconds_of_tree(process)
    took = page.evaluate(CHANGE, [name, CHANGES])
    spent = seconds_of_tree(process) - before
    return Cost(statistics.median(took), 1000 * spent / CHANGES)


@contextmanager
def opened(browser: str) -> Iterator[tuple[Any, int]]:
    """An empty page in a browser of its own, and the number of the process that it hangs on."""
    with import_module("playwright.sync_api").sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *BROWSERS[browser]]
        )
        page = running.new_page(viewport=WINDOW)
        yield page, children(os.getpid(), CHROMIUM_NAME)[0]
        running.close()


if __name__ == "__main__":
    main()
