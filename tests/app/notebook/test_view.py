"""What a view sends to the browser, what comes back, and the picture in the notebook."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import colonnade
from colonnade import Columns, Micrograph, maps
from colonnade.core.errors import ImageError, MissingExtraError
from colonnade.core.images.volume import Volume
from colonnade.tomo.reconstruct.reconstruct import Reconstruction


@pytest.fixture
def view(monkeypatch):
    """Make views whose messages can be read."""
    widget = pytest.importorskip("colonnade.app.notebook.widget", reason="needs anywidget")

    def send(self, message, buffers=None):
        self.__dict__.setdefault("sent", []).append((message, buffers))

    monkeypatch.setattr(widget.View, "send", send)
    return colonnade.view


def _ask(shown, **message):
    """Let the browser say something, and give what it is told."""
    shown.__dict__["sent"] = []
    shown._take(shown, message, [])
    return shown.__dict__["sent"]


def _hears(shown):
    """Tell what a browser hears at first, by the kind of message."""
    return {
        message["type"]: (message, sent) for message, sent in _ask(shown, type="ready", view="a")
    }


def _tile(shown, image="image", axis="z", plane=0):
    place = {"axis": axis, "plane": plane, "level": 0, "row": 0, "col": 0}
    ((message, sent),) = _ask(shown, type="tile", id="1", image=image, **place)
    return np.frombuffer(sent[0], message["dtype"]).reshape(message["shape"])


def _columns():
    y, x = np.mgrid[10:200:12, 10:300:12].reshape(2, -1).astype(float)
    return Columns(y, x, score=np.linspace(0, 1, y.size), intensity=np.ones(y.size))


def test_pixels_come_as_they_are_asked_for(view):
    pixels = np.random.default_rng(0).integers(0, 9999, (700, 600), np.uint16)
    shown = view(Micrograph(pixels, (0.02, 0.01)))
    message, _ = _hears(shown)["image"]
    assert message["to"] == "a"
    assert message["manifest"]["axes"]["z"]["pixel_size"] == (0.02, 0.01)
    np.testing.assert_array_equal(_tile(shown), pixels[:512, :512])


def test_a_tile_that_is_not_there_is_said_to_the_browser_and_not_raised(view):
    place = {"axis": "z", "plane": 7, "level": 0, "row": 0, "col": 0}
    ((message, _),) = _ask(view(np.eye(9)), type="tile", id="1", image="image", **place)
    assert "no tile" in message["error"]


def test_the_traits_that_a_notebook_may_store_hold_no_pixels(view):
    shown = view(np.zeros((3000, 3000)), _columns())
    state = {name: value for name, value in shown.get_state().items() if name != "_esm"}
    assert len(repr(state)) < 2000


def test_points_come_with_all_that_is_known_of_them(view):
    columns = _columns().with_labels(kind=np.array(["b", "a"] * 200))
    message, (values, *_) = _hears(view(np.zeros((210, 310)), columns, colour_by="score"))[
        "points"
    ]
    table = np.frombuffer(values).reshape(-1, message["rows"])
    names = message["columns"]
    np.testing.assert_array_equal(table[names.index("score")], columns.score)
    np.testing.assert_array_equal(table[names.index("kind")][:4], [1, 0, 1, 0])
    assert message["words"] == {"kind": ["a", "b"]}
    assert message["options"] == {"colourBy": "score", "editable": True}


def test_what_is_hidden_is_told_and_stays_so(view):
    shown = view(np.zeros((210, 310)), columns := _columns())
    shown.visible = columns.score > 0.5
    message, (mask,) = shown.__dict__["sent"][-1]
    assert message["type"] == "visible"
    np.testing.assert_array_equal(np.frombuffer(mask, np.uint8), columns.score > 0.5)
    assert _hears(shown)["points"][1][1] == mask
    shown.visible = None
    assert len(_hears(shown)["points"][1]) == 1


def test_edits_of_the_browser_make_columns(view):
    shown = view(np.zeros((210, 310)), columns := _columns())
    shown.set_state({"edits": [{"op": "delete", "row": 2}], "selected": 5})
    assert len(shown.columns) == len(columns) - 1
    assert shown.selected == 5


def test_a_map_is_coloured_by_what_it_is_about(view):
    columns = _columns()
    message, _ = _hears(view(np.zeros((210, 310)), maps.strain(columns)))["points"]
    assert message["options"] == {"colourBy": "e_xx", "editable": False}
    bonds = maps.bonds(columns)
    message, (values,) = _hears(view(np.zeros((210, 310)), bonds))["points"]
    table = np.frombuffer(values).reshape(-1, message["rows"])
    middle = columns.positions[bonds.pairs].mean(1)
    np.testing.assert_allclose(table[:2].T, middle)
    assert message["options"]["colourBy"] == "length_px"


def test_a_table_of_pandas_is_marked(view):
    pytest.importorskip("pandas", reason="needs pandas")
    columns = _columns()
    message, _ = _hears(view(np.zeros((210, 310)), columns.to_pandas()))["points"]
    assert message["rows"] == len(columns)


def test_what_cannot_be_marked_is_said(view):
    with pytest.raises(ImageError, match="no column nonsense"):
        view(np.zeros((9, 9)), _columns(), colour_by="nonsense")
    with pytest.raises(ImageError, match="Spacings says nothing of places"):
        view(np.zeros((9, 9)), maps.spacings(_columns()))


def test_what_was_upscaled_lies_beside_what_was_measured(view):
    measured = np.random.default_rng(0).integers(0, 255, (64, 48), np.uint8)
    upscaled = colonnade.upscale(Micrograph(measured, (2.0, 2.0)), factor=2)
    heard = _hears(shown := view(Micrograph(measured, (2.0, 2.0)), upscaled))
    assert heard["compare"][0]["options"]["scale"] == [2, 2]
    assert heard["layer"][0]["options"]["scale"] == [2, 2]
    np.testing.assert_array_equal(_tile(shown), measured)
    np.testing.assert_array_equal(_tile(shown, "compare"), upscaled.image.pixels)
    np.testing.assert_array_equal(_tile(shown, "layer"), upscaled.half_width)
    alone = _hears(view(upscaled))
    assert alone["layer"][0]["options"]["scale"] == [1, 1]
    with pytest.raises(ImageError, match="another shape"):
        view(np.zeros((64, 64)), upscaled)


def test_a_reconstruction_has_slices_along_each_axis_and_its_errors(view):
    voxels = np.random.default_rng(0).normal(size=(20, 30, 40)).astype(np.float32)
    volume = Volume(voxels, (1.0, 1.0, 1.0), metadata={"tilts": [-60.0, 0.0, 60.0]})
    shown = view(Reconstruction(volume, None, Volume(voxels + 1)))
    manifest = _hears(shown)["image"][0]["manifest"]
    assert list(manifest["axes"]) == ["z", "y", "x"]
    assert manifest["tilts"] == (-60.0, 0.0, 60.0)
    np.testing.assert_array_equal(_tile(shown, axis="x", plane=39), voxels[:, :, 39])
    np.testing.assert_array_equal(_tile(shown, "layer", "y", 3), voxels[:, 3] + 1)


def test_a_saved_notebook_holds_a_small_picture_of_what_was_marked(view):
    noise = np.random.default_rng(0).normal(0, 1, (2000, 1000))
    position = Columns([1500.0], [250.0])
    shown = view(Micrograph(noise, (0.01, 0.02)), position)
    data, _ = shown._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert len(data["image/png"]) < 300_000
    picture = np.asarray(Image.open(BytesIO(shown.picture)).convert("RGB"), int)
    assert picture.shape[:2] == (512, 512)  # pixels are twice as wide as they are high
    marked = np.argwhere(picture[..., 0] - picture[..., 2] > 100)
    np.testing.assert_allclose(marked.mean(0), [384, 128], atol=1)


def test_the_last_picture_of_the_browser_takes_its_place(view):
    shown = view(np.eye(9))
    shown._take(shown, {"type": "picture"}, [memoryview(b"PNG")])
    assert shown.picture == b"PNG"


def test_without_its_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "colonnade.app.notebook.widget", None)
    with pytest.raises(MissingExtraError, match=r"colonnade\[notebook\]"):
        colonnade.view(np.eye(9))
