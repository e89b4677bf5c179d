"""The viewer in marimo, in a browser."""

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.app.notebook.conftest import needs, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

APP = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import numpy as np
    import colonnade
    y, x = np.mgrid[:1500, :1200]
    image = colonnade.Micrograph((1000 * np.sin(y / 30) * np.sin(x / 40)).astype("int16"))
    columns = colonnade.Columns(y=[100, 700, 1400], x=[100, 600, 1100], score=[0.9, 0.5, 0.1])
    view = mo.ui.anywidget(colonnade.view(image, columns))
    view
    return mo, view

@app.cell
def _(mo, view):
    mo.md(f"{len(view.value['edits'])} edits, {len(view.widget.columns)} columns")
    return

if __name__ == "__main__":
    app.run()
"""


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def test_an_image_is_seen_and_cells_follow_edits(page: "Page", tmp_path: Path) -> None:
    needs("marimo", "anywidget")
    (tmp_path / "look.py").write_text(APP)
    options = ["--headless", "--no-token", f"--port={_free_port()}", "--host=127.0.0.1"]
    command = [sys.executable, "-m", "marimo", "run", *options, "look.py"]
    with serving(command, tmp_path, r"http://[\w.]+:\d+") as address:
        page.goto(address)
        page.get_by_text("1200 px wide, 1500 high").wait_for()
        page.get_by_text("0 edits, 3 columns").wait_for()
        page.get_by_role("button", name="Add", exact=True).wait_for()  # the points are there
        stage = page.get_by_role("application", name="Image")
        stage.focus()
        stage.press("n")
        stage.press("Delete")
        page.get_by_text("1 edits, 2 columns").wait_for()
        frame = page.locator(".colonnade-view > div")
        assert frame.evaluate("element => getComputedStyle(element).colorScheme") == "light"
