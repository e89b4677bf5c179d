"""A page with an empty viewer, and what reads its pixels."""

import base64
import io
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))  # for site_of_viewer

from site_of_viewer import Site, handler

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Error, Page

READ = """([name, stage]) => {
  const root = document.querySelector("#place > div").shadowRoot;
  return root.querySelectorAll(".stage")[stage].querySelector(`canvas.${name}`).toDataURL();
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The server, for a whole file of tests."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def opened(browser: "Browser", site: Site) -> "Iterator[Page]":
    """A page, 900 wide and 700 high, for a whole file of tests."""
    context = browser.new_context(viewport={"width": 900, "height": 700})
    page = context.new_page()
    page.goto(site.address)
    page.wait_for_load_state("load")
    yield page
    context.close()


@pytest.fixture
def page(opened: "Page") -> "Iterator[Page]":
    """The page with a new viewer that is empty; nothing may go wrong in it unseen."""
    errors: list[str] = []

    def note(error: "Error") -> None:
        errors.append(str(error))

    opened.on("pageerror", note)
    opened.evaluate("fresh()")
    yield opened
    opened.remove_listener("pageerror", note)
    assert errors == []


@pytest.fixture
def canvas(page: "Page") -> Callable[..., np.ndarray]:
    """Read the RGBA pixels of a canvas when everything is drawn, (y, x, channel)."""

    def read(name: str = "image", stage: int = 0) -> np.ndarray:
        page.wait_for_timeout(300)
        address = page.evaluate(READ, [name, stage])
        png = base64.b64decode(address.partition(",")[2])
        return np.array(Image.open(io.BytesIO(png)).convert("RGBA"))

    return read
