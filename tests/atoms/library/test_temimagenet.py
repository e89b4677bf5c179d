"""Folders of TEM-ImageNet: what is written is read again, and others' folders are read well."""

import csv
import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from left_over import half_written
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from colonnade.atoms.columns import Columns
from colonnade.atoms.library import temimagenet_writing
from colonnade.atoms.library.temimagenet import TemImageNet
from colonnade.atoms.library.temimagenet_writing import write_layout
from colonnade.atoms.simulate.image import Simulated
from colonnade.core.errors import ColonnadeError, ColonnadeWarning, FileError, ImageError
from colonnade.core.images.micrograph import Micrograph

Array = NDArray[np.float64]

SHAPE = (64, 80)
PIXEL = 0.0123456789

PICTURES = {
    "image": 1,
    "noNoise": 1,
    "noBackgroundnoNoise": 1,
    "noNoiseNoBackgroundSuperresolution": 1,
    "noNoiseNoBackgroundUpinterpolation2x": 2,
    "noNoiseUpinterpolation2x": 2,
    "circularMask": 1,
    "smallcircularMask": 1,
    "gaussianMask": 1,
}
"""Folders of TEM-ImageNet, and how much finer their pictures are."""

CRYSTALS = ("Si [110]", "Au [100]", "NiO [110]", "Si [100]")


def spots(positions: Array, sigma: float) -> Array:
    y, x = np.indices(SHAPE)[:, None] - positions.T[:, :, None, None]
    return np.exp(-0.5 * (y**2 + x**2) / sigma**2).sum(0)


@dataclass(frozen=True)
class Drawn:
    """Stands for a simulator: columns on a grid, moved at random."""

    identity: str = "a recipe and a seed"
    pixel: float | None = PIXEL

    def __call__(self, index: int) -> Simulated:
        rng = np.random.default_rng(index)
        grid = np.stack(np.meshgrid(range(4, 64, 11), range(5, 80, 11), indexing="ij"), -1)
        positions = grid.reshape(-1, 2) + rng.uniform(-1.5, 1.5, (grid.size // 2, 2))
        size = None if self.pixel is None else (self.pixel, self.pixel)
        count = len(positions)
        columns = Columns(
            y=positions[:, 0],
            x=positions[:, 1],
            intensity=np.ones(count),
            width=np.full(count, 2.0),
            labels={"detectable": np.ones(count, int), "snr": np.full(count, 9.5)},
            pixel_size=size,
        )
        alone = 80 * spots(positions, 2.0)
        noisy = rng.poisson(alone + 20).astype(np.float32)
        return Simulated(
            image=Micrograph(noisy, size, "drawn"),
            clean=alone + 20,
            no_background=alone,
            sharpened=spots(positions, 1.0),
            columns=columns,
            drawn={
                "crystal": CRYSTALS[index % 4],
                "imaging.voltage": "200.0",
                "imaging.convergence": 24.5,
            },
        )


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layout") / "library"
    write_layout(Drawn(), 6, folder, quiet)
    return folder


@pytest.fixture
def library(once: Path, tmp_path: Path) -> Path:
    """Copy a library, to be changed."""
    return Path(shutil.copytree(once, tmp_path / "library"))


def grey(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        assert picture.mode == "L"
        return np.asarray(picture)


def rewrite(path: Path, change: Callable[[NDArray[np.uint8]], NDArray[np.generic]]) -> None:
    Image.fromarray(change(grey(path))).save(path)


def error(found: Columns, truth: Columns) -> float:
    assert len(found) == len(truth)
    away, pair = cKDTree(found.positions).query(truth.positions)
    assert len(set(pair)) == len(truth)
    return float(away.max())


# Written


def test_folders_and_names_are_those_of_temimagenet(once: Path) -> None:
    stems = [f"{number:05d}" for number in range(1, 7)]
    for name, finer in PICTURES.items():
        assert sorted(path.name for path in (once / name).iterdir()) == [f"{s}.png" for s in stems]
        picture = grey(once / name / "00004.png")
        assert picture.shape == (finer * SHAPE[0], finer * SHAPE[1])
        assert picture.min() == 0
        assert picture.max() == 255 or "Mask" in name
    for name in ("position", "params"):
        assert sorted(path.name for path in (once / name).iterdir()) == [f"{s}.txt" for s in stems]


def test_grey_levels_go_from_the_least_to_the_most(once: Path) -> None:
    clean = Drawn()(2).clean
    expected = 255 * (clean - clean.min()) / (clean.max() - clean.min())
    assert np.abs(grey(once / "noNoise" / "00003.png") - expected).max() <= 0.5


def test_pictures_of_nothing_are_black(tmp_path: Path) -> None:
    class Vacuum(Drawn):
        def __call__(self, index: int) -> Simulated:
            one = super().__call__(index)
            flat = np.full(SHAPE, 0.25, np.float32)
            return Simulated(one.image, flat, 0 * flat, flat, one.columns[:0], {"crystal": "none"})

    write_layout(Vacuum(), 1, tmp_path / "lib", quiet)
    for name in PICTURES:
        assert grey(tmp_path / "lib" / name / "00001.png").any() == (name == "image")
    assert (tmp_path / "lib" / "position" / "00001.txt").read_text() == ""
    back = TemImageNet(tmp_path / "lib")(0)
    assert len(back.columns) == 0
    assert back.columns.positions.shape == (0, 2)


def test_positions_are_rows_first_and_registered(once: Path) -> None:
    text = (once / "position" / "00002.txt").read_text()
    assert all(line.startswith(" ") and line.endswith(" ") for line in text.splitlines())
    truth = Drawn()(1).columns.positions
    np.testing.assert_allclose(np.loadtxt(once / "position" / "00002.txt"), truth, atol=1e-9)


def test_parameters_are_thirteen_lines(once: Path) -> None:
    lines = [float(line) for line in (once / "params" / "00001.txt").read_text().splitlines()]
    assert lines[0] == pytest.approx(10 * PIXEL * SHAPE[1], rel=1e-15)
    assert lines[1:] == [0, 0, 0, 0, 200, 0, 24.5, 0, 0, 0, 0, 0]


def test_finer_pictures_show_the_columns_at_two_y_and_a_half(once: Path) -> None:
    """So that both pictures show the same field of view."""
    positions = Drawn()(0).columns.positions
    y, x = np.indices((2 * SHAPE[0], 2 * SHAPE[1])) / 2 - 0.25
    expected = np.zeros(y.shape)
    for row, column in positions:
        expected += np.exp(-((y - row) ** 2 + (x - column) ** 2) / 8)
    expected = 255 * (expected - expected.min()) / (expected.max() - expected.min())
    written = grey(once / "noNoiseNoBackgroundUpinterpolation2x" / "00001.png")
    # At the border a spline cannot know how the image goes on.
    assert np.abs(written - expected)[4:-4, 4:-4].max() < 1.5


def test_the_index_and_the_tables_keep_what_the_layout_has_no_room_for(once: Path) -> None:
    with (once / "index.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["ID"] for row in rows] == [f"{number:05d}" for number in range(1, 7)]
    assert [row["Family"] for row in rows] == [CRYSTALS[i % 4] for i in range(6)]
    assert {float(row["pixel_size_nm"]) for row in rows} == {PIXEL}
    assert {row["imaging.convergence"] for row in rows} == {"24.5"}
    table = Columns.from_csv(once / "columns" / "00001.csv")
    np.testing.assert_allclose(table.positions, Drawn()(0).columns.positions, atol=1e-8)
    assert set(table.labels) == {"detectable", "snr"}


class Stopped(Exception):
    """Stands for whatever ends a run too early."""


def test_an_interrupted_library_is_finished_to_the_byte(tmp_path: Path, once: Path) -> None:
    def stop(done: int, of: int) -> None:
        assert of == 6
        if done == 4:
            raise Stopped

    with pytest.raises(Stopped):
        write_layout(Drawn(), 6, tmp_path / "broken", stop)
    # The last image was not written whole.
    (tmp_path / "broken" / "drawn" / "00004.json").unlink()
    (tmp_path / "broken" / "image" / "00004.png").write_bytes(b"half")
    write_layout(Drawn(), 6, tmp_path / "broken", quiet)
    assert contents(tmp_path / "broken") == contents(once)


def test_a_library_that_a_process_died_beginning_is_begun_anew(tmp_path: Path, once: Path) -> None:
    half_written(tmp_path / "broken" / temimagenet_writing.IDENTITY)
    write_layout(Drawn(), 6, tmp_path / "broken", quiet)
    assert contents(tmp_path / "broken") == contents(once)


def test_what_is_there_is_not_made_again(library: Path) -> None:
    made = []

    class Counting(Drawn):
        def __call__(self, index: int) -> Simulated:
            made.append(index)
            return super().__call__(index)

    steps = []
    write_layout(Counting(), 8, library, lambda done, of: steps.append((done, of)))
    assert made == [6, 7]
    assert steps == [(6, 8), (7, 8), (8, 8)]
    assert len((library / "index.csv").read_text().splitlines()) == 9


def test_the_order_in_which_workers_finish_does_not_matter(
    once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detectable = []

    def backwards(
        function: Callable[[int], None], items: list[int], **who: object
    ) -> Iterator[None]:
        detectable.append(who)
        return map(function, reversed(items))

    monkeypatch.setattr(temimagenet_writing, "run", backwards)
    write_layout(Drawn(), 6, tmp_path / "other", quiet, workers=3)
    assert contents(tmp_path / "other") == contents(once)
    assert detectable == [{"workers": 3, "scheduler": None}]


def test_another_source_or_a_folder_of_other_things_is_refused(
    library: Path, tmp_path: Path
) -> None:
    before = contents(library)
    with pytest.raises(FileError, match="another recipe or seed"):
        write_layout(Drawn("another"), 6, library, quiet)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("meow")
    with pytest.raises(FileError, match="not empty"):
        write_layout(Drawn(), 6, tmp_path / "photos", quiet)
    assert contents(library) == before


def test_what_is_not_known_is_not_written(tmp_path: Path) -> None:
    class Measured(Drawn):
        def __call__(self, index: int) -> Simulated:
            one = super().__call__(index)
            nothing = np.full(SHAPE, np.nan)
            return Simulated(one.image, nothing, nothing, nothing, one.columns, {})

    write_layout(Measured(pixel=None), 1, tmp_path / "lib", quiet)
    folders = {path.name for path in (tmp_path / "lib").iterdir() if path.is_dir()}
    assert folders == {
        *("image", "gaussianMask", "circularMask", "smallcircularMask"),
        *("position", "columns", "drawn"),
    }
    back = TemImageNet(tmp_path / "lib")(0)
    assert back.image.pixel_size is None
    assert back.columns.pixel_size is None
    assert np.isnan(back.clean).all()


# Read


def test_what_is_written_is_read_again(once: Path) -> None:
    source, drawn = TemImageNet(once), Drawn()
    assert len(source) == 6
    for index in range(6):
        back, truth = source(index), drawn(index)
        assert error(back.columns, truth.columns) < 0.05
        assert (back.columns.labels["detectable"] == 1).all()
        assert back.image.pixel_size == pytest.approx((PIXEL, PIXEL), rel=1e-15)
        assert back.columns.pixel_size == back.image.pixel_size
        assert back.image.name == f"{index + 1:05d}"
        assert back.drawn["crystal"] == CRYSTALS[index % 4]
        pixels = truth.image.pixels
        step = (pixels.max() - pixels.min()) / 255
        rescaled = back.image.pixels * step + pixels.min()
        assert np.abs(rescaled - pixels).max() <= 0.51 * step
        for name in ("clean", "no_background", "sharpened"):
            correlation = np.corrcoef(getattr(back, name).ravel(), getattr(truth, name).ravel())
            assert correlation[0, 1] > 0.9999
    np.testing.assert_array_equal(source(1).image.pixels, source(7).image.pixels)


def test_without_gaussian_masks_the_circular_ones_tell_the_truth(library: Path) -> None:
    shutil.rmtree(library / "gaussianMask")
    found, truth = TemImageNet(library)(0).columns, Drawn()(0).columns
    assert len(found) == len(truth)
    whole = found[found.labels["detectable"] == 1]
    away, _ = cKDTree(truth.positions).query(whole.positions)
    assert len(whole) > 30
    assert away.max() < 0.05


@pytest.mark.parametrize(
    "change",
    [
        lambda mask: (mask // 2 + 40).astype(np.uint8),
        lambda mask: mask.astype(np.uint16) * 257,
        lambda mask: np.stack([mask] * 3, -1),
    ],
)
def test_masks_of_any_grey_levels_give_the_same_columns(
    library: Path, change: Callable[[NDArray[np.uint8]], NDArray[np.generic]]
) -> None:
    rewrite(library / "gaussianMask" / "00001.png", change)
    assert error(TemImageNet(library)(0).columns, Drawn()(0).columns) < 0.05


@pytest.mark.parametrize("top", [1, 255])
def test_masks_of_two_levels_give_centres_as_good_as_pixels_allow(library: Path, top: int) -> None:
    rewrite(
        library / "gaussianMask" / "00001.png",
        lambda mask: (top * (mask > 60)).astype(np.uint8),
    )
    found, truth = TemImageNet(library)(0).columns, Drawn()(0).columns
    assert len(found) == len(truth)
    whole = found[found.labels["detectable"] == 1]
    assert cKDTree(truth.positions).query(whole.positions)[0].max() < 0.4


def test_files_are_paired_by_name_and_those_without_a_partner_are_named(library: Path) -> None:
    (library / "image" / "00002.png").unlink()
    (library / "gaussianMask" / "00005.png").unlink()
    (library / "image" / "Thumbs.db").write_bytes(b"")
    with pytest.warns(ColonnadeWarning, match="2 images or masks .* 00002, 00005"):
        source = TemImageNet(library)
    assert source.stems == ["00001", "00003", "00004", "00006"]
    assert error(source(2).columns, Drawn()(3).columns) < 0.05


def test_positions_are_never_believed(library: Path) -> None:
    (library / "position" / "00001.txt").write_text("nonsense")
    assert error(TemImageNet(library)(0).columns, Drawn()(0).columns) < 0.05


def test_no_crystal_is_in_both_parts(once: Path) -> None:
    train, test = TemImageNet(once, "train"), TemImageNet(once, "test")
    shown = [
        {str(side(i).drawn["crystal"]).split()[0] for i in range(len(side))}
        for side in (train, test)
    ]
    assert not shown[0] & shown[1]
    assert sorted(train.stems + test.stems) == TemImageNet(once).stems
    assert len({TemImageNet(once, part).identity for part in ("all", "train", "test")}) == 3


def test_parts_need_an_index_and_take_that_of_temimagenet(library: Path) -> None:
    (library / "index.csv").unlink()
    assert TemImageNet(library)(0).drawn["crystal"] == "unknown"
    with pytest.raises(FileError, match="IMAGE INDEX"):
        TemImageNet(library, "train")
    index = library.parent / "IMAGE INDEX.csv"
    rows = ["ID,Mineral name,Structure name,Elements contained,Orientation"]
    rows += [f"0000{n},m,NULL,{'Pt' if n < 4 else 'Si'},110" for n in range(1, 6)]
    index.write_text("\n".join(rows))
    with pytest.warns(ColonnadeWarning, match="1 of 6 images"):
        train = TemImageNet(library, "train", index)
    assert train.stems in (["00001", "00002", "00003"], ["00004", "00005"])
    shutil.copy(index, library)
    assert TemImageNet(library)(0).drawn["crystal"] == "m, Pt [110]"


def test_the_identity_changes_with_the_content(library: Path) -> None:
    before = TemImageNet(library).identity
    assert TemImageNet(library).identity == before
    rewrite(library / "gaussianMask" / "00003.png", np.flipud)
    changed = TemImageNet(library).identity
    (library / "params" / "00003.txt").write_text("30.0\n")
    assert len({before, changed, TemImageNet(library).identity}) == 3


@pytest.mark.parametrize("text", ["", "wide\n", "-8\n", "nan\n"])
def test_a_field_of_view_that_is_none_is_refused(library: Path, text: str) -> None:
    (library / "params" / "00001.txt").write_text(text)
    with pytest.raises(FileError, match="field of view"):
        TemImageNet(library)(0)


def test_a_mask_of_another_size_is_refused(library: Path) -> None:
    rewrite(library / "gaussianMask" / "00001.png", lambda mask: mask[:-1])
    with pytest.raises(ImageError, match=r"00001.*alike"):
        TemImageNet(library)(0)


@pytest.mark.parametrize("missing", ["image", "masks", "pairs"])
def test_other_folders_are_refused(library: Path, missing: str) -> None:
    if missing == "image":
        shutil.rmtree(library / "image")
    else:
        shutil.rmtree(library / "circularMask")
        for path in (library / "gaussianMask").iterdir():
            path.rename(path.with_name(f"mask-{path.name}"))
        if missing == "masks":
            shutil.rmtree(library / "gaussianMask")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ColonnadeWarning)
        with pytest.raises(ColonnadeError, match="library"):
            TemImageNet(library)


def test_records_are_json_that_anything_reads(once: Path) -> None:
    record = json.loads((once / "drawn" / "00001.json").read_text())
    assert record["crystal"] == "Si [110]"
