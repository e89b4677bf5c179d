"""Take the picture of the guide to notebooks: JupyterLab in a browser.

    python docs/notebook_image.py

Needs ``pip install colonnade[notebook,browser]`` and Chromium.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

import colonnade
from colonnade.core.files.batch import sample

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.app.conftest import CHROMIUM, QUIET  # noqa: E402
from tests.app.notebook.conftest import serving_lab  # noqa: E402

TARGET = ROOT / "docs" / "images" / "notebook.png"
CELL = """\
import colonnade
from colonnade.core.files.batch import sample

image = colonnade.read(sample())
columns = colonnade.locate(image)
view = colonnade.view(image, columns, colour_by="intensity")
view"""
PATIENCE_MS = 60_000
COLOURS = 200


def main() -> None:
    """Run the cell, click on a column, and keep what is seen."""
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        with serving_lab(folder) as address:
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
            notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
            nbformat.write(notebook, folder / "notebooks" / "columns.ipynb")
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
            page = browser.new_page(viewport={"width": 1000, "height": 840})
            show(page, address.replace("/lab?", "/doc/tree/columns.ipynb?"))
            page.screenshot(path=TARGET)
            browser.close()
    with Image.open(TARGET) as taken:
        taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
            TARGET, optimize=True
        )


def chosen() -> tuple[float, float]:
    """Give the column that is nearest to the middle of the sample, from there [px]."""
    image = colonnade.read(sample())
    places = colonnade.locate(image).positions - (np.array(image.shape) - 1) / 2
    y, x = places[np.argmin(np.square(places).sum(1))]
    return float(y), float(x)


def show(page: Page, address: str) -> None:
    """Open the notebook, run it, and click on a column."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    page.get_by_text("Python 3 (ipykernel)").first.wait_for()
    page.wait_for_timeout(3000)  # until the kernel is there
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    stage = page.get_by_role("application", name="Image")
    page.get_by_text("float32").wait_for()
    box = stage.bounding_box()
    assert box is not None
    height, width = colonnade.read(sample()).shape
    zoom = min(box["width"] / width, box["height"] / height)
    y, x = chosen()
    middle = {"y": box["height"] / 2, "x": box["width"] / 2}
    stage.click(position={"y": middle["y"] + y * zoom, "x": middle["x"] + x * zoom})
    page.wait_for_timeout(2000)


if __name__ == "__main__":
    main()
