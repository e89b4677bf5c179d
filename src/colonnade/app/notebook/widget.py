"""The viewer in a notebook."""

from base64 import b64encode
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from colonnade.app.images.levels import Levels
from colonnade.app.notebook.scene import Overlay, Scene
from colonnade.app.notebook.still import draw_still
from colonnade.app.results.edited import edited
from colonnade.atoms.columns import Columns
from colonnade.core.errors import ColonnadeError

Message = dict[str, Any]

HEIGHT = 480
"""Of the viewer [px of the page]."""


class View(anywidget.AnyWidget):
    """An image in a notebook, and what a person does with it.

    Pixels go to the browser tile by tile when they are looked at, and stay out of the notebook's
    file, which keeps a small picture.

    Parameters
    ----------
    scene
        What is shown.
    height
        Of the viewer [px of the page].

    Attributes
    ----------
    edits : list of dict
        What was added, deleted and moved by hand; may be set.
    selected : int or None
        Row of the table that was clicked last.
    region : dict or None
        The rectangle that was drawn last: ``y0``, ``x0``, ``y1`` and ``x1`` [px].
    height : int
        Of the viewer [px of the page].
    """

    _esm = Path(__file__).parents[1].joinpath("viewer.js").read_text(encoding="utf-8")

    height = traitlets.Int(HEIGHT).tag(sync=True)
    edits: Any = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Int(None, allow_none=True).tag(sync=True)
    region: Any = traitlets.Dict(None, allow_none=True).tag(sync=True)

    def __init__(self, scene: Scene, height: int = HEIGHT) -> None:
        self._scene = scene
        self._visible: NDArray[np.uint8] | None = None
        self._seen: bytes | None = None
        super().__init__(height=height)
        self.on_msg(self._take)

    @property
    def columns(self) -> Columns | None:
        """The columns after the edits; None where there are none.

        Their label ``edited`` is 0 as they were found, 1 if moved, and 2 if added.
        """
        points = self._scene.points
        return None if points is None else edited(points.columns, self.edits)

    @property
    def visible(self) -> NDArray[np.bool_] | None:
        """Which of the points are shown, such as ``columns.score > 0.5``; None for all."""
        return None if self._visible is None else self._visible.astype(bool)

    @visible.setter
    def visible(self, mask: ArrayLike | None) -> None:
        if self._scene.points is None:
            raise ValueError("there are no points to be shown or not")
        count = len(self._scene.points.columns)
        self._visible = (
            None
            if mask is None
            else np.broadcast_to(np.asarray(mask, bool), count).astype(np.uint8)
        )
        self.send({"type": "visible"}, self._visible_buffers())

    @property
    def picture(self) -> bytes:
        """What was seen last in the notebook, as PNG; before that, a small picture of it."""
        return self._seen or self._still

    @cached_property
    def _still(self) -> bytes:
        return draw_still(self._scene)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "image/png": b64encode(self._still).decode()}, metadata

    def _take(self, _: Any, message: Message, buffers: list[memoryview]) -> None:
        """Answer a message of the browser."""
        if message["type"] == "tile":
            self._send_tile(message)
        elif message["type"] == "ready":
            for answer, sent in self._messages():
                self.send({**answer, "to": message["view"]}, sent)
        elif message["type"] == "picture":
            self._seen = bytes(buffers[0])

    def _send_tile(self, wanted: Message) -> None:
        answer = {"type": "tile", "id": wanted["id"]}
        place = [wanted[name] for name in ("axis", "plane", "level", "row", "col")]
        try:
            tile = self._images[wanted["image"]].tile(*place)
        except (ColonnadeError, LookupError) as error:
            self.send({**answer, "error": str(error)})
            return
        self.send({**answer, "dtype": tile.dtype.name, "shape": tile.shape}, [tile.tobytes()])

    @cached_property
    def _images(self) -> dict[str, Levels]:
        scene = self._scene
        overlays = {"compare": scene.other, "layer": scene.layer}
        return {"image": scene.image} | {
            name: each.levels for name, each in overlays.items() if each is not None
        }

    def _messages(self) -> Iterator[tuple[Message, list[bytes]]]:
        """Give all that a browser must know to show the scene."""
        scene = self._scene
        yield {"type": "image", **self._described("image")}, []
        if scene.other is not None:
            titles = [scene.image.name, scene.other.title]
            options = {**_placed(scene.other), "titles": titles}
            yield (
                {
                    "type": "compare",
                    "mode": "swipe",
                    **self._described("compare"),
                    "options": options,
                },
                [],
            )
        if scene.layer is not None:
            options = {**_placed(scene.layer), "shown": False}
            yield {"type": "layer", **self._described("layer"), "options": options}, []
        if scene.points is not None:
            values = scene.points.values()
            sent = np.array(list(values.values())).astype("<f8").tobytes()
            message = {
                "type": "points",
                "rows": len(scene.points.columns),
                "columns": list(values),
            }
            message |= {"words": scene.points.words(), "options": scene.points.options()}
            yield message, [sent, *self._visible_buffers()]

    def _described(self, name: str) -> Message:
        return {"image": name, "manifest": self._images[name].manifest.to_json()}

    def _visible_buffers(self) -> list[bytes]:
        return [] if self._visible is None else [self._visible.tobytes()]


def _placed(overlay: Overlay) -> Message:
    scale = overlay.scale
    return {"title": overlay.title, "scale": [scale, scale], "origin": [0, 0]}
