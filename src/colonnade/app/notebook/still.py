"""A small picture of what a viewer shows, for where there is none: a saved notebook."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from colonnade.app.notebook.points import Points
from colonnade.app.notebook.scene import Scene
from colonnade.core.figures.overlay import ORANGE, as_bytes, draw_scale_bar

SIDE = 512
"""Longer side of the picture [px]."""

GREY_STEP = 8
"""Grey levels are told apart in steps of this: noise in all 256 would need twice as much room."""

_COLOURS = 256

_LEAST_FOR_SCALE = 200
"""Width from which a scale bar has room [px]."""

_DOT = 1.5
"""Radius of the mark of a position [px]."""


def draw_still(scene: Scene) -> bytes:
    """Draw a plane of the image and the points on it, as PNG."""
    manifest = scene.image.manifest
    axis = manifest.axes["z"]
    plane = axis.planes // 2 if len(manifest.axes) > 1 else 0
    grey = as_bytes(scene.image.overview("z", plane), (manifest.low, manifest.high))
    height, width = axis.shape
    pixel_y, pixel_x = axis.pixel_size or (1.0, 1.0)
    tall = height * pixel_y / pixel_x
    scale = SIDE / max(tall, width)
    size = max(1, round(width * scale)), max(1, round(tall * scale))
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    small = np.asarray(Image.fromarray(grey).resize(size, way))
    shown = Image.fromarray(small // GREY_STEP * GREY_STEP).convert("RGB")
    if scene.points is not None:
        _mark(shown, scene.points, axis.shape)
    if axis.pixel_size is not None and shown.width >= _LEAST_FOR_SCALE:
        draw_scale_bar(shown, width * pixel_x / shown.width)
    file = BytesIO()
    shown.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def _mark(shown: Image.Image, points: Points, shape: tuple[int, int]) -> None:
    """Put a dot on every position of the first plane."""
    columns = points.columns
    if "frame" in columns.labels:
        columns = columns[columns.labels["frame"] == 0]
    places = (columns.positions + 0.5) / shape * (shown.height, shown.width)
    draw = ImageDraw.Draw(shown)
    for y, x in places:
        draw.ellipse((x - _DOT, y - _DOT, x + _DOT, y + _DOT), fill=ORANGE)
