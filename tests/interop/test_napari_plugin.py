"""The plugin reads, and does each verb, without a screen."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from drawn_columns import drawn_image, needs

import colonnade
from colonnade import Columns, write_tiff
from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.batch import sample
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import read_volume
from colonnade.core.files.tilts import read_tilts
from colonnade.core.files.write import write_mrc
from colonnade.core.work.progress import Progress
from colonnade.interop.napari_layers import LayerData, to_napari
from colonnade.interop.napari_plugin import reader

LONGEST = 120.0
"""A panel has so long to do something small [s]."""

MANIFEST = Path(reader.__file__).parent / "napari.yaml"


def test_the_manifest_names_every_suffix_that_is_read_and_no_other() -> None:
    patterns = re.findall(r'- "\*(\..+)"', MANIFEST.read_text())
    assert sorted(patterns) == sorted([*SUFFIXES, reader.TABLE])


def test_the_reader_takes_what_we_know_and_nothing_else(tmp_path: Path) -> None:
    assert reader.get_reader("a.dm4") is not None
    assert reader.get_reader(["a.dm4", "b.columns.csv"]) is not None
    assert reader.get_reader("results.csv") is None
    assert reader.get_reader(["a.dm4", "b.txt"]) is None
    with pytest.raises(FileError, match="does not exist"):
        reader.read(str(tmp_path / "a.tif"))


def test_the_reader_gives_images_volumes_and_tables(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", drawn_image(None).pixels, (0.02, 0.05))
    ((data, shown, kind),) = reader.read(str(tmp_path / "a.tif"))
    assert (kind, data.shape, shown["scale"], shown["name"]) == (
        "image",
        (30, 52),
        [0.02, 0.05],
        "a",
    )
    ((data, shown, kind),) = reader.read(str(sample("tomo.mrc")))
    assert (kind, data.ndim) == ("image", 3)
    assert shown["metadata"]["tilts"] == list(read_tilts(sample("tomo.rawtlt")))
    Columns(np.ones(2), np.arange(2.0), pixel_size=(0.1, 0.2)).to_csv(tmp_path / "a.columns.csv")
    ((data, shown, kind),) = reader.read([str(tmp_path / "a.columns.csv")])
    assert (kind, data.tolist(), shown["name"]) == ("points", [[1, 0], [1, 1]], "a.columns")


def test_what_is_no_image_is_said(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(7))
    with pytest.raises(ImageError, match="holds a spectrum"):
        reader.read(str(tmp_path / "a.npy"))


@pytest.fixture
def viewer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Hold layers as the window of napari does."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    from napari.components import ViewerModel
    from qtpy.QtWidgets import QApplication

    keep = QApplication.instance() or QApplication([])
    yield ViewerModel()
    keep.processEvents()


def show(viewer: Any, data: LayerData, panel: Any = None) -> Any:
    """Add a layer, and tell a panel of it as the window of napari does."""
    from napari.layers import Layer

    layer = viewer.add_layer(Layer.create(*data))
    if panel is not None:
        panel.reset_choices()
    return layer


def click(panel: Any, button: str = "start") -> None:
    getattr(panel.work, button).native.click()


def wait(panel: Any) -> str:
    """Let the window live until the work is done."""
    from qtpy.QtWidgets import QApplication

    end = time.monotonic() + LONGEST
    while not panel.work.start.enabled:
        assert time.monotonic() < end, "it is not done"
        QApplication.processEvents()
        time.sleep(0.01)
    said: str = panel.work.said.value
    return said


with_napari = [needs("napari"), needs("PySide6"), pytest.mark.filterwarnings("ignore")]
pytestmark: list[Any] = []


def napari_test(function: Any) -> Any:
    for mark in with_napari:
        function = mark(function)
    return function


@napari_test
def test_npe2_accepts_the_manifest() -> None:
    from npe2 import PluginManifest

    manifest = PluginManifest.from_file(MANIFEST)
    manifest.validate_imports()
    assert len(manifest.contributions.widgets or []) == 3


@napari_test
def test_columns_are_found_and_marked(viewer: Any) -> None:
    from colonnade.interop.napari_plugin.panels import LocatePanel

    panel = LocatePanel(viewer)
    click(panel)
    assert panel.work.said.value == "there is no image; open one first"
    image = colonnade.read(sample())
    corner = image.pixels[:120, :160]
    placed = {"scale": [2, 3], "translate": [5, 7]}
    layer = show(viewer, (corner, {"name": "corner", **placed}, "image"), panel)
    assert panel.image.value is layer
    click(panel)
    assert not panel.work.start.enabled
    said = wait(panel)
    points = viewer.layers[-1]
    assert said.startswith(f"corner: {len(points.data)} columns")
    assert "note: there is no pixel size" in said
    assert len(points.data) > 20
    assert (list(points.scale), list(points.translate)) == ([2, 3], [5, 7])
    assert points.units == layer.units
    assert {"score", "sigma_x_px", "snr"} <= set(points.features)


@napari_test
def test_an_upscaled_image_covers_the_one_it_was_made_of(viewer: Any) -> None:
    from colonnade.interop.napari_plugin.panels import UpscalePanel

    image = colonnade.read(sample("sem.tif"))
    coarse = show(viewer, (image.pixels[:48, :64], {"scale": [2, 3], "units": "nm"}, "image"))
    panel = UpscalePanel(viewer)
    panel.factor.value = 2
    click(panel)
    assert "2 times finer" in wait(panel)
    finer, trust = viewer.layers[1:]
    assert finer.data.shape == trust.data.shape == (96, 128)
    for layer in (coarse, finer):  # from border to border
        low, high = layer.extent.world
        np.testing.assert_allclose(low - layer.scale / 2, [-1, -1.5])
        np.testing.assert_allclose(high + layer.scale / 2, [95, 190.5])


@napari_test
def test_a_volume_is_reconstructed(viewer: Any, tmp_path: Path) -> None:
    from colonnade.interop.napari_plugin.panels import ReconstructPanel

    whole = read_volume(sample("tomo.mrc"))
    views = whole.block((slice(None, None, 7), slice(8, 24), slice(16, 48)))
    write_mrc(tmp_path / "series.mrc", views, (None, 3.0, 3.0))
    panel = ReconstructPanel(viewer)
    show(viewer, reader.read(str(tmp_path / "series.mrc"))[0], panel)
    click(panel)
    assert "the tilts are not known" in panel.work.said.value
    panel.angles.value = f"-72:{-72 + 2 * 7 * (len(views) - 1)}:14"
    panel.method.value = "wbp"
    click(panel)
    said = wait(panel)
    assert len(viewer.layers) == 2, said
    volume = viewer.layers[-1]
    assert volume.data.shape == (32, 16, 32)
    assert list(volume.scale) == [3, 3, 3]
    assert volume.name == "series wbp"


@napari_test
def test_tilts_that_the_file_says_are_proposed(viewer: Any) -> None:
    from colonnade.interop.napari_plugin.panels import ReconstructPanel

    panel = ReconstructPanel(viewer)
    show(viewer, (np.zeros((3, 4, 5)), {"metadata": {"tilts": [-60, 0, 60.5]}}, "image"), panel)
    assert panel.angles.value == "-60, 0, 60.5"


@napari_test
def test_work_can_be_stopped_and_then_gives_nothing(viewer: Any) -> None:
    from colonnade.interop.napari_plugin.work import WorkBar

    steps, begun = 0, Event()

    def task(progress: Progress) -> tuple[list[LayerData], str]:
        nonlocal steps
        for step in range(10_000):
            progress(step, 10_000)
            begun.set()
            steps = step
            time.sleep(0.005)
        return to_napari(drawn_image(None)), "all done"

    class Panel:
        work = WorkBar("Do it", lambda: task, viewer.add_layer)

    panel = Panel()
    click(panel)
    assert begun.wait(LONGEST)
    click(panel, "stop")
    assert wait(panel) == "stopped"
    assert steps < 9_999
    assert not viewer.layers


@napari_test
def test_what_goes_wrong_is_said(viewer: Any) -> None:
    from colonnade.interop.napari_plugin.work import WorkBar

    def task(progress: Progress) -> tuple[list[LayerData], str]:
        raise RuntimeError("no luck")

    class Panel:
        work = WorkBar("Do it", lambda: task, viewer.add_layer)

    panel = Panel()
    click(panel)
    assert wait(panel) == "this went wrong (RuntimeError: no luck)"
