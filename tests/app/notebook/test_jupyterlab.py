"""The viewer in JupyterLab, in a browser."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from colonnade.app.results.edited import ADDED, AS_FOUND, MOVED

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SHOW = """\
import numpy as np
import colonnade
y, x = np.mgrid[:3000, :2400]
noise = np.random.default_rng(0).normal(0, 100, y.shape)
image = colonnade.Micrograph((1000 * np.sin(y / 60) * np.sin(x / 80) + noise).astype("int16"))
columns = colonnade.Columns(y=[200, 1400, 2800], x=[200, 1200, 2200], score=[0.9, 0.5, 0.1])
view = colonnade.view(image, columns)
view"""
TELL = """\
print([view.columns.y.tolist(), view.columns.labels["edited"].tolist()])
view.visible = columns.score > 0.7"""
LARGEST_FILE = 300_000
"""An image of 14 MB is in the notebook as a picture of less than this [bytes]."""


def _write(path: Path, *cells: str) -> None:
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat")
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(made, path)


def _run_cell(page: "Page", number: int) -> None:
    page.locator(".jp-CodeCell .cm-content").nth(number).click()
    page.keyboard.press("Shift+Enter")


def _output(path: Path, cell: int) -> dict[str, Any]:
    output: dict[str, Any] = json.loads(path.read_text())["cells"][cell]["outputs"][0]
    return output


def _as_html(path: Path) -> str:
    """Make the page that others see, who have no kernel."""
    nbconvert = pytest.importorskip("nbconvert", reason="needs nbconvert")
    html, _ = nbconvert.HTMLExporter().from_filename(str(path))
    return str(html)


def test_an_image_is_seen_edits_come_back_and_the_file_stays_small(
    lab: str, page: "Page", tmp_path: Path
) -> None:
    path = tmp_path / "notebooks" / "look.ipynb"
    _write(path, SHOW, TELL)
    page.goto(lab.replace("/lab?", "/lab/tree/look.ipynb?"))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    _run_cell(page, 0)
    stage = page.get_by_role("application", name="Image")
    page.get_by_text("2400 px wide, 3000 high").wait_for()
    page.wait_for_function(f"({GREY_LEVELS})() > 100")

    page.get_by_role("button", name="Add", exact=True).wait_for()  # the points are there
    stage.focus()
    for key in ("n", "Delete", "n", "m", "Shift+ArrowDown"):
        stage.press(key)
    page.get_by_role("button", name="Add", exact=True).click()
    box = stage.bounding_box()
    assert box is not None
    stage.click(position={"x": box["width"] / 2, "y": box["height"] / 4})
    _run_cell(page, 1)
    page.get_by_text("[[").last.wait_for()
    page.keyboard.press("Control+s")
    page.locator(".jp-DirtyIndicator, .jp-mod-dirty").first.wait_for(state="detached")
    y, mark = json.loads("".join(_output(path, 1)["text"]))
    assert y == pytest.approx([1400.1, 2800, 750], abs=100)  # the last where it was clicked
    assert y[:2] == pytest.approx([1400.1, 2800])
    assert mark == [MOVED, AS_FOUND, ADDED]
    data = _output(path, 0)["data"]
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= data.keys()
    assert path.stat().st_size < LARGEST_FILE
    assert "data:image/png" in _as_html(path)
    _wheel_zooms_only_with_the_focus(page, stage)


def _wheel_zooms_only_with_the_focus(page: "Page", stage: "Locator") -> None:
    zoom = page.get_by_role("status", name="Zoom")
    whole = zoom.inner_text()
    stage.hover()
    page.mouse.wheel(0, -300)  # scrolls the notebook
    page.wait_for_timeout(300)
    assert zoom.inner_text() == whole
    stage.focus()
    stage.hover()
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(300)
    assert zoom.inner_text() != whole


GREY_LEVELS = """() => {
  const view = document.querySelector(".colonnade-view > div").shadowRoot;
  const canvas = view.querySelector(".stage canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data.filter((_, i) => i % 4 === 0)).size;
}"""
