"""The command that makes images finer, as a person types it."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.files.open import read
from colonnade.core.files.write import write_tiff

sys.path.insert(0, str(Path(__file__).parent / "sem"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from small_model import write_model

    return write_model(tmp_path_factory.mktemp("models") / "tiny-x2.onnx", 2, "tiny-x2")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    from small_model import balls

    write_tiff(tmp_path / "balls.tif", balls((40, 56)).astype(np.uint8), (7.0, 7.0))
    return tmp_path / "balls.tif"


def upscale(*words: object, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "colonnade", "upscale", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
        **options,  # type: ignore[call-overload]
    )


def test_upscale_writes_what_is_documented(image: Path, model: Path, tmp_path: Path) -> None:
    words = (image, "--model", model, "--out", "out", "--report", "--pixel-size", "6nm")
    done = upscale(*words, "--factor", 2, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("balls: 2 times finer, 80 x 112 pixels of 3 nm; ")
    out = tmp_path / "out"
    for ending in ("tif", "trust.tif", "png", "json", "html"):
        assert (out / f"balls.x2.{ending}").exists()
    found = read(out / "balls.x2.tif")
    assert found.pixels.dtype == np.uint8
    assert found.pixel_size == (3.0, 3.0)
    assert json.loads((out / "balls.x2.json").read_text())["factor"] == 2


def test_a_folder_is_upscaled_again_without_its_own_results(
    image: Path, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.dm4").write_bytes(b"not a micrograph")
    for _ in range(2):
        done = upscale(tmp_path, "--model", model, cwd=tmp_path)
        assert done.returncode == 1
        assert "1 of 2 files failed" in done.stderr
        assert "`colonnade upscale failed-upscale.csv`" in done.stderr
        assert done.stdout.count("times finer") == 1
    assert not (tmp_path / "balls.x2.x2.tif").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--factor", "4"), "makes images 2 times as fine, not 4 times"),
        (("--pixel-size", "7"), "has no unit"),
        (("--frame", "1"), "holds one image and not a stack"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    words: tuple[str, ...], said: str, image: Path, model: Path, tmp_path: Path
) -> None:
    done = upscale(image, "--model", model, *words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["balls.tif"]


def test_a_full_disk_leaves_nothing_half_written(image: Path, model: Path, tmp_path: Path) -> None:
    done = upscale(
        image,
        "--model",
        model,
        "--out",
        "out",
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)),
    )
    assert done.returncode == 2, done.stderr
    assert "cannot be written" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
