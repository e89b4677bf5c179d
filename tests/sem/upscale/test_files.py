"""A batch goes on past what is bad, loses nothing that is done, and does nothing twice."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from small_model import balls

from colonnade.core.arrays import Single
from colonnade.core.errors import ImageError
from colonnade.core.files.batch import inputs
from colonnade.core.files.open import read, read_volume
from colonnade.core.files.write import write_tiff
from colonnade.core.learn.model import Model
from colonnade.sem.upscale import upscale as module
from colonnade.sem.upscale.files import Job, upscale_files
from colonnade.sem.upscale.upscale import upscale

SHAPE = (24, 32)
"""Rows and columns of the images [px]."""


@dataclass
class Run:
    """One call of the command in a folder, and what it said."""

    folder: Path
    job: Job
    lines: list[str] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, *names: str, **changes: object) -> list[str]:
        self.lines.clear()
        self.steps.clear()
        failures = upscale_files(
            inputs([self.folder / name for name in names]),
            self.folder / "out",
            replace(self.job, **changes),  # type: ignore[arg-type]
            self.lines.append,
            lambda *step: self.steps.append(step),
        )
        return [failure.sentence.replace(f"{self.folder}/", "") for failure in failures]

    def out(self, name: str) -> Path:
        return self.folder / "out" / name

    def image(self, name: str, seed: int = 0) -> np.ndarray:
        pixels = balls(SHAPE, seed).astype(np.uint8)
        write_tiff(self.folder / name, pixels, (4.0, 6.0))
        return pixels

    def stack(self, name: str, bad: int | None = None) -> np.ndarray:
        slices = np.stack([balls(SHAPE, seed) for seed in range(3)]).astype(np.float32)
        if bad is not None:
            slices[bad] = np.nan
        write_tiff(self.folder / name, slices, (4.0, 6.0), spacing=10.0)
        return slices


@pytest.fixture
def run(tmp_path: Path, model: Model) -> Run:
    return Run(tmp_path, Job(model))


@dataclass
class Calls:
    """How often a network was asked, and at which call who runs the program stops it."""

    count: int = 0
    stop_at: int = -1


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    counted, ask = Calls(), Model.__call__

    def counting(model: Model, images: Single) -> Single:
        counted.count += 1
        if counted.count == counted.stop_at:
            raise KeyboardInterrupt
        return ask(model, images)

    monkeypatch.setattr(Model, "__call__", counting)
    return counted


def test_the_files_hold_what_python_gives(run: Run, model: Model) -> None:
    pixels = run.image("a.tif")
    assert run("a.tif", report=True) == []
    expected = upscale(read(run.folder / "a.tif"), model=model)
    image, half_width = read(run.out("a.x2.tif")), read(run.out("a.x2.trust.tif"))
    assert image.pixels.dtype == pixels.dtype
    assert half_width.pixels.dtype == np.float32
    assert np.array_equal(image.pixels, expected.image.pixels)
    assert np.array_equal(half_width.pixels, expected.half_width)
    assert image.pixel_size == half_width.pixel_size == (2.0, 3.0)
    numbers = json.loads(run.out("a.x2.json").read_text(encoding="utf-8"))
    assert numbers["factor"] == 2
    assert numbers["model"] == "tiny-x2"
    assert numbers["coverage"] == 0.9
    assert numbers["pixel_size"] == [2.0, 3.0]
    assert numbers["mean_half_width"] == pytest.approx(half_width.pixels.mean(), rel=1e-5)
    assert run.lines[0] == numbers["sentence"]
    assert [line.split()[0] for line in run.lines[1:]] == ["image", "trust", "picture", "report"]
    assert sorted(path.name for path in run.out("").iterdir()) == [
        ".colonnade",
        *(f"a.x2.{ending}" for ending in ("html", "json", "png", "tif", "trust.tif")),
    ]


def test_what_the_microscope_wrote_is_in_the_file(run: Run) -> None:
    run.image("a.tif")
    run("a.tif")
    with tifffile.TiffFile(run.out("a.x2.tif")) as file:
        assert "tags.ImageWidth = 32" in file.imagej_metadata["Info"]
    run("a.tif", format="ome-zarr")
    attributes = json.loads(run.out("a.x2.ome.zarr/zarr.json").read_text())["attributes"]
    assert attributes["metadata"]["tags"]["ImageWidth"] == 32


def test_a_stack_becomes_a_volume_in_either_format(run: Run) -> None:
    slices = run.stack("a.tif")
    run("a.tif")
    volume = read_volume(run.out("a.x2.tif"))
    assert volume.shape == (3, 48, 64)
    assert volume.voxel_size == (10.0, 2.0, 3.0)
    run("a.tif", format="ome-zarr")
    stored = read_volume(run.out("a.x2.ome.zarr"))
    assert stored.voxel_size == volume.voxel_size
    assert stored.dtype == volume.dtype == slices.dtype
    for z in range(3):
        assert np.array_equal(stored.plane(z), volume.plane(z))
    run("a.tif", frame=1)
    assert read(run.out("a.x2.tif")).shape == (48, 64)


def test_a_bad_file_does_not_stop_the_others(run: Run) -> None:
    run.image("a.tif")
    (run.folder / "b.tif").write_bytes(b"not an image")
    run.image("c.tif", seed=1)
    failures = run("a.tif", "b.tif", "c.tif")
    assert len(failures) == 1
    assert failures[0].startswith("b.tif is cut short")
    assert run.out("a.x2.tif").exists()
    assert run.out("c.x2.tif").exists()
    assert "b.tif" in run.out("failed-upscale.csv").read_text()
    assert run.steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_slice_without_a_number_is_left_black_and_named(run: Run) -> None:
    run.stack("a.tif", bad=1)
    (failure,) = run("a.tif")
    assert failure.startswith("a.tif, frame 1: no pixel of the image is a finite number")
    image, half_width = (read_volume(run.out(f"a.x2{end}.tif")) for end in ("", ".trust"))
    assert not image.plane(1).any()
    assert np.isnan(half_width.plane(1)).all()
    assert image.plane(2).any()
    assert np.isfinite(half_width.plane(2)).all()


def test_what_is_done_is_not_done_again_but_reported(run: Run, calls: Calls) -> None:
    run.image("a.tif")
    run("a.tif")
    first = list(run.lines)
    assert calls.count == 1
    run("a.tif")
    assert calls.count == 1
    assert run.lines == [*first, "already done: 1 of 1 files"]


@pytest.mark.parametrize("ending", ["png", "json"])
def test_a_picture_that_is_gone_is_drawn_without_the_network(
    run: Run, calls: Calls, ending: str
) -> None:
    run.image("a.tif")
    run("a.tif")
    before = run.out("a.x2.tif").read_bytes()
    run.out(f"a.x2.{ending}").unlink()
    run("a.tif", report=True)
    assert calls.count == 1
    assert run.out(f"a.x2.{ending}").exists()
    assert run.out("a.x2.html").exists()
    assert run.out("a.x2.tif").read_bytes() == before


@pytest.mark.parametrize("gone", ["a.x2.tif", "a.x2.trust.tif"])
def test_an_image_that_is_gone_is_made_again(run: Run, calls: Calls, gone: str) -> None:
    run.image("a.tif")
    run("a.tif")
    before = run.out(gone).read_bytes()
    run.out(gone).unlink()
    assert run("a.tif") == []
    assert calls.count == 2
    assert run.out(gone).read_bytes() == before


@pytest.mark.parametrize("format", ["tiff", "ome-zarr"])
def test_who_stops_a_stack_goes_on_where_it_was(run: Run, calls: Calls, format: str) -> None:
    run.stack("a.tif")
    calls.stop_at = 3
    with pytest.raises(KeyboardInterrupt):
        run("a.tif", format=format)
    assert [path.name for path in run.out("").iterdir()] == [".colonnade"]
    calls.stop_at = -1
    assert run("a.tif", format=format) == []
    assert calls.count == 4
    assert "  already done: 2 of 3 slices" in run.lines
    ending = "tif" if format == "tiff" else "ome.zarr"
    stopped = read_volume(run.out(f"a.x2.{ending}"))
    whole = upscale(run.folder / "a.tif", model=run.job.model).image
    for z in range(3):
        assert np.array_equal(stopped.plane(z), whole.plane(z))  # type: ignore[union-attr]


CHANGES: dict[str, dict[str, object]] = {
    "pixel size": {"pixel_size": 7.0},
    "signal": {"signal": "0"},
    "format": {"format": "ome-zarr"},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_a_changed_option_makes_it_anew(
    run: Run, calls: Calls, changes: dict[str, object]
) -> None:
    run.image("a.tif")
    run("a.tif")
    run("a.tif", **changes)
    assert calls.count == 2


def test_a_changed_file_is_done_anew(run: Run, calls: Calls) -> None:
    run.image("a.tif")
    run("a.tif")
    run.image("a.tif", seed=3)
    assert run("a.tif") == []
    assert calls.count == 2


def test_a_single_file_that_fails_leaves_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiff(run.folder / "a.tif", np.full(SHAPE, 7, np.uint8))
    assert run("a.tif") == ["a.tif: every pixel of the image is 7; there is nothing on it"]
    assert list(run.out("").iterdir()) == []
    run.image("b.tif")

    def fail(*_: object) -> None:
        raise ImageError("bad")

    monkeypatch.setattr(module, "run_tiled", fail)
    assert run("b.tif") == ["b.tif: bad"]
    assert list(run.out("").iterdir()) == []


def test_results_that_cannot_be_placed_are_a_failure_of_their_file_alone(run: Run) -> None:
    run.image("a.tif")
    run.image("b.tif", seed=1)
    run.out("a.x2.tif").mkdir(parents=True)
    (failure,) = run("a.tif", "b.tif")
    assert failure.startswith("a.tif: out/a.x2.tif cannot be written")
    assert run.out("b.x2.tif").is_file()
    run.out("a.x2.tif").rmdir()
    assert run("a.tif", "b.tif") == []
    assert run.out("a.x2.tif").is_file()


def test_two_images_of_one_name_are_told_apart(run: Run) -> None:
    for folder in ("d1", "d2"):
        (run.folder / folder).mkdir()
        run.image(f"{folder}/a.tif")
    run("d1/a.tif", "d2/a.tif")
    assert run.out("d1-a.tif.x2.tif").exists()
    assert run.out("d2-a.tif.x2.tif").exists()
