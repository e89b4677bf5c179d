"""People read what is in a file: whole where it is kept, and folded on a screen."""

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from colonnade.core.files.inspection import report_file
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.core.images.volume import Volume

LONG = "a comment with [brackets] and very many words " * 40


def report(path: Path, terminal: bool = False) -> str:
    out = io.StringIO()
    report_file(path, Console(file=out, force_terminal=terminal, width=60, color_system=None))
    return out.getvalue()


def write_hspy(path: Path, comment: str) -> None:
    from rsciio.hspy import file_writer

    axis = {"_type": "UniformDataAxis", "scale": 1.0, "offset": 0.0, "units": "nm"}
    names = [{"name": name, "size": 9, "navigate": False} for name in "yx"]
    signal = {
        "data": np.eye(9),
        "axes": [{**axis, **name, "index_in_array": i} for i, name in enumerate(names)],
        "metadata": {"General": {"title": "a [b] c", "notes": comment}},
        "original_metadata": {},
        "models": {},
        "learning_results": {},
        "attributes": {"_lazy": False},
        "package_info": {"package": "", "package_version": ""},
        "tmp_parameters": {},
    }
    file_writer(str(path), signal)


def test_a_pipe_gets_every_word_on_one_line(tmp_path: Path) -> None:
    write_hspy(tmp_path / "a.hspy", LONG)
    lines = report(tmp_path / "a.hspy").splitlines()
    assert lines[0].rstrip() == "0  a [b] c"
    (line,) = [line for line in lines if "General.notes" in line]
    assert line.split(maxsplit=1)[1].strip() == LONG.strip()
    assert not any("…" in line for line in lines)


def test_a_screen_gets_what_fits(tmp_path: Path) -> None:
    write_hspy(tmp_path / "a.hspy", LONG)
    lines = report(tmp_path / "a.hspy", terminal=True).splitlines()
    assert max(map(len, lines)) <= 60
    assert any("…" in line for line in lines)
    assert any("[brackets]" in line for line in lines)


def test_what_is_said_of_a_volume(tmp_path: Path) -> None:
    voxels = np.arange(5 * 24 * 40).reshape(5, 24, 40).astype("u2")
    write_tiff(tmp_path / "a.tif", Volume(voxels, (12.5, 0.02, 0.05)))
    rows = {
        line[:16].strip(): line[16:].strip() for line in report(tmp_path / "a.tif").splitlines()
    }
    assert rows["kind"] == "volume"
    assert rows["shape"] == "5 x 24 x 40 of uint16"
    assert rows["pixel size"] == "y 0.02 nm, x 0.05 nm, field of view 0.48 x 2 nm"
    assert rows["slice thickness"] == "12.5 nm"
    assert "0 to 959, median 479.5" in report(tmp_path / "a.tif")
    assert "grey levels of frame 0" in report(tmp_path / "a.tif")


def test_what_has_no_calibration_and_broken_pixels(tmp_path: Path) -> None:
    pixels = np.linspace(0, 1, 81, dtype="f4").reshape(9, 9)
    pixels[0, :3] = np.nan
    pixels[8, 8] = np.inf
    write_mrc(tmp_path / "a.mrc", pixels)
    text = report(tmp_path / "a.mrc")
    assert "pixel size" in text
    assert "3 NaN, 1 infinite" in text
    assert "nm" not in text.split("grey levels")[0].split("pixel size")[1].splitlines()[0]


def test_an_image_of_nothing_but_nan_has_no_grey_levels(tmp_path: Path) -> None:
    np.save(tmp_path / "none.npy", np.full((9, 9), np.nan))
    said = report(tmp_path / "none.npy")
    assert "none that is a finite number" in said
    assert "81 NaN, 0 infinite" in said
    assert "nan to nan" not in said


def test_the_tilts_of_a_series_are_said(shared_data: Path) -> None:
    text = report(shared_data / "tomo" / "needle" / "HAADF.mrc")
    assert "tilt series" in text
    assert "-76° to 76°, 77 of them" in text


@pytest.mark.parametrize("name", ["dm/test-3.dm4", "dm/test_diffraction_pattern.dm3"])
def test_what_is_no_micrograph_is_described_without_its_pixels(
    shared_data: Path, name: str
) -> None:
    text = report(shared_data / "formats" / name)
    assert "kind" in text
    assert "grey levels" not in text
