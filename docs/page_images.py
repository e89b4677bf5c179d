"""Draw the pictures of the page for its guide: python docs/page_images.py."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
LONGEST_MS = 600_000
COLOURS = 200


@contextmanager
def page_served() -> Iterator[str]:
    """Run the page, and give its address."""
    command = [sys.executable, "-m", "colonnade", "serve", "--port", "0", "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield next(line.strip() for line in server.stdout if line.startswith("http"))
        finally:
            server.terminate()


def draw(page: Page, wing: str, press: str, name: str) -> None:
    """Walk a wing with its sample, and keep what is seen at the end."""
    page.get_by_role("tab", name=wing).click()
    page.get_by_role("button", name="Try the sample").click()
    page.get_by_role("button", name=press, exact=True).click()
    page.locator("#result .sentence").first.wait_for()
    if wing == "Atom columns":
        page.get_by_role("button", name="Strain", exact=True).click()
        page.locator(".maps .sentence").wait_for()
    page.wait_for_timeout(2000)  # until the image rests
    page.screenshot(path=IMAGES / name)
    with Image.open(IMAGES / name) as taken:
        fewer = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    fewer.save(IMAGES / name, optimize=True)


def main() -> None:
    """Draw all of them."""
    with page_served() as address, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(LONGEST_MS)
        page.goto(address)
        draw(page, "Atom columns", "Find columns", "page-atoms.png")
        draw(page, "Super-resolution", "Upscale", "page-sem.png")
        draw(page, "Tomograms", "Reconstruct", "page-tomo.png")
        browser.close()


if __name__ == "__main__":
    main()
