"""Pages that show an image with points, and the servers behind them."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from colonnade import app
from colonnade.app.images.levels import Levels

VIEWER = Path(app.__file__).parent / "viewer.js"
MOTION = """
const around = (k) => [Math.sin(k / 20), Math.cos(k / 20)].map((each) => side * (0.5 + each / 10));
const nearer = (k) => 0.5 * (1 - Math.cos(k / 25));
"""
"""Where the middle of the view is, and how far it has come from the whole image to its pixels."""

COLONNADE = """
import { mount, restSource, decodeTable } from "./viewer.js";
const viewer = mount(document.getElementById("place"));
viewer.on("ready", () => { globalThis.firstPicture ||= performance.now(); });
const source = await restSource("", "image");
const side = source.manifest.axes.z.shape[0];
viewer.setImage(source);
const [answer] = await Promise.all([fetch("/table")]);
const table = decodeTable(await answer.arrayBuffer());
const show = (name) => table.rows && viewer.setPoints(table, { colourBy: name });
show("score");
const whole = 630 / side;
const centre = [side / 2, side / 2];
const { low, high } = source.manifest;
globalThis.driver = {
  whole: () => viewer.setView({ zoom: whole, centre }),
  shift: (k) => viewer.setView({ zoom: whole, centre: around(k) }),
  pan: (k) => viewer.setView({ zoom: 3 * whole, centre: around(k) }),
  zoom: (k) => viewer.setView({ zoom: whole * (8 / whole) ** nearer(k), centre }),
  contrast: (k) => viewer.setContrast({ low: low + k, high: high - k }),
  recolour: (k) => show(k % 2 ? "score" : "strain"),
};
"""

PANEL = """
const side = SIDE;
const idle = setInterval(() => {
  const document = globalThis.Bokeh?.documents[0];
  if (!document?.is_idle) return;
  clearInterval(idle);
  requestAnimationFrame(() => setTimeout(() => { globalThis.firstPicture = performance.now(); }));
  const all = [...document._all_models.values()];
  const named = (name) => all.find((model) => model.name === name);
  const [x, y, image, points] = ["x", "y", "image", "points"].map(named);
  const view = ([cy, cx], half) => {
    x.setv({ start: cx - half, end: cx + half });
    y.setv({ start: cy + half, end: cy - half });
  };
  const middle = [side / 2, side / 2];
  const { low, high } = image.glyph.color_mapper;
  globalThis.driver = {
    whole: () => view(middle, side / 2),
    shift: (k) => view(around(k), side / 2),
    pan: (k) => view(around(k), side / 6),
    zoom: (k) => view(middle, (side / 2) * (80 / side) ** nearer(k)),
    contrast: (k) => image.glyph.color_mapper.setv({ low: low + k, high: high - k }),
    recolour: (k) => {
      const field = k % 2 ? "score" : "strain";
      points.glyph.fill_color = { ...points.glyph.fill_color, field };
    },
  };
}, 20);
"""


@dataclass(frozen=True)
class Scene:
    """An image of 16 bit and columns on it.

    Parameters
    ----------
    image
        Grey levels.
    y, x
        Positions of the columns [px].
    score, strain
        Two quantities of each.
    """

    image: NDArray[np.uint16]
    y: NDArray[np.float64]
    x: NDArray[np.float64]
    score: NDArray[np.float64]
    strain: NDArray[np.float64]

    @classmethod
    def drawn(cls, side: int, count: int) -> "Scene":
        """An image of noise and bright columns, so many on a jittered lattice."""
        random = np.random.default_rng(side + count)
        along = max(round(count**0.5), 1)
        rows, columns = np.divmod(np.arange(count), along)
        y = (rows + 0.5) * side / along + random.normal(0, 0.3, count)
        x = (columns + 0.5) * side / along + random.normal(0, 0.3, count)
        wave = np.cos(2 * np.pi * (np.arange(side) / side * (along if count else 100) - 0.5))
        bright = 900 * np.exp(2 * (wave[:, None] + wave[None, :] - 2))
        image = random.poisson(300 + bright).astype(np.uint16)
        return cls(image, y, x, random.random(count), random.normal(0, 0.01, count))

    def table(self) -> bytes:
        """The columns as the viewer takes them."""
        columns = {"y_px": self.y, "x_px": self.x, "score": self.score, "strain": self.strain}
        header = json.dumps({"rows": self.y.size, "columns": list(columns)}).encode()
        header += b" " * (-(4 + len(header)) % 8)
        values = np.concatenate(list(columns.values())).astype("<f8")
        return len(header).to_bytes(4, "little") + header + values.tobytes()


class Handler(BaseHTTPRequestHandler):
    """Answers with what `answer` has for a path, and counts what it sends."""

    protocol_version = "HTTP/1.1"
    sent: ClassVar[int]

    def answer(self, path: str) -> tuple[bytes, dict[str, str]]:
        """What stands at a path: its bytes and headers."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Send it."""
        body, headers = self.answer(self.path)
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # a tile that is no longer wanted
            self.wfile.write(body)
        type(self).sent += len(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Empty(Handler):
    """A page with nothing on it."""

    sent = 0

    def answer(self, path: str) -> tuple[bytes, dict[str, str]]:
        """The page, whatever the path."""
        noted = "requestAnimationFrame(() => { globalThis.firstPicture = performance.now(); });"
        page = f'<!doctype html><link rel="icon" href="data:,"><script>{noted}</script>'
        return page.encode(), {"Content-Type": "text/html"}


def colonnade_site(scene: Scene) -> type[Handler]:
    """The viewer, which asks for tiles."""
    levels = Levels(scene.image)

    class Site(Handler):
        sent = 0

        def answer(self, path: str) -> tuple[bytes, dict[str, str]]:
            match path.split("/")[1:]:
                case ["viewer.js"]:
                    return VIEWER.read_bytes(), {"Content-Type": "text/javascript"}
                case ["table"]:
                    return scene.table(), {}
                case [*_, "images", "image"]:
                    return json.dumps(levels.manifest.to_json()).encode(), {}
                case [*_, "tiles", axis, plane, level, row, column]:
                    numbers = int(plane), int(level), int(row), int(column)
                    tile = levels.tile(axis, *numbers)
                    shape = f"{tile.shape[0]},{tile.shape[1]}"
                    return tile.tobytes(), {"X-Dtype": str(tile.dtype), "X-Shape": shape}
                case ["page.js"]:
                    script = COLONNADE.replace("const whole", f"{MOTION}\nconst whole")
                    return script.encode(), {"Content-Type": "text/javascript"}
            page = (
                "<!doctype html><style>* { margin: 0 } #place { height: 700px }</style>"
                '<div id="place"></div><script type="module" src="page.js"></script>'
            )
            return page.encode(), {"Content-Type": "text/html"}

    return Site


def panel_site(scene: Scene) -> type[Handler]:
    """A page of Panel with a figure of Bokeh, everything in it."""
    panel, bokeh = import_module("panel"), import_module("bokeh.plotting")
    models, resources = import_module("bokeh.models"), import_module("bokeh.resources")
    side = scene.image.shape[0]
    figure = bokeh.figure(
        width=900,
        height=700,
        x_range=models.Range1d(0, side, name="x"),
        y_range=models.Range1d(side, 0, name="y"),
    )
    low, high = np.percentile(scene.image, (0.5, 99.5))
    grey = models.LinearColorMapper("Greys256", low=float(low), high=float(high))
    figure.image([scene.image], x=0, y=0, dw=side, dh=side, color_mapper=grey, name="image")
    if scene.y.size:
        colours = models.LinearColorMapper("Viridis256", low=-0.03, high=1.0)
        source = models.ColumnDataSource(
            {"x": scene.x, "y": scene.y, "score": scene.score, "strain": scene.strain}
        )
        figure.scatter(
            "x",
            "y",
            source=source,
            size=3,
            line_color=None,
            fill_color={"field": "score", "transform": colours},
            name="points",
        )
    page = io.StringIO()
    panel.pane.Bokeh(figure).save(page, resources=resources.INLINE)
    script = PANEL.replace("SIDE", str(side)) + MOTION
    before, end, after = page.getvalue().rpartition("</body>")
    whole = f"{before}<script>{script}</script>{end}{after}".encode()

    class Site(Handler):
        sent = 0

        def answer(self, path: str) -> tuple[bytes, dict[str, str]]:
            return (whole if path == "/" else b""), {"Content-Type": "text/html"}

    return Site


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve it on this machine, and say where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
