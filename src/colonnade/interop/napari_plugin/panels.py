"""A panel for each verb: what is worked on, what can be chosen, and the bar that does it."""

from typing import Any

import napari
import numpy as np
from magicgui.widgets import CheckBox, ComboBox, Container, LineEdit
from napari.layers import Image, Layer

from colonnade.atoms.locate.locate import Options
from colonnade.core.errors import ImageError
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume
from colonnade.core.work.processors import available_cpus
from colonnade.core.work.progress import Progress
from colonnade.interop.located import locate_in
from colonnade.interop.napari_layers import LayerData, from_napari, to_napari
from colonnade.interop.napari_plugin.work import Task, WorkBar
from colonnade.sem.upscale.upscale import upscale
from colonnade.tomo.reconstruct.align.align import align
from colonnade.tomo.reconstruct.angles import named_angles
from colonnade.tomo.reconstruct.named import parse_axis
from colonnade.tomo.reconstruct.reconstruct import Options as Reconstruction
from colonnade.tomo.reconstruct.reconstruct import reconstruct
from colonnade.tomo.reconstruct.source import turn_series
from colonnade.tomo.tilts import TiltSeries


class Panel(Container[Any]):
    """What all panels have: the choice of a layer, and the bar.

    Parameters
    ----------
    viewer
        Where layers are chosen from, and added to.
    verb
        What the button says.
    choices
        What else can be chosen.
    """

    def __init__(self, viewer: napari.Viewer, verb: str, choices: list[Any]) -> None:
        # napari has the choices made anew when there are other layers.
        self.image = ComboBox(choices=lambda _: _images(viewer), label="image")
        self.work = WorkBar(verb, self.prepare, lambda data: viewer.add_layer(Layer.create(*data)))
        super().__init__(widgets=[self.image, *choices, self.work])

    def prepare(self) -> Task:
        """Read what is chosen."""
        raise NotImplementedError

    def chosen(self) -> tuple[Image, Micrograph | Volume]:
        """Take the layer that is chosen, and what it shows."""
        layer: Image | None = self.image.value
        if layer is None:
            raise ImageError("there is no image; open one first")
        taken = from_napari(layer)
        assert isinstance(taken, Micrograph | Volume)
        return layer, taken


class LocatePanel(Panel):
    """Find the atom columns of an image layer."""

    def __init__(self, viewer: napari.Viewer) -> None:
        self.refine = ComboBox(choices=["mle", "offset", "com"], value="mle", label="refine")
        super().__init__(viewer, "Find columns", [self.refine])

    def prepare(self) -> Task:
        """Read what is chosen."""
        layer, image = self.chosen()
        options = Options(refine=self.refine.value)

        def task(progress: Progress) -> tuple[list[LayerData], str]:
            columns = locate_in(image, options, progress=progress)
            points = to_napari(image, columns)[1]
            return [_placed(points, layer)], f"{image.name}: {len(columns)} columns"

        return task


class UpscalePanel(Panel):
    """Make an image layer finer."""

    def __init__(self, viewer: napari.Viewer) -> None:
        self.factor = ComboBox(choices=[2, 4, 8], value=4, label="factor")
        super().__init__(viewer, "Upscale", [self.factor])

    def prepare(self) -> Task:
        """Read what is chosen."""
        (layer, image), factor = self.chosen(), self.factor.value

        def task(progress: Progress) -> tuple[list[LayerData], str]:
            made = upscale(image, factor=factor, progress=progress)
            ((data, shown, kind),) = to_napari(made.image)
            name = f"{image.name} x{factor}"
            trust = {**shown, "name": f"{name} half width", "visible": False}
            layers = [(data, {**shown, "name": name}, kind), (made.half_width, trust, kind)]
            return [_placed(one, layer, factor) for one in layers], made.sentence

        return task


class ReconstructPanel(Panel):
    """Reconstruct the volume of a tilt series, an image layer whose first axis counts views."""

    def __init__(self, viewer: napari.Viewer) -> None:
        self.angles = LineEdit(label="angles", tooltip="FIRST:LAST:STEP in degrees, or a file")
        self.axis = LineEdit(value="y", label="tilt axis", tooltip="y, x or degrees")
        methods = ["tv", "sirt", "wbp", "network"]
        self.method = ComboBox(choices=methods, value="tv", label="method")
        self.align = CheckBox(value=False, text="align first")
        choices = [self.angles, self.axis, self.method, self.align]
        super().__init__(viewer, "Reconstruct", choices)
        self.image.changed.connect(self._propose_angles)
        self._propose_angles()

    def prepare(self) -> Task:
        """Read what is chosen."""
        series = self._series()
        options = Reconstruction(self.method.value, workers=available_cpus())
        wants_alignment = self.align.value

        def task(progress: Progress) -> tuple[list[LayerData], str]:
            progress(0, series.shape[1])
            alignment = align(series) if wants_alignment else None
            found = reconstruct(series, options, alignment=alignment, progress=progress)
            ((data, shown, kind),) = to_napari(found.volume)
            shown |= {"name": f"{series.name} {options.method}"}
            return [(data, shown, kind)], found.assessment.sentence

        return task

    def _series(self) -> TiltSeries:
        _, views = self.chosen()
        if not isinstance(views, Volume):
            raise ImageError(f"{views.name} is one image; a tilt series has many")
        text = self.angles.value.strip()
        if not text:
            raise ImageError("the tilts are not known; write them as -60:60:2, or name a file")
        tilts = _listed_tilts(text) or named_angles(text).tilts
        _, size_y, size_x = views.voxel_size
        size = None if size_y is None or size_x is None else (size_y, size_x)
        series = TiltSeries(views.voxels, tilts, size, views.name, views.metadata)
        return turn_series(series, parse_axis(self.axis.value))

    def _propose_angles(self) -> None:
        """Show the tilts that the file of a layer says, if it does."""
        layer: Image | None = self.image.value
        tilts = None if layer is None else layer.metadata.get("tilts")
        if tilts is not None:
            self.angles.value = ", ".join(f"{tilt:g}" for tilt in tilts)


def _images(viewer: napari.Viewer) -> list[Image]:
    """The image layers of a viewer, the newest first."""
    return [layer for layer in reversed(viewer.layers) if isinstance(layer, Image)]


def _placed(data: LayerData, layer: Image, factor: int = 1) -> LayerData:
    """Put what was made of a layer on it, whatever units that counts in.

    Parameters
    ----------
    data
        What was made.
    layer
        Of which it was made.
    factor
        How many times as fine it is, along y and x. Both begin at the same border.
    """
    values, shown, kind = data
    axes = len(shown["scale"])
    finer = np.ones(axes)
    finer[-2:] = factor
    scale, translate = layer.scale[-axes:], layer.translate[-axes:]
    where = {
        "scale": scale / finer,
        "units": layer.units[-axes:],
        "translate": translate - scale * (1 - 1 / finer) / 2,
    }
    return values, {**shown, **where}, kind


def _listed_tilts(text: str) -> tuple[float, ...] | None:
    """Read tilts that are listed one after the other; None if they are not."""
    try:
        return tuple(map(float, text.replace(",", " ").split()))
    except ValueError:
        return None
