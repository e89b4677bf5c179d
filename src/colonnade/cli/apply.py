"""The verbs that make something of images: columns, or finer images."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

from cyclopts import Parameter
from cyclopts.validators import Number

import colonnade
from colonnade.cli.terminal import SOME_FAILED, console, errors, progress
from colonnade.core.errors import ColonnadeError, MissingExtraError

if TYPE_CHECKING:
    from colonnade.core.files.failures import Failure
    from colonnade.core.work.parallel import Crew
    from colonnade.tomo.denoise.files import Job

Positive = Annotated[int, Parameter(validator=Number(gte=1))]
Share = Annotated[float, Parameter(validator=Number(gte=0, lte=1))]

Length = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
"""With its unit; what is wrong with one below zero is said where it is read."""


def locate(
    *images: Path,
    out: Path = Path(),
    pixel_size: Length = None,
    model: str = "atoms",
    detect: Literal["mask", "hough"] = "mask",
    refine: Literal["mle", "offset", "com"] = "mle",
    threshold: Share | None = None,
    signal: str | None = None,
    frame: int | None = None,
    average: bool = False,
    candidates: bool = False,
    workers: Positive | None = None,
    scheduler: str | None = None,
    memory: str | None = None,
) -> int:
    """Find every atom column: a table, a picture and a sentence for each image.

    Writes NAME.columns.csv, NAME.columns.png and NAME.columns.json for each image NAME. Columns
    of a film or stack are followed from frame to frame: NAME.drift.csv has the drift of every
    frame, and NAME.tracks.csv the mean of every column. Without an image it runs on the sample
    that the package carries. A batch that was stopped goes on where it was when the same command
    is given again; what failed is listed in failed-locate.csv.

    Parameters
    ----------
    images
        Files, folders or patterns such as "*.dm4"; or failed-locate.csv, to try again what it
        lists.
    out
        Where to write.
    pixel_size
        Size of a pixel with its unit, such as 9.8pm, if the file has none or a wrong one.
    model
        Name of a shipped model, or a model file.
    detect
        mask, blobs of the network's mask; or hough, circles in its outline by a Hough transform.
    refine
        mle, a fit of all columns of the image together, with standard errors; offset, the centre
        that was detected with the offset that the network predicts; or com, that centre alone.
    threshold
        Probability from which a candidate counts as a column, between 0 and 1; by default that of
        the model, which balances missed columns and false ones.
    signal
        Which image, in a file with several: its number or its title.
    frame
        Which frame of a stack; all of them by default.
    average
        Register the frames of a film, as wholes and row by row, and find the columns of their
        mean: NAME.average.tif, NAME.average.columns.csv and so on, and NAME.average.drift.csv.
    candidates
        Write NAME.candidates.csv too, everything that may be a column with its score, whatever
        the threshold.
    workers
        Processes that search frames and files; by default as many as there are processors. What
        they find does not depend on it.
    scheduler
        Address of a Dask scheduler, such as tcp://host:8786, whose workers do so instead; they
        must see the files and the folder.
    memory
        Most memory that all processes may take together, such as 4GB; by default half of what is
        free. Where it is little, fewer of them work.
    """
    from colonnade.atoms.locate.files import Job, locate_files
    from colonnade.atoms.locate.locate import Options
    from colonnade.core.files.batch import inputs, sample
    from colonnade.core.files.units import parse_length

    size = None if pixel_size is None else parse_length(pixel_size)
    crew = choose_crew(workers, scheduler, memory)
    files, out = files_for_crew(inputs(images, sample()), out, scheduler)
    options = Options(detect, refine, threshold)
    job = Job(colonnade.Model.load(model), options, size, signal, frame, average, candidates)
    with progress("locating") as advance:
        failures = locate_files(
            files,
            out,
            job,
            lambda text: console.print(text, markup=False),
            advance,
            crew,
        )
    return report_failures(failures, len(files), out, "locate")


def upscale(
    *images: Path,
    factor: Literal[2, 4, 8] | None = None,
    along: Literal["plane", "z"] = "plane",
    model: str | None = None,
    out: Path = Path(),
    format: Literal["tiff", "ome-zarr"] = "tiff",
    report: bool = False,
    pixel_size: Length = None,
    signal: str | None = None,
    frame: int | None = None,
    workers: Positive | None = None,
    scheduler: str | None = None,
    memory: str | None = None,
) -> int:
    """Make scanning electron micrographs finer, and say how far each can be trusted.

    Writes for each image NAME, at 4 times finer, NAME.x4.tif, in its own number type and with its
    calibration; NAME.x4.trust.tif, half the width of a 90 % interval of each pixel in grey levels;
    NAME.x4.png, what to look at; and NAME.x4.json, for programs. A stack becomes a volume. Without
    an image it runs on the sample that the package carries. A batch that was stopped goes on where
    it was when the same command is given again; what failed is listed in failed-upscale.csv.

    Parameters
    ----------
    images
        Files, folders or patterns such as "*.tif"; or failed-upscale.csv, to try again what it
        lists.
    factor
        How many times finer; by default that of the model, and 4 without one.
    along
        plane makes images, and each slice of a stack, finer along both of their axes; z makes
        several slices of each one of a stack, as NAME.z4.tif and so on.
    model
        Name of a shipped model, or a model file; by default the light one of the factor.
    out
        Where to write.
    format
        tiff, which is BigTIFF beyond 4 GB; or ome-zarr.
    report
        Write a page too, NAME.x4.html, with a comparison to swipe and what can be believed.
    pixel_size
        Size of a pixel with its unit, such as 7.3nm, if the file has none or a wrong one.
    signal
        Which image, in a file with several: its number or its title.
    frame
        Which frame of a stack; all of them by default, as a volume.
    workers
        Processes that upscale files; by default as many as there are processors.
    scheduler
        Address of a Dask scheduler, such as tcp://host:8786, whose workers do so instead; they
        must see the files and the folder.
    memory
        Most memory that all processes may take together, such as 4GB; by default half of what is
        free. Where it is little, fewer of them work.
    """
    from colonnade.core.files.batch import inputs, sample
    from colonnade.core.files.units import parse_length
    from colonnade.sem.upscale.files import Job, upscale_files
    from colonnade.sem.upscale.upscale import choose_model

    size = None if pixel_size is None else parse_length(pixel_size)
    crew = choose_crew(workers, scheduler, memory)
    files, out = files_for_crew(inputs(images, sample("sem.tif")), out, scheduler)
    loaded = choose_model(factor, model, along)
    job = Job(loaded, format, size, signal, frame, report)
    with progress("upscaling") as advance:
        failures = upscale_files(
            files,
            out,
            job,
            lambda text: console.print(text, markup=False),
            advance,
            crew,
        )
    return report_failures(failures, len(files), out, "upscale")


def reconstruct(
    *series: Path,
    method: Literal["wbp", "sirt", "tv", "network"] = "tv",
    model: str = "tomo",
    angles: str | None = None,
    axis: str = "y",
    align: bool = False,
    alignment: Path | None = None,
    weight: float | None = None,
    iterations: int | None = None,
    depth: int | None = None,
    binning: int = 1,
    bright_field: bool = False,
    out: Path = Path(),
    format: Literal["mrc", "ome-zarr"] = "mrc",
    report: bool = False,
    pixel_size: Length = None,
    signal: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    memory: str | None = None,
    device: Literal["cpu", "cuda"] = "cpu",
) -> int:
    """Reconstruct volumes from tilt series, and say how well they agree with the measured views.

    Writes for each series NAME, by total variation, NAME.tv.mrc, the volume; NAME.tv.png, what to
    look at; NAME.tv.json, for programs; and NAME.alignment.json where it is aligned. By the
    network it is NAME.network.mrc and so on, and NAME.network.error.mrc, half the width of a 90 %
    interval of each voxel. Without a series it runs on the sample that the package carries. A run
    that was stopped goes on where it was when the same command is given again; what failed is
    listed in failed-reconstruct.csv.

    Parameters
    ----------
    series
        Stacks, or folders of single views; or failed-reconstruct.csv, to try again what it lists.
    method
        tv, total variation, to convergence; network, a network that improves it, and says how far
        off each voxel may be; sirt, iterations that stop at the noise; or wbp, weighted
        back-projection.
    model
        Name of a shipped network, or a model file.
    angles
        A file of angles, or FIRST:LAST:STEP in degrees, if the series does not say them.
    axis
        Where the tilt axis runs in the views: y, x, or its direction from y towards x in degrees.
    align
        Find the tilt axis and the shifts of the views, and take them out.
    alignment
        Take the alignment of another channel, NAME.alignment.json.
    weight
        Of the total variation, in the noise of the views; by default that with which views that
        are left out are predicted best.
    iterations
        Most of them; by default as many as the method wants.
    depth
        Voxels along z; by default as many as along x.
    binning
        Rows and columns of the views that become one.
    bright_field
        Whether the specimen is dark, so that grey levels become attenuation.
    out
        Where to write.
    format
        mrc or ome-zarr.
    report
        Write a page too, NAME.tv.html, with what was measured, and views that are left out and
        predicted.
    pixel_size
        Size of a pixel with its unit, such as 3.36nm, if the file has none or a wrong one.
    signal
        Which stack, or image of single views, in files with several: its number or its title.
    workers
        Processes that reconstruct; by default as many as there are processors.
    scheduler
        Address of a Dask scheduler, such as tcp://host:8786, whose workers reconstruct instead.
    memory
        Most memory that all processes may take together, such as 4GB; by default half of what is
        free. Where it is little, fewer of them work.
    device
        Where slices are projected: cpu, or cuda, on a GPU of NVIDIA, which the extra astra is for.
    """
    from colonnade.core.files.batch import inputs, sample
    from colonnade.core.files.units import parse_length
    from colonnade.tomo.reconstruct.files import Job, reconstruct_files
    from colonnade.tomo.reconstruct.named import holds_views, parse_axis
    from colonnade.tomo.reconstruct.prepare import Preparation
    from colonnade.tomo.reconstruct.reconstruct import Options

    size = None if pixel_size is None else parse_length(pixel_size)
    crew = choose_crew(workers, scheduler, memory)
    options = Options(
        method, weight, iterations, depth, model, crew.workers, scheduler, device, crew.memory
    )
    job = Job(
        options,
        Preparation(bright_field=bright_field, binning=binning),
        angles,
        parse_axis(axis),
        align,
        alignment,
        format,
        report,
        size,
        signal,
    )
    files = inputs(series, sample("tomo.mrc"), holds_views)
    with progress("reconstructing") as advance:
        failures = reconstruct_files(
            files, out, job, lambda text: console.print(text, markup=False), advance
        )
    return report_failures(failures, len(files), out, "reconstruct")


def denoise(
    *images: Path,
    model: str | None = None,
    own: bool = False,
    out: Path = Path(),
    format: Literal["tiff", "ome-zarr"] = "tiff",
    pixel_size: Length = None,
    signal: str | None = None,
    frame: int | None = None,
    workers: Positive | None = None,
    scheduler: str | None = None,
    memory: str | None = None,
) -> int:
    """Take noise out of images and of the views of tilt series, and say how noisy each was.

    Writes for each image NAME, NAME.denoised.tif, in its own number type and with its calibration;
    NAME.denoised.png, what to look at; and NAME.denoised.json, for programs. Without an image it
    runs on the tilt series that the package carries. A batch that was stopped goes on where it was
    when the same command is given again; what failed is listed in failed-denoise.csv.

    Parameters
    ----------
    images
        Files, folders or patterns such as "*.tif"; or failed-denoise.csv, to try again what it
        lists.
    model
        Name of a shipped model, or a model file.
    own
        Go on training the model with these very images first, which need no truth; it takes some
        minutes, and may do better or worse. The model is kept as own-denoiser.onnx.
    out
        Where to write.
    format
        tiff, which is BigTIFF beyond 4 GB; or ome-zarr.
    pixel_size
        Size of a pixel with its unit, such as 3.36nm, if the file has none or a wrong one.
    signal
        Which image, in a file with several: its number or its title.
    frame
        Which frame of a stack; all of them by default.
    workers
        Processes that denoise files; by default as many as there are processors.
    scheduler
        Address of a Dask scheduler, such as tcp://host:8786, whose workers do so instead; they
        must see the files and the folder.
    memory
        Most memory that all processes may take together, such as 4GB; by default half of what is
        free. Where it is little, fewer of them work.
    """
    from colonnade.core.files.batch import inputs, sample
    from colonnade.core.files.units import parse_length
    from colonnade.tomo.denoise.denoise import choose_model
    from colonnade.tomo.denoise.files import Job, denoise_files

    size = None if pixel_size is None else parse_length(pixel_size)
    crew = choose_crew(workers, scheduler, memory)
    files, out = files_for_crew(inputs(images, sample("tomo.mrc")), out, scheduler)
    job = Job(choose_model(model), format, size, signal, frame)
    if own:
        job = replace(job, model=_own_model(files, out, job))
    with progress("denoising") as advance:
        failures = denoise_files(
            files,
            out,
            job,
            lambda text: console.print(text, markup=False),
            advance,
            crew,
        )
    return report_failures(failures, len(files), out, "denoise")


def choose_crew(workers: int | None, scheduler: str | None, memory: str | None) -> "Crew":
    """Say who does the work, and what memory that may take."""
    from colonnade.core.work.memory import SHARE, free_memory, parse_memory
    from colonnade.core.work.parallel import Crew
    from colonnade.core.work.processors import available_cpus

    workers = workers or available_cpus()
    if memory is not None:
        return Crew(workers, scheduler, parse_memory(memory))
    free = free_memory()
    return Crew(workers, scheduler, free and int(SHARE * free), free or 0)


def files_for_crew(
    files: Mapping[Path, str], out: Path, scheduler: str | None
) -> tuple[Mapping[Path, str], Path]:
    """Name files and a folder so that processes that were started elsewhere find them."""
    if scheduler is None:
        return files, out
    return {path.absolute(): name for path, name in files.items()}, out.absolute()


def _own_model(files: Iterable[Path], out: Path, job: "Job") -> colonnade.Model:
    """Train a model with images of one's own, and say what has come of it."""
    try:
        from colonnade.tomo.train.denoiser.own import train_own
    except ImportError as error:
        raise MissingExtraError("denoise --own", "train") from error
    with progress("training") as advance:
        model, sentence = train_own(list(files), out, job, advance)
    console.print(sentence, markup=False)
    return model


def report_failures(failures: "Sequence[Failure]", count: int, out: Path, verb: str) -> int:
    """Say what failed of a batch of so many files, and give the exit status."""
    from colonnade.core.files.failures import list_name

    if not failures:
        return 0
    if count == 1 and failures[0].frame is None:
        _raise(failures[0])
    failed = len({failure.path for failure in failures})
    errors.print(f"colonnade: {failed} of {count} files failed, wholly or in part:", markup=False)
    for failure in failures:
        errors.print(f"  {failure.sentence}", markup=False)
    listed = out / list_name(verb)
    if not listed.exists():  # the disk may be full
        return SOME_FAILED
    errors.print(
        f"They are listed in {listed}: `colonnade {verb} {listed}`, with the same options, tries "
        "them again.",
        markup=False,
    )
    return SOME_FAILED


def _raise(failure: "Failure") -> NoReturn:
    if isinstance(failure.error, ColonnadeError):
        raise failure.error
    raise ColonnadeError(
        f"{failure.sentence}; --debug shows where it came from"
    ) from failure.error
