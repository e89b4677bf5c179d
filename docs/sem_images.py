"""The figures of the guides to super-resolution, for ``draw_images.py``."""

from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from make_sample import simulate_sample
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import zoom

import colonnade
from colonnade.core.bench.style import COLOURS, MARKERS
from colonnade.core.figures.plots import save_figure
from colonnade.core.files.batch import sample
from colonnade.core.learn.model import Model, read_card
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.card import SemCard
from colonnade.sem.library.sources import Simulator
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.instrument import Instrument
from colonnade.sem.simulate.materials.mixture import MATERIALS, Materials, Shares
from colonnade.sem.simulate.solids.mixture import Solids, SolidShares
from colonnade.sem.simulate.stack import FIB, StackSimulation, simulate_stack
from colonnade.sem.upscale.along_z.predict import predict_stack
from colonnade.sem.upscale.files import Job, upscale_files

Pixels = NDArray[np.float32]

WINDOW = (slice(790, 990), slice(400, 650))
"""Rows and columns of the finer sample that the figure of the method shows."""

SHADES = 200
"""Colours of a picture in a guide."""

SEED = 5
"""Of the images of materials."""

SIDE = 256
"""Rows and columns of each of them [px]."""


def draw_upscaled(path: Path) -> None:
    """Draw the picture that ``colonnade upscale`` draws, small enough for a README."""
    with TemporaryDirectory() as folder:
        job = Job(Model.load("light-x4"))
        failed = upscale_files(
            {sample("sem.tif"): "sem"},
            Path(folder),
            job,
            lambda text: None,
            lambda done, total: None,
        )
        assert not failed
        with Image.open(Path(folder) / "sem.x4.png") as picture:
            height = round(picture.height * 1160 / picture.width)
            small = picture.convert("RGB").resize((1160, height), Image.Resampling.LANCZOS)
    _save(small, path)


def _save(picture: Image.Image, path: Path) -> None:
    picture.quantize(SHADES, dither=Image.Dither.NONE).save(path, optimize=True)


def draw_steps(path: Path) -> None:
    """Draw what is measured, what comes of it, and how far that is from the truth."""
    truth = simulate_sample()
    made = colonnade.upscale(sample("sem.tif"))
    pixels = np.asarray(made.image.pixels, np.float32)
    panels = (
        ("measured", np.kron(truth.low, np.ones((4, 4), np.float32)), None),
        ("bicubic enlargement", enlarge(truth.low, 4), None),
        ("4 times finer", pixels, None),
        ("half-width of the 90 % interval", made.half_width, "cividis"),
        ("error: distance from the truth", np.abs(pixels - truth.high), "cividis"),
        ("truth", truth.high, None),
    )
    figure = Figure(figsize=(9.6, 5.5))
    figure.subplots_adjust(0.005, 0.005, 0.995, 0.95, wspace=0.02, hspace=0.1)
    greys = _range(truth.high)
    widest = float(np.quantile(made.half_width[WINDOW], 0.995))
    for axes, (title, image, colours) in zip(figure.subplots(2, 3).flat, panels, strict=True):
        limits = greys if colours is None else (0.0, widest)
        _show(axes, image[WINDOW], title, limits, colours or "gray")
    save_figure(figure, path, dpi=100)


def _range(image: Pixels) -> tuple[float, float]:
    dark, bright = np.quantile(image, [0.001, 0.999])
    return float(dark), float(bright)


def _show(
    axes: Axes, image: Pixels, title: str, limits: tuple[float, float], colours: str
) -> None:
    axes.imshow(image, cmap=colours, vmin=limits[0], vmax=limits[1], interpolation="nearest")
    axes.set_title(title, fontsize=10, loc="left", pad=4)
    axes.set_axis_off()


def draw_along_z(path: Path) -> None:
    """Draw sections along z and x through a stack: measured, interpolated, finer, and true."""
    recipe = StackSimulation(
        size=(80, 64, 112),
        solids=Solids(shares=SolidShares(cathode=0.0, balls=0.0)),
        instrument=replace(FIB, clean=0.0, dose=(300.0, 300.0), exported=0.0),
    )
    made = simulate_stack(recipe, np.random.default_rng(SEED))
    finer = predict_stack(Model.load("light-z4"), made.low).volume
    cubic = zoom(made.low, (made.factor, 1, 1), order=3, mode="reflect", grid_mode=True)
    panels = (
        ("measured", made.low.repeat(made.factor, axis=0)),
        ("cubic interpolation", cubic),
        ("4 times finer along z", finer),
        ("truth", made.high),
    )
    figure = Figure(figsize=(9.6, 1.95))
    figure.subplots_adjust(0.005, 0.01, 0.995, 0.88, wspace=0.02)
    for axes, (title, volume) in zip(figure.subplots(1, 4), panels, strict=True):
        _show(axes, volume[:, volume.shape[1] // 2], title, _range(made.high), "gray")
    save_figure(figure, path, dpi=100)


def draw_materials(path: Path) -> None:
    """Draw an image of each material: on the left what is measured, on the right the truth."""
    instrument = Instrument(
        clean=0.0, dose=(150.0, 400.0), sharp_probe=(0.3, 0.5), exported=0.0, charging=0.0
    )
    figure = Figure(figsize=(8.4, 8.75))
    figure.subplots_adjust(0.005, 0.005, 0.995, 0.97, wspace=0.03, hspace=0.1)
    for axes, name in zip(figure.subplots(3, 3).flat, MATERIALS, strict=True):
        shares = Shares(**{each.name: float(each.name == name) for each in fields(Shares)})
        recipe = Simulation(
            size=(SIDE, SIDE),
            materials=Materials(soft=0.0, shares=shares),
            instrument=instrument,
            faint=0.0,
        )
        pair = Simulator(recipe, SEED)(0)
        image = np.kron(pair.low, np.ones((4, 4), np.float32))
        image[:, SIDE // 2 :] = pair.high[:, SIDE // 2 :]
        _show(axes, image, pair.material, _range(pair.high), "gray")
        axes.axvline(SIDE / 2 - 0.5, color="white", lw=1)
    with TemporaryDirectory() as folder:
        save_figure(figure, Path(folder) / "materials.png", dpi=105)
        with Image.open(Path(folder) / "materials.png") as picture:
            _save(picture.convert("RGB"), path)


def draw_particles(path: Path) -> None:
    """Draw how many of the particles of each size the models show, by their factor."""
    figure = Figure(figsize=(6.0, 3.3), layout="constrained")
    axes = figure.subplots()
    for index, factor in enumerate((2, 4, 8)):
        part = SemCard.of(read_card(f"light-x{factor}"))
        axes.plot(
            part.particle_sizes,
            part.particle_recall,
            color=COLOURS[index],
            marker=MARKERS[index],
            label=f"{factor} times finer",
        )
    axes.set(xlabel="diameter [pixels of the measured image]", ylabel="share of particles shown")
    axes.set(xlim=(0, 4.2), ylim=(-0.03, 1.03))
    axes.grid(color="#EBEBEB")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    save_figure(figure, path, dpi=110)
