"""A batch goes on past what is bad, loses nothing that is done, and does nothing twice."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_denoiser import steps

from colonnade.core.arrays import Single
from colonnade.core.errors import FileError
from colonnade.core.files.batch import inputs
from colonnade.core.files.open import read, read_volume
from colonnade.core.files.write import write_tiff
from colonnade.core.learn.model import Model
from colonnade.tomo.denoise import denoise as module
from colonnade.tomo.denoise.denoise import denoise
from colonnade.tomo.denoise.files import Job, denoise_files


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
        failures = denoise_files(
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
        pixels = steps(seed=seed).astype(np.uint8)
        write_tiff(self.folder / name, pixels, (4.0, 6.0))
        return pixels

    def stack(self, name: str, bad: int | None = None) -> np.ndarray:
        slices = np.stack([steps(seed=seed) for seed in range(3)])
        if bad is not None:
            slices[bad] = 7.0
        write_tiff(self.folder / name, slices, (4.0, 6.0), spacing=10.0)
        return slices


@pytest.fixture
def run(tmp_path: Path, model: Model) -> Run:
    return Run(tmp_path, Job(model))


def test_the_files_hold_what_python_gives(run: Run, model: Model) -> None:
    pixels = run.image("a.tif")
    assert run("a.tif") == []
    expected = denoise(read(run.folder / "a.tif"), model=model)
    found = read(run.out("a.denoised.tif"))
    assert found.pixels.dtype == pixels.dtype
    assert np.array_equal(found.pixels, expected.image.pixels)  # type: ignore[union-attr]
    assert found.pixel_size == (4.0, 6.0)
    numbers = json.loads(run.out("a.denoised.json").read_text(encoding="utf-8"))
    assert numbers["model"] == "tiny"
    assert numbers["noise"] == pytest.approx(5.0, rel=0.1)
    assert run.lines[0] == numbers["sentence"]
    assert [line.split()[0] for line in run.lines[1:]] == ["image", "picture"]
    assert sorted(path.name for path in run.out("").iterdir()) == [
        ".colonnade",
        *(f"a.denoised.{ending}" for ending in ("json", "png", "tif")),
    ]


def test_the_picture_shows_before_after_and_what_was_taken_away(run: Run) -> None:
    run.image("a.tif")
    run("a.tif")
    with Image.open(run.out("a.denoised.png")) as picture:
        width, height = picture.size
        grey = np.asarray(picture.convert("L"), float)
    panels = np.array_split(grey[height // 2], 3)
    before, after, _ = (np.median(np.split(panel[30:530], 2), axis=1) for panel in panels)
    assert width > 3 * 500
    for shown in (before, after):  # the right half is twice as bright as the left
        assert shown[1] - shown[0] > 100
    assert np.ptp(panels[2]) > 50


def test_a_stack_becomes_a_volume_in_either_format(run: Run) -> None:
    slices = run.stack("a.tif")
    run("a.tif")
    volume = read_volume(run.out("a.denoised.tif"))
    assert volume.shape == slices.shape
    assert volume.voxel_size == (10.0, 4.0, 6.0)
    run("a.tif", format="ome-zarr")
    stored = read_volume(run.out("a.denoised.ome.zarr"))
    assert stored.voxel_size == volume.voxel_size
    for z in range(3):
        assert np.array_equal(stored.plane(z), volume.plane(z))
    run("a.tif", frame=1)
    assert read(run.out("a.denoised.tif")).shape == slices.shape[1:]


def test_a_bad_slice_is_left_as_it_was(run: Run) -> None:
    slices = run.stack("a.tif", bad=1)
    (sentence,) = run("a.tif")
    assert "frame 1" in sentence
    volume = read_volume(run.out("a.denoised.tif"))
    assert np.array_equal(volume.plane(1), slices[1])
    assert not np.array_equal(volume.plane(0), slices[0])


def test_a_bad_file_does_not_stop_the_others(run: Run) -> None:
    run.image("a.tif")
    write_tiff(run.folder / "flat.tif", np.full((32, 32), 5.0, np.float32))
    (run.folder / "broken.tif").write_bytes(b"no image")
    failed = run("broken.tif", "flat.tif", "a.tif")
    assert [sentence.split(".")[0] for sentence in failed] == ["broken", "flat"]
    assert run.out("a.denoised.tif").exists()
    assert not run.out("flat.denoised.tif").exists()
    listed = run.out("failed-denoise.csv").read_text(encoding="utf-8")
    assert "flat.tif" in listed
    assert "a.tif" not in listed.replace("flat.tif", "")


def test_what_is_done_is_not_done_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.stack("a.tif")
    cut = module.tiling
    monkeypatch.setattr(module, "tiling", lambda card, tile=32: cut(card, tile))
    asked, ask, stop = [], Model.__call__, [2 * len(module.FLIPS) + 1]

    def counting(model: Model, images: Single) -> Single:
        asked.append(images.shape)
        if len(asked) == stop[0]:
            raise KeyboardInterrupt
        return ask(model, images)

    monkeypatch.setattr(Model, "__call__", counting)
    with pytest.raises(KeyboardInterrupt):
        run("a.tif")
    stop[0] = 0
    before = len(asked)
    run("a.tif")
    assert run.steps[-1] == (12, 12)
    assert len(asked) - before < 12 * len(module.FLIPS)
    again = len(asked)
    run("a.tif")
    assert len(asked) == again
    whole = read_volume(run.out("a.denoised.tif"))
    monkeypatch.setattr(module, "tiling", cut)
    expected = denoise(read_volume(run.folder / "a.tif"), model=run.job.model)
    for z in range(3):
        np.testing.assert_allclose(
            whole.plane(z),
            expected.image.plane(z),
            atol=1e-2,  # type: ignore[union-attr]
        )


def test_results_are_no_inputs(run: Run) -> None:
    run.image("a.tif")
    run("a.tif")
    with pytest.raises(FileError, match="holds no image"):
        inputs([run.out("")])


def test_an_error_of_a_single_image_is_given_as_it_is(run: Run) -> None:
    write_tiff(run.folder / "tiny.tif", np.eye(8, dtype=np.float32))
    (sentence,) = run("tiny.tif")
    assert "too small" in sentence
    assert not list(run.out("").glob("tiny*"))
