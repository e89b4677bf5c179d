"""A stack becomes finer along z, and stays what it is in all else."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_model import INTERVAL_FACTOR, SLICES, balls

import colonnade
from colonnade.core.errors import ImageError, ModelError
from colonnade.core.files.batch import inputs
from colonnade.core.files.canvas import Memory, Sheet
from colonnade.core.files.open import read_volume
from colonnade.core.files.source import held_source
from colonnade.core.files.write import write_tiff
from colonnade.core.images.volume import Volume
from colonnade.core.learn.model import Model
from colonnade.core.learn.slice_work import tiling
from colonnade.core.work.record import MemoryMarks
from colonnade.sem.upscale import upscale as module
from colonnade.sem.upscale.along_z.neighbours import neighbours
from colonnade.sem.upscale.along_z.predict import predict_stack
from colonnade.sem.upscale.files import Job, upscale_files
from colonnade.sem.upscale.maps import Outputs
from colonnade.sem.upscale.upscale import Work, choose_model, conditions_of, upscale


def stack(count: int = 6, dtype: str = "float32") -> np.ndarray:
    return np.stack([balls((24, 36), seed) for seed in range(count)]).astype(dtype)


def test_a_stack_goes_on_as_its_mirror_image() -> None:
    assert neighbours(0, 6, 5) == [1, 0, 0, 1, 2]
    assert neighbours(3, 6, 5) == [1, 2, 3, 4, 5]
    assert neighbours(5, 6, 5) == [3, 4, 5, 5, 4]
    assert neighbours(1, 2, 5) == [0, 0, 1, 1, 0]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_type_grey_scale_and_calibration_stay(stack_model: Model, dtype: str) -> None:
    low = stack(dtype=dtype)
    volume = Volume(low, (20.0, 4.0, 6.0), "block", {"microscope": {"voltage_kV": 2.0}})
    found = upscale(volume, along="z", model=stack_model)
    assert isinstance(found.image, Volume)
    assert found.image.dtype == dtype
    assert found.image.shape == found.half_width.shape == (24, 24, 36)
    assert found.image.voxel_size == (5.0, 4.0, 6.0)
    assert found.image.metadata["microscope"] == {"voltage_kV": 2.0}
    expected = predict_stack(stack_model, low.astype(np.float32))
    highest = None if dtype == "float32" else np.iinfo(dtype).max
    levels = expected.volume if highest is None else expected.volume.clip(0, highest)
    off = np.abs(found.image.voxels[:, :, :] - levels)
    assert off.max() <= (1e-3 if dtype == "float32" else 0.501)
    np.testing.assert_allclose(found.half_width, INTERVAL_FACTOR * expected.half_width, rtol=1e-4)
    numbers = found.to_json()
    assert (numbers["factor"], numbers["along"], numbers["slice_thickness"]) == (4, "z", 5.0)
    assert numbers["mean_half_width"] == pytest.approx(found.half_width.mean(), rel=1e-5)
    assert found.sentence.startswith("block: 4 times finer along z, 24 x 24 x 36 pixels of 6 nm")
    assert "nothing is shown" not in found.sentence


def test_tiled_equals_whole(stack_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = upscale(stack(), along="z", model=stack_model)
    monkeypatch.setattr(module, "tiling", lambda card: replace(tiling(card), tile=16))
    tiled = upscale(stack(), along="z", model=stack_model)
    scale = float(stack().std())
    np.testing.assert_allclose(
        tiled.image.block((slice(None),) * 3),  # type: ignore[union-attr]
        whole.image.block((slice(None),) * 3),  # type: ignore[union-attr]
        atol=1e-5 * scale,
    )


def test_only_slices_that_are_seen_together_are_held(stack_model: Model) -> None:
    """Each slice is read once for the work, as those around it are kept until it is done."""
    source, read = held_source(Volume(stack(9))), Counter[int]()

    def grey(index: int) -> tuple[np.ndarray, tuple[str, ...]]:
        read[index] += 1
        return source.grey(index)  # type: ignore[return-value]

    sheet = Sheet((36, 24, 36), np.dtype(np.float32))
    outputs = Outputs(Memory(sheet), Memory(sheet), MemoryMarks())
    work = Work(replace(source, grey=grey), stack_model, conditions_of(source), outputs)
    for index in range(9):
        work.do(index)
    assert set(read.values()) == {1}


def test_a_slice_that_shows_nothing_is_left_black_and_its_neighbours_are_not(
    stack_model: Model, tmp_path: Path
) -> None:
    low = stack()
    low[3] = np.nan
    write_tiff(tmp_path / "a.tif", low, (4.0, 4.0), spacing=16.0)
    lines: list[str] = []
    failures = upscale_files(
        inputs([tmp_path / "a.tif"]),
        tmp_path / "out",
        Job(stack_model),
        lines.append,
        lambda *_: None,
    )
    assert [failure.frame for failure in failures] == [3]
    volume, trust = (
        read_volume(tmp_path / "out" / f"a.z4{kind}.tif").block((slice(None),) * 3)
        for kind in ("", ".trust")
    )
    assert not volume[12:16].any()
    assert np.isnan(trust[12:16]).all()
    assert (volume[[11, 16]].mean((1, 2)) > 10).all()
    assert np.isfinite(trust[[11, 16]]).all()
    notes = json.loads((tmp_path / "out" / "a.z4.json").read_text())["notes"]
    assert notes == [
        f"slice {n}: slice 3 shows nothing, so its neighbour stood for it" for n in (2, 4)
    ]


@pytest.mark.parametrize("format", ["tiff", "ome-zarr"])
def test_files_hold_what_python_gives_after_a_stop_too(
    stack_model: Model, tmp_path: Path, format: str
) -> None:
    low = stack(dtype="uint8")
    write_tiff(tmp_path / "a.tif", low, (4.0, 6.0), spacing=16.0)
    job = Job(stack_model, format, report=True)  # type: ignore[arg-type]
    steps: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        steps.append((done, total))
        if done == 4:
            raise KeyboardInterrupt

    files = inputs([tmp_path / "a.tif"])
    with pytest.raises(KeyboardInterrupt):
        upscale_files(files, tmp_path / "out", job, lambda _: None, stop)
    assert not list((tmp_path / "out").glob("a.z4*"))
    upscale_files(files, tmp_path / "out", job, lambda _: None, lambda *step: steps.append(step))
    assert steps == [(n, 6) for n in range(1, 7)]
    ending = ".tif" if format == "tiff" else ".ome.zarr"
    found = read_volume(tmp_path / "out" / f"a.z4{ending}")
    expected = upscale(tmp_path / "a.tif", along="z", model=stack_model)
    assert found.voxel_size == (4.0, 4.0, 6.0)
    assert np.array_equal(found.block((slice(None),) * 3), expected.image.voxels)  # type: ignore[union-attr]
    page = (tmp_path / "out" / "a.z4.html").read_text(encoding="utf-8")
    assert "measured | 4 times finer along z" in page
    assert "not looked for along z" in page


def test_what_cannot_be_is_refused_in_a_sentence(stack_model: Model, model: Model) -> None:
    with pytest.raises(ImageError, match="is a single image and has no slices along z"):
        upscale(balls(), along="z", model=stack_model)
    with pytest.raises(ImageError, match=f"has 2 slices, and the network sees {SLICES} together"):
        upscale(stack(2), along="z", model=stack_model)
    with pytest.raises(ModelError, match="tiny-z4 is for stacks along z"):
        upscale(stack(), model=stack_model)
    with pytest.raises(ModelError, match="tiny-x2 makes images finer in their planes"):
        upscale(stack(), along="z", model=model)
    with pytest.raises(ModelError, match="makes images 4 times as fine, not 8"):
        choose_model(8, stack_model, "z")
    with pytest.raises(ModelError, match="no packaged model makes stacks 8 times as fine"):
        colonnade.upscale(stack(), along="z", factor=8)
