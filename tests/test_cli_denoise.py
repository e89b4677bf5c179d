"""The command that denoises, as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.files.open import read, read_volume
from colonnade.core.files.write import write_tiff

sys.path.insert(0, str(Path(__file__).parent / "tomo" / "denoise"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from small_denoiser import write_model

    return write_model(tmp_path_factory.mktemp("models") / "tiny.onnx")


def denoise(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "colonnade", "denoise", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_image_it_denoises_the_packaged_series(tmp_path: Path, model: Path) -> None:
    done = denoise("--model", model, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tomo: ")
    numbers = json.loads((tmp_path / "tomo.denoised.json").read_text(encoding="utf-8"))
    assert read_volume(tmp_path / "tomo.denoised.tif").shape == tuple(numbers["shape"])


def test_a_bad_image_is_one_sentence_and_a_status(tmp_path: Path, model: Path) -> None:
    write_tiff(tmp_path / "flat.tif", np.full((32, 32), 3, np.uint8))
    done = denoise("flat.tif", "--model", model, cwd=tmp_path)
    assert done.returncode == 2
    assert "there is nothing on it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_learns_from_the_very_images(tmp_path: Path, model: Path) -> None:
    from small_denoiser import steps

    write_tiff(tmp_path / "a.tif", steps((64, 64)))
    done = denoise("a.tif", "--model", model, "--own", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "was trained with these images" in done.stdout
    assert (tmp_path / "own-denoiser.onnx").exists()
    assert read(tmp_path / "a.denoised.tif").shape == (64, 64)
