"""The viewer in JupyterLab, in a browser."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOW = """\
import numpy as np
import colonnade
y, x = np.mgrid[:1500, :1200]
image = colonnade.Micrograph((1000 * np.sin(y / 30) * np.sin(x / 40)).astype("int16"), (0.01, 0.01))
columns = colonnade.Columns(y=[100, 700, 1400], x=[100, 600, 1100], score=[0.9, 0.5, 0.1])
view = colonnade.view(image, columns)
view"""
TELL = "print('edits', len(view.edits), 'columns', len(view.columns))"


def _notebook(path: Path, *cells: str) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)


def test_an_image_is_seen_and_edits_come_back(lab: str, page: "Page", tmp_path: Path) -> None:
    path = tmp_path / "notebooks" / "look.ipynb"
    _notebook(path, SHOW, TELL)
    page.goto(lab.replace("/lab?", "/lab/tree/look.ipynb?"))
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    stage = page.locator(".colonnade-view .stage")
    stage.wait_for()
    page.wait_for_timeout(3000)
    page.screenshot(path="/tmp/notebook/lab.png")
