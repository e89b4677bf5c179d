"""A site with the viewer on a page, and images made here, as a server would give them."""

import contextlib
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np

from colonnade import app

VIEWER = Path(app.__file__).parent / "viewer.js"
TILE = 512
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Viewer</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="page.css">
<script type="module" src="page.js"></script>
<main><h1>Viewer</h1><div id="place"></div></main></html>"""
STYLE = """* { margin: 0 } h1 { position: absolute; clip-path: inset(50%) }
#place { width: 900px; height: 700px }"""
SCRIPT = """import * as viewer from "./viewer.js";
globalThis.colonnade = viewer;
globalThis.source = (image) => viewer.restSource("", image);
globalThis.fresh = () => {
  globalThis.viewer?.destroy();
  globalThis.viewer = viewer.mount(document.getElementById("place"));
};
fresh();
globalThis.show = async (image) => {
  const ready = new Promise((resolve) => globalThis.viewer.on("ready", resolve));
  globalThis.viewer.setImage(await globalThis.source(image));
  await ready;
};"""


@dataclass
class Picture:
    """A volume (z, y, x), stack or image, cut into levels and tiles."""

    pixels: np.ndarray
    pixel_size: tuple[float, float] | None = None
    voxel_size: tuple[float, float, float] | None = None
    tilts: list[float] | None = None
    axes: tuple[str, ...] = ("z",)
    tile: int = TILE
    asked: list[str] = field(default_factory=list)
    kept: dict[tuple[str, int, int], np.ndarray] = field(default_factory=dict)

    def planes(self, axis: str) -> np.ndarray:
        """The pixels as planes along an axis."""
        stack = self.pixels if self.pixels.ndim == 3 else self.pixels[None]
        return np.moveaxis(stack, "zyx".index(axis), 0)

    def level(self, axis: str, plane: int, level: int) -> np.ndarray:
        """A plane in which each pixel is the mean over 2**level squared."""
        key = (axis, plane, level)
        if key not in self.kept:
            self.kept[key] = _coarser(self.planes(axis)[plane], 2**level)
        return self.kept[key]

    def manifest(self) -> dict[str, Any]:
        """What the viewer is told first."""
        finite = self.pixels[np.isfinite(self.pixels)]
        counts, edges = np.histogram(finite, 256)
        low, high = np.percentile(finite, (0.5, 99.5))
        return {
            "axes": {axis: self._axis(axis) for axis in self.axes},
            "dtype": str(self.pixels.dtype),
            "tile": self.tile,
            "minimum": float(finite.min()),
            "maximum": float(finite.max()),
            "low": float(low),
            "high": float(high),
            "histogram": {
                "first": float(edges[0]),
                "last": float(edges[-1]),
                "counts": counts.tolist(),
            },
            "voxel_size": self.voxel_size,
            "tilts": self.tilts,
        }

    def _axis(self, axis: str) -> dict[str, Any]:
        planes, *shape = self.planes(axis).shape
        levels = [{"factor": 1, "shape": shape}]
        while max(levels[-1]["shape"]) > self.tile:
            factor = 2 * levels[-1]["factor"]
            levels.append({"factor": factor, "shape": [-(-n // factor) for n in shape]})
        pixel_size = self.pixel_size
        if self.voxel_size:
            pixel_size = tuple(
                size for name, size in zip("zyx", self.voxel_size, strict=True) if name != axis
            )
        return {"planes": planes, "shape": shape, "levels": levels, "pixel_size": pixel_size}


def _coarser(whole: np.ndarray, factor: int) -> np.ndarray:
    """Means over squares of so many pixels, of those that are numbers."""
    if factor == 1:
        return whole
    rows, columns = (-(-n // factor) for n in whole.shape)
    padded = np.zeros((2, rows * factor, columns * factor))
    known = np.isfinite(whole)
    padded[:, : whole.shape[0], : whole.shape[1]] = np.where(known, whole, 0), known
    total, count = padded.reshape(2, rows, factor, columns, factor).sum(axis=(2, 4))
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0).astype("f4")


@dataclass
class Site:
    """A server on this machine with the viewer, a page and images."""

    pictures: dict[str, Picture] = field(default_factory=dict)
    address: str = ""

    def answer(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        """What stands at a path: its bytes and headers."""
        files = {
            "/": (PAGE, "text/html"),
            "/page.css": (STYLE, "text/css"),
            "/page.js": (SCRIPT, "text/javascript"),
        }
        if path in files:
            text, kind = files[path]
            return text.encode(), {"Content-Type": kind}
        if path == "/viewer.js":
            return VIEWER.read_bytes(), {"Content-Type": "text/javascript"}
        match path.split("/")[2:]:
            case ["images", name] if name in self.pictures:
                manifest = json.dumps(self.pictures[name].manifest())
                return manifest.encode(), {"Content-Type": "application/json"}
            case ["images", name, "tiles", axis, *numbers] if name in self.pictures:
                return self._tile(self.pictures[name], axis, *map(int, numbers))
        return None

    def _tile(
        self, picture: Picture, axis: str, plane: int, level: int, row: int, col: int
    ) -> tuple[bytes, dict[str, str]]:
        picture.asked.append(f"{axis}/{plane}/{level}/{row}/{col}")
        size = picture.tile
        whole = picture.level(axis, plane, level)
        tile = whole[row * size : (row + 1) * size, col * size : (col + 1) * size]
        shape = f"{tile.shape[0]},{tile.shape[1]}"
        return tile.tobytes(), {"X-Dtype": str(tile.dtype), "X-Shape": shape}


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = site.answer(self.path)
            body, headers = answer or (b'{"error": "There is no such image"}', {})
            self.send_response(200 if answer else 404)
            self.send_header("Content-Length", str(len(body)))
            policy = "default-src 'self'; img-src 'self' blob: data:"
            self.send_header("Content-Security-Policy", policy)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the viewer wanted it no more
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
