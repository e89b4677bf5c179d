"""The commands as a person types them."""

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from colonnade import cli
from colonnade.cli import terminal
from colonnade.cli.apply import choose_crew
from colonnade.core.errors import ColonnadeWarning, FileError, warn
from colonnade.core.files.open import read
from colonnade.core.files.write import write_tiff
from colonnade.core.work.parallel import Crew


def colonnade(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "colonnade", *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def spacing(said: str) -> float:
    """The mean distance in nm that the command prints."""
    return float(said.split("nearest neighbours ")[1].split(" nm apart")[0])


@pytest.fixture
def lattice(tmp_path: Path) -> Path:
    """Two hundred columns on a square lattice, saved as TIFF."""
    y, x = np.indices((160, 320))
    image = sum(
        np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / (2 * 2.2**2))
        for cy in range(8, 160, 16)
        for cx in range(8, 320, 16)
    )
    path = tmp_path / "lattice.tif"
    noise = 0.03 * np.random.default_rng(0).standard_normal(image.shape)
    write_tiff(path, image + noise, (0.02, 0.02))
    return path


def test_the_first_command_shows_a_result(tmp_path: Path) -> None:
    done = colonnade("locate", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "columns" in done.stdout
    assert len(rows(tmp_path / "sample.columns.csv")) > 600
    assert (tmp_path / "sample.columns.png").read_bytes().startswith(b"\x89PNG")


def test_locate_writes_the_documented_columns(lattice: Path, tmp_path: Path) -> None:
    done = colonnade("locate", lattice, "--out", tmp_path / "results", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("lattice: 200 columns")
    assert spacing(done.stdout) == pytest.approx(0.32, rel=0.01)
    table = rows(tmp_path / "results" / "lattice.columns.csv")
    assert list(table[0]) == [
        "y_px", "x_px", "y_nm", "x_nm", "sigma_y_px", "sigma_x_px",
        "score", "intensity", "width_px", "snr", "ellipticity", "double",
    ]  # fmt: skip
    assert float(table[0]["y_nm"]) == pytest.approx(0.02 * float(table[0]["y_px"]), abs=1e-6)
    assert float(table[0]["width_px"]) == pytest.approx(2.2, rel=0.1)
    assert 0 < float(table[0]["sigma_y_px"]) < 0.1


@pytest.mark.parametrize("verb", ["locate", "upscale", "denoise"])
def test_work_for_which_there_is_too_little_memory_is_refused_before_it_begins(
    verb: str, lattice: Path, tmp_path: Path
) -> None:
    words = (verb, lattice, "--out", "results", "--memory")
    done = colonnade(*words, "50MB", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "of memory and may take 0.05 GB; give it more with --memory" in done.stderr
    assert list((tmp_path / "results").iterdir()) == []
    done = colonnade(*words, "50", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("colonnade: '50' is no amount of memory")


def test_unless_told_processes_share_half_of_what_is_free_and_one_may_take_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("colonnade.core.work.memory.free_memory", lambda: 6 * 10**9)
    assert choose_crew(4, None, None) == Crew(4, memory=3 * 10**9, largest=6 * 10**9)
    assert choose_crew(4, None, "1 GB") == Crew(4, memory=10**9)
    monkeypatch.setattr("colonnade.core.work.memory.free_memory", lambda: None)
    assert choose_crew(4, None, None) == Crew(4)


@pytest.mark.parametrize("detect", ["mask", "hough"])
@pytest.mark.parametrize("refine", ["mle", "offset", "com"])
def test_columns_are_detected_and_refined_as_asked(
    detect: str, refine: str, lattice: Path, tmp_path: Path
) -> None:
    words = ("locate", lattice, "--detect", detect, "--refine", refine)
    done = colonnade(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("lattice: 200 columns")
    table = rows(tmp_path / "lattice.columns.csv")
    assert all((row["sigma_x_px"] != "") == (refine == "mle") for row in table)
    places = np.array([[float(row["y_px"]), float(row["x_px"])] for row in table])
    away = np.abs((places - 8 + 8) % 16 - 8)
    # Noise of 3 % leaves a fit 0.015 px.
    assert np.sqrt(np.mean(away**2)) < {"mle": 0.025, "offset": 0.15, "com": 0.3}[refine]


def test_a_higher_threshold_leaves_fewer_columns_all_of_them_likely(
    lattice: Path, tmp_path: Path
) -> None:
    counts = []
    for threshold in (0, 1):
        words = ("locate", lattice, "--threshold", threshold, "--out", f"at{threshold}")
        done = colonnade(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        table = rows(tmp_path / f"at{threshold}" / "lattice.columns.csv")
        assert all(float(row["score"]) >= threshold for row in table)
        counts.append(len(table))
    assert counts[0] >= 200
    assert counts[1] == 0


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--threshold", "2", "Must be <= 1"),
        ("--threshold", "-0.1", "Must be >= 0"),
        ("--refine", "none", '"mle", "offset", "com"'),
        ("--detect", "log", '"mask", "hough"'),
    ],
)
def test_options_that_cannot_be_are_refused(
    option: str, value: str, said: str, lattice: Path, tmp_path: Path
) -> None:
    done = colonnade("locate", lattice, option, value, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "lattice.columns.csv").exists()


def test_a_pixel_size_with_its_unit_replaces_the_files_own(lattice: Path, tmp_path: Path) -> None:
    done = colonnade("locate", lattice, "--pixel-size", "0.18Å", cwd=tmp_path)
    assert spacing(done.stdout) == pytest.approx(16 * 0.018, rel=0.01)


def test_a_folder_goes_on_past_a_bad_file(lattice: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.dm4").write_bytes(b"not a micrograph")
    done = colonnade("locate", tmp_path, "--out", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "1 of 2 files failed" in done.stderr
    assert "broken.dm4" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "out" / "lattice.columns.csv").exists()


def test_a_folder_is_searched_again_without_its_own_pictures(
    lattice: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        done = colonnade("locate", tmp_path, "--out", tmp_path, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("nearest neighbours") == 1


def test_a_pattern_is_a_batch(lattice: Path, tmp_path: Path) -> None:
    (tmp_path / "second.tif").write_bytes(lattice.read_bytes())
    done = colonnade("locate", "*.tif", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").glob("*.csv"))) == 2


@pytest.fixture
def stack(lattice: Path, tmp_path: Path) -> Path:
    """Three frames of 96 columns each; the second holds no number."""
    frame = read(lattice).pixels[:128, :192]
    write_tiff(tmp_path / "stack.tif", [frame, np.full_like(frame, np.nan), frame], (0.02, 0.02))
    return tmp_path / "stack.tif"


def test_one_bad_frame_does_not_lose_the_table_of_its_stack(stack: Path, tmp_path: Path) -> None:
    done = colonnade("locate", stack, "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "stack.tif, frame 1: " in done.stderr
    assert "Traceback" not in done.stderr
    frames = [row["frame"] for row in rows(tmp_path / "out" / "stack.columns.csv")]
    assert [frames.count(frame) for frame in "012"] == [96, 0, 96]


def test_the_list_of_what_failed_is_given_back_to_the_command(
    stack: Path, lattice: Path, tmp_path: Path
) -> None:
    done = colonnade(
        "locate", "stack.tif", "lattice.tif", "gone.tif", "--out", "out", cwd=tmp_path
    )
    assert done.returncode == 1
    assert "2 of 3 files failed" in done.stderr
    assert str(Path("out", "failed-locate.csv")) in done.stderr
    failed = rows(tmp_path / "out" / "failed-locate.csv")
    assert [(Path(row["file"]).name, row["frame"]) for row in failed] == [
        ("stack.tif", "1"),
        ("gone.tif", ""),
    ]
    (tmp_path / "gone.tif").write_bytes(lattice.read_bytes())
    again = colonnade("locate", "out/failed-locate.csv", "--out", "out", cwd=tmp_path)
    assert again.returncode == 1
    assert "1 of 2 files failed" in again.stderr
    assert "already done: 2 of 3 frames" in again.stdout
    assert len(rows(tmp_path / "out" / "gone.columns.csv")) == 200
    assert [row["frame"] for row in rows(tmp_path / "out" / "failed-locate.csv")] == ["1"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_batch_that_was_stopped_goes_on_where_it_was(
    how: signal.Signals, lattice: Path, tmp_path: Path
) -> None:
    for name in "abcde":
        (tmp_path / f"{name}.tif").write_bytes(lattice.read_bytes())
    words = [sys.executable, "-m", "colonnade", "locate", "?.tif", "--out", "out"]
    batch = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not (tmp_path / "out" / "b.columns.csv").exists():
        assert batch.poll() is None
        time.sleep(0.01)
    batch.send_signal(how)
    batch.communicate(timeout=60)
    assert batch.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.csv")}
    assert 2 <= len(done) < 5
    again = colonnade("locate", "?.tif", "--out", "out", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    before = int(again.stdout.split("\nalready done: ")[1].split()[0])
    # The last table may have been there before it was written down that it is done.
    assert len(done) - 1 <= before <= len(done)
    kept = [path for path, time_ns in done.items() if path.stat().st_mtime_ns == time_ns]
    assert len(kept) == before
    assert again.stdout.count("200 columns") == 5
    assert len(list((tmp_path / "out").glob("*.columns.csv"))) == 5


def test_an_error_that_is_not_ours_is_a_sentence_too(lattice: Path, tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np; from colonnade import cli\n"
        "from colonnade.atoms.locate import files\n"
        "def fail(*_, **__): raise np.linalg.LinAlgError('Singular matrix')\n"
        "files.locate_frame = fail\n"
        "sys.argv = ['colonnade', 'locate', 'lattice.tif', *sys.argv[1:]]; cli.main()"
    )
    for words, traceback in (([], False), (["--debug"], True)):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True
        )
        assert "LinAlgError: Singular matrix" in done.stderr
        assert ("in fail" in done.stderr) == traceback
        assert done.returncode == (1 if traceback else 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["locate", "table.csv"], "table.csv"),
        (["locate", "missing.tif"], "missing.tif"),
        (["locate", "*.xyz"], "no file fits"),
        (["locate", "lattice.tif", "--pixel-size", "9.8"], "unit"),
        (["locate", "lattice.tif", "--pixel-size", "-1nm"], "is not a positive length"),
        (["locate", "lattice.tif", "--model", "no-such"], "no-such"),
        (["locate", "lattice.tif", "--frame", "3"], "stack"),
        (["info", "missing.dm3"], "missing.dm3"),
        (["models", "show", "missing.onnx"], "missing.onnx"),
        (["models", "check", "lattice.tif"], "lattice.tif"),
        (["train", "atoms", "--recipe", "missing.toml", "--out", "runs"], "missing.toml"),
        (["simulate", "atoms", "--recipe", "missing.toml", "--out", "lib"], "missing.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    words: list[str], said: str, lattice: Path, tmp_path: Path
) -> None:
    done = colonnade(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_debug_shows_where_an_error_came_from(tmp_path: Path) -> None:
    done = colonnade("locate", "missing.tif", "--debug", cwd=tmp_path)
    assert "Traceback" in done.stderr


def test_a_command_leaves_the_warnings_of_its_process_as_they_were(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note is a sentence; other warnings keep their place in the code."""

    def warn() -> None:
        warnings.warn("the scale was guessed", ColonnadeWarning, stacklevel=1)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("old", DeprecationWarning, stacklevel=1)

    before = warnings.formatwarning, list(warnings.filters), warnings.showwarning
    monkeypatch.setattr(cli, "app", lambda *_, **__: warn())
    with warnings.catch_warnings():
        warnings.showwarning = lambda *said: sys.stderr.write(warnings.formatwarning(*said[:4]))
        assert cli.launch("models", "list") == 0
        assert warnings.formatwarning is before[0]
    printed = capsys.readouterr().err
    assert "colonnade: note: the scale was guessed\n" in printed
    assert "test_cli.py" in printed
    assert "DeprecationWarning: old" in printed
    assert (warnings.formatwarning, list(warnings.filters), warnings.showwarning) == before


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (FileError("it is gone; [red]copy[/red] it again"), 2, "[red]copy[/red] it again"),
        (KeyboardInterrupt(), 130, "what was finished is kept"),
    ],
)
def test_what_ends_a_command_is_one_sentence_and_a_status(
    error: BaseException,
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    assert cli.launch("locate") == status
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("colonnade: ")
    assert said in printed.err
    assert printed.err.count("\n") == 1
    if status == 2:
        with pytest.raises(FileError):
            cli.launch("locate", debug=True)


def test_progress_is_drawn_on_a_terminal_and_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = io.StringIO()
    screen = Console(file=drawn, force_terminal=True, width=80)
    monkeypatch.setattr(terminal, "errors", screen)
    with terminal.progress("locating") as advance:
        advance(0, 40)
        advance(23, 40)
    text = drawn.getvalue()
    assert "locating" in text
    assert "23/40" in text
    assert text.rstrip().endswith(("\x1b[2K", "\x1b[?25h"))
    drawn.truncate(0)
    monkeypatch.setattr(terminal, "errors", Console(file=drawn, force_terminal=False))
    with terminal.progress("locating") as advance:
        advance(1, 2)
    assert "locating" not in drawn.getvalue()


def test_a_wrong_option_has_exit_status_2(tmp_path: Path) -> None:
    done = colonnade("locate", "--no-such-option", cwd=tmp_path)
    assert done.returncode == 2
    assert "no-such-option" in done.stdout + done.stderr


def test_a_full_disk_leaves_nothing_half_written(lattice: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    code = (
        "import sys; from colonnade.cli import main;"
        f"sys.argv = ['colonnade', 'locate', {str(lattice)!r}, '--out', 'out']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 2, done.stderr
    assert "cannot be written" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_info_prints_what_is_there(lattice: Path, tmp_path: Path) -> None:
    done = colonnade("info", lattice, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "160 x 320 of float64" in done.stdout
    assert "0.02 nm" in done.stdout
    assert "field of view 3.2 x 6.4 nm" in done.stdout


def test_models_are_listed_shown_and_checked(tmp_path: Path) -> None:
    from colonnade.core.learn.model import Model

    assert "atoms" in colonnade("models", "list", cwd=tmp_path).stdout
    shown = colonnade("models", "show", "atoms", cwd=tmp_path).stdout
    assert "recall" in shown
    assert "licence: GPL-3.0-or-later" in shown
    checked = colonnade("models", "check", Model.load("atoms").path, cwd=tmp_path)
    assert checked.returncode == 0


def test_simulate_makes_a_library_that_train_can_use(tmp_path: Path) -> None:
    recipe = tmp_path / "library.toml"
    recipe.write_text("version = 1\nsize = [32, 32]\n")
    words = ("simulate", "atoms", "--recipe", recipe, "--count", "3", "--out", "library", "--seed")
    done = colonnade(*words, "4", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "library" / "contact.png").exists()
    training = tmp_path / "train.toml"
    training.write_text(
        "version = 1\nname = 'tiny'\nvalidation_images = 1\n"
        "[simulation]\nsize = [32, 32]\n[network]\nwidths = [2, 4]\n"
        "[training]\nsteps = 2\nbatch = 2\nsave_every = 1\nworkers = 0\n"
    )
    done = colonnade(
        "train", "atoms", "--recipe", training, "--data", "library", "--out", "run", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert colonnade("models", "check", "run/tiny.onnx", cwd=tmp_path).returncode == 0
    again = colonnade(*words, "5", cwd=tmp_path)
    assert again.returncode == 2
    assert "another recipe or seed" in again.stderr


def test_info_keeps_the_vendors_own_words_short(shared_data: Path, tmp_path: Path) -> None:
    image = shared_data / "formats" / "dm" / "test_STEM_image.dm3"
    done = colonnade("info", image, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "0.248538 nm" in done.stdout
    assert len(done.stdout.splitlines()) < 20


def test_a_folder_that_cannot_be_made_is_said(lattice: Path, tmp_path: Path) -> None:
    done = colonnade("locate", lattice, "--out", lattice / "inside", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be made" in done.stderr


TRAINING = """version = 1
name = "tiny"
validation_images = 2

[simulation]
size = [32, 32]

[network]
widths = [2, 4]

[training]
steps = 2
batch = 2
save_every = 1
workers = 0
"""


def test_a_library_in_the_layout_of_temimagenet_can_be_trained_on(tmp_path: Path) -> None:
    """With crystals kept aside; and a note where there are too few to do so."""
    (tmp_path / "images.toml").write_text(
        'version = 1\nsize = [32, 32]\n[specimen]\ncrystals = ["Au [100]", "Fe [100]"]\n'
        "invented = 0.0\n[specimen.scenes]\ncrystal = 1.0\n"
    )
    (tmp_path / "tiny.toml").write_text(TRAINING)
    made = ("simulate", "atoms", "--recipe", "images.toml", "--workers", 1)
    for count, note in ((8, False), (1, True)):
        data = f"data{count}"
        done = colonnade(
            *made, "--layout", "temimagenet", "--count", count, "--out", data, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert len(list((tmp_path / data / "image").glob("*.png"))) == count
        words = ("train", "atoms", "--recipe", "tiny.toml", "--data", data)
        done = colonnade(*words, "--out", f"run{count}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert ("note: " in done.stderr and "too few crystals" in done.stderr) == note
        assert (tmp_path / f"run{count}" / "tiny.onnx").exists()


def test_a_library_that_was_begun_larger_shows_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text("version = 1\nsize = [32, 32]\n")
    words = ("simulate", "atoms", "--recipe", "small.toml", "--workers", 1, "--out", "lib")
    assert colonnade(*words, "--count", 5, cwd=tmp_path).returncode == 0
    (tmp_path / "lib" / "table" / "000003" / "zarr.json").unlink()  # as if it had been stopped
    (tmp_path / "lib" / "table" / "000004" / "zarr.json").unlink()
    done = colonnade(*words, "--count", 4, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "4 images in lib" in done.stdout


def test_images_of_a_size_that_the_network_cannot_take_are_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TRAINING)
    (tmp_path / "odd.toml").write_text("version = 1\nsize = [32, 33]\n")
    words = ("simulate", "atoms", "--recipe", "odd.toml", "--count", 2, "--workers", 1)
    assert colonnade(*words, "--out", "lib", cwd=tmp_path).returncode == 0
    words = ("train", "atoms", "--recipe", "tiny.toml", "--data", "lib", "--out", "run")
    done = colonnade(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert "(32, 33) px, must be multiples of 2" in done.stderr


def test_labelled_images_from_elsewhere_become_a_library(lattice: Path, tmp_path: Path) -> None:
    y, x = np.mgrid[8:160:16, 8:320:16].reshape(2, -1)
    table = "\n".join(["y_px,x_px", *(f"{a},{b}" for a, b in zip(y, x, strict=True))])
    (tmp_path / "lattice.csv").write_text(table)
    done = colonnade("import", "atoms", ".", "--out", "library", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{len(y)} columns" in done.stdout
    assert (tmp_path / "library" / "contact.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "library" / "library.html").read_text(encoding="utf-8")
    assert "lattice" in page


def test_a_recipe_goes_by_its_name_and_an_unknown_one_is_said(tmp_path: Path) -> None:
    words = ("simulate", "atoms", "--count", 1, "--workers", 1, "--out", "lib", "--recipe")
    assert colonnade(*words, "sheets", cwd=tmp_path).returncode == 0
    done = colonnade(*words, "nonsense", cwd=tmp_path)
    assert done.returncode == 2
    assert "single-atoms" in done.stderr


@pytest.mark.parametrize("crystal", ["Kryptonite [100]", "Si [000]", "missing.cif [100]"])
def test_a_recipe_of_no_crystal_leaves_no_folder_behind(crystal: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        f'version = 1\n[specimen]\ncrystals = ["Si [110]", "{crystal}"]\n'
    )
    done = colonnade("simulate", "atoms", "--recipe", "bad.toml", "--out", "lib", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "lib").exists()


@pytest.mark.parametrize("threshold", [0.05, 0.6, 0.93])
def test_candidates_above_a_threshold_are_the_table_at_that_threshold(
    threshold: float, tmp_path: Path
) -> None:
    """On the sample, byte for byte; and the summary says which threshold it was."""
    heard = Heard()
    for out, options in (("all", ["--candidates"]), ("one", ["--threshold", str(threshold)])):
        assert cli.run(["locate", "--out", str(tmp_path / out), *options], heard) == 0
    header, *lines = (tmp_path / "all" / "sample.candidates.csv").read_text().splitlines()
    at = header.split(",").index("score")
    chosen = [line for line in lines if float(line.split(",")[at]) >= threshold]
    table = (tmp_path / "one" / "sample.columns.csv").read_text().splitlines()
    assert table == [header, *chosen]
    said = json.loads((tmp_path / "one" / "sample.columns.json").read_text())
    assert said["frames"][0]["threshold"] == threshold
    usual = json.loads((tmp_path / "all" / "sample.columns.json").read_text())["frames"][0]
    assert usual["columns"] == sum(
        float(line.split(",")[at]) >= usual["threshold"] for line in lines
    )


class Heard:
    """What a program hears of a command."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.complaints: list[str] = []
        self.notes: list[str] = []
        self.progress: list[tuple[str, int, int]] = []

    def said(self, line: str) -> None:
        self.lines.append(line)

    def complained(self, line: str) -> None:
        self.complaints.append(line)

    def noted(self, sentence: str) -> None:
        self.notes.append(sentence)

    def advanced(self, what: str, done: int, total: int) -> None:
        self.progress.append((what, done, total))


def test_a_program_hears_what_a_terminal_would_show(
    lattice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = Heard()
    assert cli.run(["locate", str(lattice), "--out", str(tmp_path)], heard) == 0
    printed = colonnade("locate", lattice, "--out", tmp_path, cwd=tmp_path).stdout
    assert heard.lines == printed.splitlines()[: len(heard.lines)]
    assert "200 columns" in heard.lines[0]
    assert {what for what, _, _ in heard.progress} == {"locating"}
    assert heard.progress[-1][1] == heard.progress[-1][2] > 0
    assert cli.run(["locate", "missing.tif"], heard) == 2
    assert heard.complaints == [
        "colonnade: missing.tif does not exist; check the name and the folder"
    ]
    assert capsys.readouterr() == ("", "")


def test_a_program_hears_notes_and_the_terminal_is_given_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heard = Heard()
    with monkeypatch.context() as patched, warnings.catch_warnings():
        patched.setattr(cli, "app", lambda *_, **__: warn("guessed"))
        patched.setattr(cli.app, "meta", lambda *_, **__: cli.launch(), raising=False)
        assert cli.run([], heard) == 0
    assert heard.notes == ["guessed"]
    cli.run(["models", "list"], heard)
    assert any(line.startswith("light-x4 ") for line in heard.lines)
    terminal.console.print("on the terminal")
    assert capsys.readouterr().out == "on the terminal\n"
