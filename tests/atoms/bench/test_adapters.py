"""Methods that the benchmark knows: what they find, and what they say when they cannot."""

import pickle
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from colonnade.atoms.bench.adapters import by_atomai, by_atomap, log_gaussian, tables
from colonnade.atoms.bench.adapters.log_gaussian import LogGaussian, fit_peaks, log_peaks
from colonnade.atoms.bench.case import MethodInput
from colonnade.atoms.columns import Columns
from colonnade.atoms.score import score
from colonnade.core.bench.methods import (
    MethodError,
    MissingPeerError,
    installed_methods,
    load_method,
)
from colonnade.core.errors import FileError, ModelError
from colonnade.core.images.micrograph import Micrograph

Array = NDArray[np.float64]

SHAPE = (100, 132)
"""Not square, so that an exchange of y and x shows."""

SPACING, WIDTH, HEIGHT, LEVEL = 12.0, 2.2, 300.0, 10.0
"""Of the columns that are drawn [px], and their grey levels in electrons."""

LIMIT = float(1 / np.sqrt(2 * np.pi * HEIGHT))
"""What the electrons allow on each axis: the width by the root of their number [px]."""

UNWEIGHTED = 4 / 3
"""A fit that gives all pixels the same weight errs so much more, even without a background."""

NAME = "WS2 [001], noise 5, 0"


def lattice(turn: float = 0.3) -> Array:
    """Columns of a turned square lattice that are wholly in the image."""
    grid = np.stack(np.mgrid[-20:20, -20:20], -1).reshape(-1, 2) * SPACING
    cosine, sine = np.cos(turn), np.sin(turn)
    places = grid @ [[cosine, -sine], [sine, cosine]] + np.array(SHAPE) / 2 + 0.3
    return places[((places > 8) & (places < np.array(SHAPE) - 9)).all(1)]


def gaussians(positions: Array, shape: tuple[int, int] = SHAPE) -> Array:
    y, x = np.indices(shape)[:, None] - np.asarray(positions).T[:, :, None, None]
    return LEVEL + HEIGHT * np.exp(-0.5 * (y**2 + x**2) / WIDTH**2).sum(0)


def given_image(image: Array, spacing: float = SPACING, name: str = NAME) -> MethodInput:
    return MethodInput(Micrograph(image.astype(np.float32)), name, spacing)


@cache
def counted() -> tuple[Array, Array]:
    """Give the columns of a lattice, and its image with the noise of electrons."""
    positions = lattice()
    return positions, np.random.default_rng(3).poisson(gaussians(positions)).astype(float)


def excess(positions: Array, found: Columns) -> float:
    """Root mean square error in units of the limit; every column and nothing else is found."""
    result = score(Columns(*positions.T), found, gate=2.0)
    assert (result.found, result.missed, result.false) == (len(positions), 0, 0)
    return result.rms / float(np.sqrt(2)) / LIMIT


# Laplacian of Gaussian and fits


def test_fits_reach_what_the_electrons_allow() -> None:
    positions, image = counted()
    assert 0.85 < excess(positions, LogGaussian().run(given_image(image))) / UNWEIGHTED < 1.25


@given(
    st.floats(-0.5, 0.5),
    st.floats(-0.5, 0.5),
    st.floats(1.2, 3.0),
    st.floats(1.2, 3.0),
    st.floats(0.1, 1e4),
    st.floats(-1e3, 1e3),
)
def test_a_fit_finds_the_very_middle_of_a_gaussian(
    dy: float, dx: float, wide_y: float, wide_x: float, height: float, level: float
) -> None:
    y, x = np.indices((31, 41), float)
    exponent = ((y - 14 - dy) / wide_y) ** 2 + ((x - 22 - dx) / wide_x) ** 2
    found = fit_peaks(level + height * np.exp(-0.5 * exponent), np.array([[14, 22]]), 2.0)
    np.testing.assert_allclose(found.positions, [[14 + dy, 22 + dx]], atol=1e-4)


@given(st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_peaks_do_not_depend_on_the_scale_of_grey_levels(factor: float, offset: float) -> None:
    _, image = counted()
    first, second = (log_peaks(one, 2.5, 1.5) for one in (image, factor * image + offset))
    np.testing.assert_array_equal(first, second)


def test_a_peak_whose_window_is_too_small_for_a_fit_stays() -> None:
    image = np.zeros((8, 9))
    image[0, 8] = 5.0
    found = fit_peaks(image, np.array([[0, 8]]), 0.4)
    np.testing.assert_array_equal(found.positions, [[0, 8]])


def test_nothing_is_found_on_a_flat_image() -> None:
    assert len(LogGaussian().run(given_image(np.full(SHAPE, 7.0)))) == 0


def test_a_spacing_as_large_as_the_image_is_no_obstacle() -> None:
    _, image = counted()
    found = LogGaussian().run(given_image(image, spacing=float(min(SHAPE))))
    assert np.isfinite(found.positions).all()


# Every way of ours

WAYS = [name for name in installed_methods("atoms") if name.startswith(("ours", "unet", "enc"))]


@pytest.mark.parametrize("name", WAYS)
def test_every_way_of_ours_is_installed_and_finds_a_lattice(name: str) -> None:
    positions, image = counted()
    found = load_method("atoms", name).run(given_image(image))
    result = score(Columns(*positions.T), found, gate=2.0)
    assert result.f1 > 0.95
    # Even a centre of mass is some ten times nearer than the gate.
    assert result.rms < 0.4


def test_ours_takes_a_model_behind_its_colon_and_is_told_nothing_but_the_image() -> None:
    _, image = counted()
    packaged = load_method("atoms", "ours").run(given_image(image))
    same = load_method("atoms", "ours:atoms").run(given_image(image, spacing=99.0, name="other"))
    np.testing.assert_array_equal(packaged.positions, same.positions)
    with pytest.raises(ModelError, match="nowhere"):
        load_method("atoms", "ours:nowhere")


# Arguments and what is missing


@pytest.mark.parametrize(
    ("make", "argument", "said"),
    [
        (log_gaussian.make, "3", "takes nothing"),
        (by_atomap.make, "3", "takes nothing"),
        (by_atomai.make, "", "atomai:FILE"),
        (by_atomai.make, "nowhere.tar", "there is no file nowhere.tar"),
        (tables.make, "", "columns:FOLDER"),
        (tables.make, "nowhere", "'nowhere' is not a folder"),
    ],
)
def test_an_argument_that_does_not_fit_is_an_error_of_one_sentence(
    make: Callable[[str], object], argument: str, said: str
) -> None:
    with pytest.raises(MethodError, match=said) as raised:
        make(argument)
    assert "\n" not in str(raised.value)
    assert not isinstance(raised.value, MissingPeerError)


@pytest.mark.parametrize("missing", ["atomap.api", "hyperspy.api"])
def test_without_atomap_one_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, "atomap.api", ModuleType("atomap.api"))
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingPeerError, match=r"pip install 'colonnade\[peers\]'"):
        by_atomap.make("")


def test_without_atomai_one_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "atomai", None)
    (tmp_path / "model.tar").touch()
    with pytest.raises(MissingPeerError, match=r"pip install 'colonnade\[peers\]'"):
        by_atomai.make(str(tmp_path / "model.tar"))


def test_methods_are_found_by_their_names(tmp_path: Path) -> None:
    assert isinstance(load_method("atoms", "log-gaussian"), LogGaussian)
    assert isinstance(load_method("atoms", f"columns:{tmp_path}"), tables.Tables)
    with pytest.raises(MethodError, match="there is no method named 'nobody'"):
        load_method("atoms", "nobody")


# atomap itself, where it is installed


@pytest.fixture
def atomap() -> by_atomap.Atomap:
    pytest.importorskip("atomap.api", exc_type=ImportError)
    return by_atomap.make("")


@pytest.mark.filterwarnings("ignore")
def test_atomap_finds_a_lattice(atomap: by_atomap.Atomap) -> None:
    positions, image = counted()
    # A third of a pixel beside the columns would be 14, and x for y would find nothing.
    assert 0.85 < excess(positions, atomap.run(given_image(image))) / UNWEIGHTED < 2


@pytest.mark.filterwarnings("ignore")
def test_atomap_is_not_disturbed_by_negative_grey_levels(atomap: by_atomap.Atomap) -> None:
    positions, image = counted()
    found = atomap.run(given_image(image - 2000))
    assert score(Columns(*positions.T), found, gate=0.5).f1 == 1.0


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("count", [0, 1, 8])
def test_atomap_finds_nothing_among_too_few_columns(atomap: by_atomap.Atomap, count: int) -> None:
    assert len(atomap.run(given_image(gaussians(lattice()[:count])))) == 0


# AtomAI, by a module with the same interface


class Segmentor:
    """Stands for AtomAI's: marks the middle of the darkest and of the brightest pixel."""

    def predict(self, image: Array, verbose: bool = True) -> tuple[Array, dict[int, Array]]:
        assert not verbose
        assert image.min() == 0
        bright = np.unravel_index(image.argmax(), image.shape)
        padding = np.array(image.shape) + 2
        rows = np.array([[*bright, 0.0], [*bright, 1.0], [*padding, 0.0]])
        return image[None, ..., None], {0: rows[: 3 if image.any() else 0]}


def load_model(path: str) -> Any:
    kind = pickle.loads(Path(path).read_bytes())
    return Segmentor() if kind == "seg" else {"weights": 0}


@pytest.fixture
def atomai(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bytes], str]:
    module, models = ModuleType("atomai"), ModuleType("atomai.models")
    vars(models).update(Segmentor=Segmentor)
    vars(module).update(load_model=load_model, models=models)
    monkeypatch.setitem(sys.modules, "atomai", module)

    def written(content: bytes) -> str:
        path = tmp_path / "model.tar"
        path.write_bytes(content)
        return str(path)

    return written


def test_atomai_gives_rows_and_columns_of_all_classes(atomai: Callable[[bytes], str]) -> None:
    image = np.full(SHAPE, 40.0)
    image[20, 110] = 90
    found = by_atomai.make(atomai(pickle.dumps("seg"))).run(given_image(image))
    # What it finds where it has filled up the image is left out.
    np.testing.assert_array_equal(found.positions, [[20, 110], [20, 110]])


def test_atomai_may_find_nothing(atomai: Callable[[bytes], str]) -> None:
    assert len(by_atomai.make(atomai(pickle.dumps("seg"))).run(given_image(np.ones(SHAPE)))) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no model", "AtomAI cannot load"), (pickle.dumps("vae"), "not a model for segmentation")],
)
def test_a_file_that_atomai_cannot_use_is_an_error(
    atomai: Callable[[bytes], str], content: bytes, said: str
) -> None:
    with pytest.raises(MethodError, match=said):
        by_atomai.make(atomai(content))


# Tables


@pytest.mark.parametrize("ending", [".csv", ".columns.csv"])
def test_tables_come_back_as_they_were_written(tmp_path: Path, ending: str) -> None:
    positions = lattice()
    written = Columns(*positions.T, sigma_y=np.full(len(positions), 0.03))
    written.to_csv(tmp_path / f"{NAME}{ending}")
    found = tables.make(str(tmp_path)).run(given_image(np.ones(SHAPE)))
    np.testing.assert_allclose(found.positions, positions)
    np.testing.assert_allclose(found.sigma_y, 0.03)
    assert np.isnan(found.sigma_x).all()


@pytest.mark.parametrize("text", ["x,y\n3.5,2\n", "y;x\n2;3,5\n", "x\ty\n3.5\t2\n"])
def test_tables_of_other_programs_give_positions(tmp_path: Path, text: str) -> None:
    (tmp_path / f"{NAME}.csv").write_text(text)
    found = tables.make(str(tmp_path)).run(given_image(np.ones(SHAPE)))
    np.testing.assert_array_equal(found.positions, [[2, 3.5]])


def test_a_table_without_lines_found_nothing(tmp_path: Path) -> None:
    Columns(np.empty(0), np.empty(0)).to_csv(tmp_path / f"{NAME}.csv")
    assert len(tables.make(str(tmp_path)).run(given_image(np.ones(SHAPE)))) == 0


def test_an_image_without_a_table_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(MethodError, match=r"noise 5, 0\.csv"):
        tables.make(str(tmp_path)).run(given_image(np.ones(SHAPE)))


@pytest.mark.parametrize("text", ["y_px,x_px\n1,2\n3\n", "1,2\n", "y_px,x_px\n1,nan\n"])
def test_a_table_that_is_broken_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / f"{NAME}.csv").write_text(text)
    with pytest.raises(FileError, match="noise 5, 0"):
        tables.make(str(tmp_path)).run(given_image(np.ones(SHAPE)))
