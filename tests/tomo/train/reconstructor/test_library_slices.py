"""A network that reconstructs learns from the series of a library, and from those alone."""

import pickle
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from colonnade.core.data.library import Library
from colonnade.core.data.split import Part
from colonnade.core.errors import ColonnadeWarning, FileError
from colonnade.core.learn.model import read_card
from colonnade.core.work.recipe import dumps
from colonnade.tomo.card import TomoCard
from colonnade.tomo.library.aligned import is_aligned
from colonnade.tomo.library.sources import LibrarySource, Simulator, write_library
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts
from colonnade.tomo.train.reconstructor import run
from colonnade.tomo.train.reconstructor.library_slices import LibrarySlices, open_slices
from colonnade.tomo.train.reconstructor.task import ReconstructorRecipe


def phantoms(*names: str) -> Phantoms:
    shares = {field.name: float(field.name in names) for field in fields(PhantomShares)}
    return Phantoms(shares=PhantomShares(**shares))


SIMULATION = SeriesSimulation(
    size=(32, 8, 32),
    phantoms=phantoms("faceted", "porous", "texture"),
    tilts=Tilts(reach=(50.0, 60.0), step=(10.0,), irregular=0.0),
    stage=Stage(misaligned=0.25),
    recording=Recording(clean=0.0, backed=1.0, drifting=1.0, drift=(0.1, 0.1), speckled=0.0),
)


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


def library(folder: Path, simulation: SeriesSimulation = SIMULATION, count: int = 12) -> Path:
    write_library(Simulator(simulation, 5), count, folder, quiet)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library(tmp_path_factory.mktemp("library"))


def opened(folder: Path, part: Part, recipe: ReconstructorRecipe, most: int) -> LibrarySlices:
    with pytest.warns(ColonnadeWarning, match="series are not aligned and are left out"):
        return LibrarySlices.of(folder, part, recipe, most)


def test_slices_are_those_of_aligned_series_without_their_faults(
    made: Path, recipe: ReconstructorRecipe
) -> None:
    slices = opened(made, "all", recipe, 1000)
    source, entries = LibrarySource(made), Library(made)
    shown = {number for number, _ in slices.rows}
    assert shown == {number for number in range(12) if is_aligned(entries.read(number, ()))}
    assert 0 < len(shown) < 12
    assert len(set(slices.rows)) == len(slices)
    assert pickle.loads(pickle.dumps(slices)) == slices  # other processes make them
    number, row = slices.rows[3]
    one, whole = slices(3), source(number)
    np.testing.assert_array_equal(one.truth, whole.truth[:, row])
    assert (one.angles, one.family) == (whole.series.angles, whole.family)
    # The level of the background is off, and the sum of a view is that of the slice.
    assert one.sinogram.sum(1).mean() == pytest.approx(one.truth.sum(), rel=0.15)
    assert whole.series.rows(slice(row, row + 1)).sum(2).mean() > 1.3 * one.truth.sum()
    assert np.corrcoef(one.tv.ravel(), one.truth.ravel())[0, 1] > 0.7


def test_every_slice_shows_something(made: Path, recipe: ReconstructorRecipe) -> None:
    slices = opened(made, "all", recipe, 1000)
    source = LibrarySource(made)
    for number, row in slices.rows:
        truth = source(number).truth
        assert np.quantile(truth[:, row], 0.99) > 0.09 * np.quantile(truth, 0.99)


def test_no_family_is_learned_from_and_scored_on(made: Path, recipe: ReconstructorRecipe) -> None:
    with pytest.warns(ColonnadeWarning, match="not aligned"):
        own, others = open_slices(made, replace(recipe, slices=6, validation_slices=1))
    assert others is not None
    assert (len(own), len(others)) == (6, 2)
    families = [{one(number).family for number in range(len(one))} for one in (own, others)]
    assert not families[0] & families[1]


def test_one_family_is_learned_from_whole(tmp_path: Path, recipe: ReconstructorRecipe) -> None:
    porous = replace(SIMULATION, phantoms=phantoms("porous"), stage=Stage(misaligned=0.0))
    library(tmp_path, porous, 2)
    with pytest.warns(ColonnadeWarning, match="too few families to keep some aside"):
        own, others = open_slices(tmp_path, recipe)
    assert {number for number, _ in own.rows} == {0, 1}
    assert others is None


def test_tilts_that_no_others_share_are_left_out(
    tmp_path: Path, recipe: ReconstructorRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(tmp_path, replace(SIMULATION, stage=Stage(misaligned=0.0)), 6)
    monkeypatch.setattr("colonnade.tomo.train.reconstructor.library_slices.GEOMETRIES", 1)
    with pytest.warns(ColonnadeWarning, match="have tilts beyond the 1 commonest sets"):
        slices = LibrarySlices.of(tmp_path, "all", recipe, 1000)
    source = LibrarySource(tmp_path)
    assert len({source(number).series.angles for number, _ in slices.rows}) == 1


@pytest.mark.filterwarnings("ignore:.* series are not aligned")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stage": Stage(misaligned=1.0)}, "has no aligned series to learn from"),
        ({"size": (33, 4, 32)}, "slices of .* are 33 x 32 px, and .* multiples of"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(
    tmp_path: Path, recipe: ReconstructorRecipe, change: dict[str, object], said: str
) -> None:
    library(tmp_path, replace(SIMULATION, **change), 2)  # type: ignore[arg-type]
    with pytest.raises(FileError, match=said):
        LibrarySlices.of(tmp_path, "all", recipe, 10)


@pytest.mark.filterwarnings("ignore:.* series are not aligned")
def test_a_training_on_a_library_goes_from_its_recipe_to_its_model(
    made: Path, recipe: ReconstructorRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "available_cpus", lambda: 1)
    written = tmp_path / "tiny.toml"
    written.write_text(dumps(replace(recipe, slices=5, validation_slices=2)))

    def train(out: str, data: Path | None, resume: bool = False) -> Path:
        folder = tmp_path / out
        said = run.train_reconstructor(
            written, folder, data=data, start=None, resume=resume, progress=quiet
        )
        assert said == f"trained {folder / 'tiny.onnx'}"
        return folder

    folder = train("own", made)
    card = read_card(str(folder / "tiny.onnx"))
    slices = Library(folder / "slices")
    assert len(slices) == 5
    assert len(Library(folder / "held-out")) == 4
    part = TomoCard.of(card)
    assert part.families == tuple(
        sorted({str(slices.read(i, ()).drawn["family"]) for i in range(5)})
    )
    assert set(part.reach) <= {50.0, 60.0}
    with pytest.raises(FileError, match="another"):
        train("own", None, resume=True)
