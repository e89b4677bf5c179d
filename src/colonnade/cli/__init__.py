"""The command line: one function a verb, its options built from its types."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter

import colonnade
from colonnade.cli.apply import Length, Positive, denoise, locate, reconstruct, upscale
from colonnade.cli.export import export
from colonnade.cli.map import map_
from colonnade.cli.serve import serve
from colonnade.cli.terminal import (
    INTERRUPTED,
    SOME_FAILED,
    USER_ERROR,
    Listener,
    console,
    errors,
    heard_by,
    notes,
    progress,
)
from colonnade.core.errors import ColonnadeError, MissingExtraError
from colonnade.core.work.outcomes import reason
from colonnade.wings import Bench, Calibrate, Import, Simulate, Train, implementation, wing_card

app = App(
    name="colonnade",
    help="Numbers from electron micrographs that can be trusted.",
    version=colonnade.__version__,
    suppress_keyboard_interrupt=False,
)
models = App(name="models", help="List, show, check, calibrate and upgrade model files.")
app.command(models)
app.meta.group_parameters = Group("Session", sort_key=0)

app.command(locate)
app.command(upscale)
app.command(reconstruct)
app.command(denoise)
app.command(export)
app.command(map_, name="map")
app.command(serve)


@app.meta.default
def launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    debug: bool = False,
) -> int:
    """Run a verb.

    Parameters
    ----------
    debug
        Show where in the code an error came from.
    """
    try:
        with notes():
            return int(app(tokens, result_action="return_value") or 0)
    except ColonnadeError as error:
        if debug:
            raise
        errors.print(f"colonnade: {error}", markup=False)
        return USER_ERROR
    except MemoryError:
        if debug:
            raise
        errors.print("colonnade: there is not enough memory for it; take a smaller part of it")
        return USER_ERROR
    except Exception as error:  # what nobody has foreseen has one sentence, too
        if debug:
            raise
        said = f"colonnade: {reason(error)}; --debug shows where it came from"
        errors.print(said, markup=False)
        return USER_ERROR
    except KeyboardInterrupt:
        errors.print("colonnade: interrupted; what was finished is kept")
        return INTERRUPTED


def main() -> None:
    """Run the command line."""
    sys.exit(app.meta(result_action="return_value"))


def run(tokens: Sequence[str], listener: Listener) -> int:
    """Run the command line for a program, which hears what it prints, and give its exit status."""
    with heard_by(listener):
        return int(app.meta(tokens, result_action="return_value") or 0)


@app.command
def simulate(
    wing: str,
    *,
    out: Path,
    recipe: str | None = None,
    count: Positive = 100,
    seed: int = 0,
    workers: Positive | None = None,
    scheduler: str | None = None,
    layout: str = "zarr",
) -> None:
    """Simulate a library of labelled images.

    Writes a picture of some of them, contact.png, and a page that shows the distribution of
    everything that was drawn, library.html.

    Parameters
    ----------
    wing
        What the images show: atoms, columns of atoms; sem, pairs of coarse and sharp scanning
        electron micrographs; or tomo, tilt series and their true volumes.
    out
        Folder of the library; one that was begun with the same recipe and seed is continued.
    recipe
        Name of a recipe that the package carries, or a TOML file; without one the default
        distributions hold.
    count
        Number of images.
    seed
        The same recipe and seed give the same library.
    workers
        Number of processes; by default one for each processor. The images do not depend on it.
    scheduler
        Address of a Dask scheduler, such as tcp://host:8786, whose workers simulate instead; they
        must see the folder.
    layout
        zarr; or, for atoms, temimagenet: the folders of PNG files and tables of TEM-ImageNet.
    """
    from colonnade.core.work.processors import available_cpus

    write: Simulate = implementation(wing, "simulate")
    with progress("simulating") as advance:
        sentence = write(
            out,
            recipe=recipe,
            count=count,
            seed=seed,
            layout=layout,
            workers=workers or available_cpus(),
            scheduler=scheduler,
            progress=advance,
        )
    console.print(sentence, markup=False)


@app.command(name="import")
def import_(wing: str, folder: Path, *, out: Path, pixel_size: Length = None) -> None:
    """Bring images from elsewhere, with their truth, into a library of tiles of one size.

    For atoms, each image NAME has a table of positions NAME.columns.csv or NAME.csv, with the
    columns y_px and x_px or y and x, or a mask NAME.mask.png or masks/NAME.png. A folder in the
    layout of TEM-ImageNet is taken too.

    For sem, each field was recorded twice: low/NAME with large pixels and high/NAME with pixels
    2, 4 or 8 times finer, or NAME.low.tif and NAME.high.tif. The two are registered; pairs.csv
    says what remains of each and which do not fit, degradation.toml how the coarse ones are
    blurred and noisy.

    For tomo, there are aligned series NAME.mrc with their tilts, and their volumes
    NAME.volume.mrc, in any format.

    Parameters
    ----------
    wing
        What the images show: atoms, sem or tomo.
    folder
        Holds the images and their truth.
    out
        Folder of the library; one of sem that was begun with the same files is continued.
    pixel_size
        Size of a pixel with its unit, such as 9.8pm, of images of atoms whose files have none.
    """
    from colonnade.core.files.units import parse_length

    write: Import = implementation(wing, "import")
    size = None if pixel_size is None else parse_length(pixel_size)
    with progress("importing") as advance:
        sentence = write(folder, out, pixel_size=size, progress=advance)
    console.print(sentence, markup=False)


@app.command
def train(
    wing: str,
    *,
    out: Path,
    recipe: Path | None = None,
    data: Path | None = None,
    start: str | None = None,
    resume: bool = False,
) -> None:
    """Train a network and save it as a model file.

    Parameters
    ----------
    wing
        What the network is for: atoms, sem or tomo.
    out
        Folder for checkpoints, the log and the model.
    recipe
        TOML file that says what to train, on what, and how long. Without one the defaults hold;
        or, where a model of sem is begun with, its own recipe, shortened to some minutes.
    data
        Images to train on, some of which are kept aside to score on: a library; for atoms also a
        folder in the layout of TEM-ImageNet, for sem a folder of sharp images. Without one every
        image is simulated when it is needed.
    start
        Name of a shipped model, or a model file, whose weights to begin with; without one they
        are random.
    resume
        Go on from the last checkpoint in the folder.
    """
    try:
        run: Train = implementation(wing, "train")
    except ImportError as error:
        raise MissingExtraError("training", "train") from error
    with progress("training") as advance:
        sentence = run(recipe, out, data=data, start=start, resume=resume, progress=advance)
    if sentence:
        console.print(sentence, markup=False)


@app.command
def bench(
    wing: str,
    *,
    out: Path,
    model: list[str] | None = None,
    data: Path | None = None,
    quick: bool = False,
) -> int:
    """Compare methods on images whose truth is known, and write a report.

    Writes scores.csv, summary.json and report.html. A run that was stopped goes on where it was.

    Parameters
    ----------
    wing
        What the images show: atoms, sem or tomo.
    out
        Folder for everything.
    model
        A method, a shipped model or a model file; once for each. Some methods want to know more,
        as in columns:FOLDER. By default ours, and for sem its usual rivals and the study of how
        training decides what networks show; a name that is not known gets a list of them.
    data
        Folder of images from elsewhere, to be scored as well. atoms: each image NAME has a table
        NAME.columns.csv or NAME.csv. sem: sharp images. tomo: a library of tilt series, or real
        ones of which views are left out and predicted; simulated ones are not scored then.
    quick
        A small part of everything, for a taste.
    """
    run: Bench = implementation(wing, "bench")
    missing = run(
        model or [],
        out,
        version=colonnade.__version__,
        data=data,
        quick=quick,
        bar=progress,
    )
    console.print(f"the report is {out / 'report.html'}", markup=False)
    for name, why in missing.items():
        errors.print(f"colonnade: {name}: {why}", markup=False)
    return SOME_FAILED if missing else 0


@app.command
def info(file: Path) -> None:
    """Say what is in a file: signals, shapes, calibration, metadata and grey levels.

    Parameters
    ----------
    file
        A file of any microscope format.
    """
    from colonnade.core.files.inspection import report_file

    report_file(file, console)


@models.command(name="list")
def list_models() -> None:
    """List the models that the package carries."""
    from colonnade.core.learn.model import read_card, shipped

    for name in shipped():
        card = read_card(name)
        summary = wing_card(card.wing).of(card).summary
        console.print(f"{name:16} {card.wing}, {summary}, {card.training}", markup=False)


@models.command
def show(model: str) -> None:
    """Print the card of a model.

    Parameters
    ----------
    model
        Name of a shipped model, or a model file.
    """
    import dataclasses

    from colonnade.core.learn.model import read_card

    fields = dataclasses.asdict(read_card(model))
    for name, value in (fields | fields.pop("part")).items():
        console.print(f"{name}: {value}", markup=False)


@models.command
def check(file: Path) -> None:
    """Check that a file is a whole Colonnade model of this version.

    Parameters
    ----------
    file
        The ``.onnx`` file.
    """
    card = colonnade.Model(file).card
    wing_card(card.wing).of(card)
    console.print(f"{file} is a model for {card.wing}, named {card.name}", markup=False)


@models.command
def calibrate(model: str, *, out: Path) -> None:
    """Make the probabilities of a model right again; the network stays as it is.

    The images that this takes are simulated by the recipe of the model, and were not trained on.
    For atoms it takes some minutes, and sets the thresholds and the scores in the card too.

    Parameters
    ----------
    model
        Name of a shipped model, or a model file.
    out
        The file to write.
    """
    from colonnade.core.learn.model import read_card

    try:
        run: Calibrate = implementation(read_card(model).wing, "calibrate")
    except ImportError as error:
        raise MissingExtraError("calibration", "train") from error
    with progress("calibrating") as advance:
        run(model, out, advance)
    console.print(f"calibrated {out}", markup=False)


@models.command
def upgrade(file: Path, *, out: Path | None = None) -> None:
    """Give a model of an older Colonnade a card of this version; the network stays as it is.

    Parameters
    ----------
    file
        The ``.onnx`` file.
    out
        Where to write; by default over the file itself.
    """
    from colonnade.core.learn.upgrade import upgrade as convert

    target = file if out is None else out
    convert(file, target, wing_card)
    console.print(f"{target} has a card of this version", markup=False)
