"""Libraries from elsewhere: nothing is lost or moved on the way in, and nothing guessed."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from hostile import any_content, gives_or_refuses
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from colonnade.atoms.columns import Columns
from colonnade.atoms.library.ingest import Imported, cut, import_images, tile_corners, tile_size
from colonnade.atoms.library.position_table import read_positions
from colonnade.atoms.library.sources import LibrarySource
from colonnade.atoms.library.temimagenet import TemImageNet
from colonnade.atoms.library.temimagenet_writing import write_layout
from colonnade.atoms.library.user_images import LabelledImages
from colonnade.atoms.simulate.image import Simulated
from colonnade.atoms.train.targets import label_maps
from colonnade.core.errors import ColonnadeWarning, FileError, ImageError
from colonnade.core.files.write import write_tiff
from colonnade.core.images.micrograph import Micrograph

Array = NDArray[np.float64]
Shape = tuple[int, int]

sides = st.integers(8, 900)
shapes = st.tuples(sides, sides)


def quiet(done: int, of: int) -> None:
    """Report to nobody."""


def spots(positions: Array, shape: Shape, sigma: float = 1.5) -> NDArray[np.float32]:
    """Draw a spot at every position, on noise."""
    y, x = np.indices(shape)[:, None] - positions.T[:, :, None, None]
    noise = np.random.default_rng(0).normal(0, 0.01, shape)
    return (np.exp(-0.5 * (y**2 + x**2) / sigma**2).sum(0) + noise).astype(np.float32)


def lattice(shape: Shape, step: float = 9.3) -> Array:
    grid = [np.arange(3.4, side - 3, step) for side in shape]
    return np.stack(np.meshgrid(*grid, indexing="ij"), -1).reshape(-1, 2)


def write_table(path: Path, positions: Array) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("x_px", "y_px"), *positions[:, ::-1]])


def add(folder: Path, name: str, shape: Shape, pixel: float | None = 0.02) -> Array:
    """Add an image of known columns, with their table."""
    folder.mkdir(exist_ok=True)
    positions = lattice(shape)
    size = None if pixel is None else (pixel, pixel)
    write_tiff(folder / f"{name}.tif", spots(positions, shape), size)
    write_table(folder / f"{name}.csv", positions)
    return positions


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def assert_same_positions(one: Array, two: Array) -> None:
    assert one.shape == two.shape
    np.testing.assert_allclose(one[np.lexsort(one.T)], two[np.lexsort(two.T)], atol=1e-6)


# Tiles


@given(st.lists(shapes, min_size=1, max_size=4))
def test_tiles_are_as_large_as_the_smallest_image_allows(all_shapes: list[Shape]) -> None:
    for side, smallest in zip(tile_size(all_shapes), np.min(all_shapes, axis=0), strict=True):
        assert side <= min(smallest, 512)
        assert side > min(smallest, 512) - 16
        assert side % 16 == 0 or side == smallest < 16


@given(shapes, shapes)
def test_tiles_do_not_overlap_and_leave_less_than_one_over(one: Shape, two: Shape) -> None:
    size = tile_size([one, two])
    seen = np.zeros(one, int)
    for top, left in tile_corners(one, size):
        assert seen[top : top + size[0], left : left + size[1]].shape == size
        seen[top : top + size[0], left : left + size[1]] += 1
    assert seen.max() == 1
    across = [seen.any(axis).sum() for axis in (1, 0)]
    assert all(
        whole - covered < side for whole, covered, side in zip(one, across, size, strict=True)
    )


@given(st.integers(0, 2**32), st.tuples(st.integers(20, 80), st.integers(20, 80)))
def test_every_column_inside_is_in_one_tile_at_its_place(seed: int, shape: Shape) -> None:
    rng = np.random.default_rng(seed)
    positions = rng.uniform(-0.5, np.array(shape) - 0.5, (30, 2))
    numbers = np.arange(30)
    columns = Columns(y=positions[:, 0], x=positions[:, 1], labels={"number": numbers})
    pixels = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
    whole = Simulated(Micrograph(pixels), pixels, pixels, pixels, columns, {})
    size = (16, 18)
    found: list[int] = []
    for top, left in tile_corners(shape, size):
        tile = cut(whole, (top, left), size)
        np.testing.assert_array_equal(tile.clean, tile.image.pixels)
        assert tile.image.pixels[0, 0] == pixels[top, left]
        number = tile.columns.labels["number"]
        placed = tile.columns.positions + np.array([top, left])
        np.testing.assert_allclose(placed, positions[number])
        found += number.tolist()
    start, stop = (
        np.array([side(places) for places in zip(*tile_corners(shape, size), strict=True)])
        for side in (min, max)
    )
    inside = ((positions > start - 0.5) & (positions < stop + size - 0.5)).all(1)
    assert sorted(found) == numbers[inside].tolist()


# Whole libraries


def test_images_of_all_sizes_become_tiles_of_one(tmp_path: Path) -> None:
    positions = {
        name: add(tmp_path / "in", name, shape)
        for name, shape in {"large": (100, 131), "small": (50, 64)}.items()
    }
    steps = []
    result = import_images(
        tmp_path / "in", tmp_path / "lib", progress=lambda *at: steps.append(at)
    )
    assert result == Imported(2, 5, (48, 64), result.columns)
    assert "5 tiles of 48 x 64 px" in result.sentence
    assert steps[-1] == (5, 5)
    source = LibrarySource(tmp_path / "lib")
    tiles = [source(index) for index in range(5)]
    assert sum(len(tile.columns) for tile in tiles) == result.columns
    assert [tile.drawn["crystal"] for tile in tiles] == ["large"] * 4 + ["small"]
    for tile, corner in zip(tiles, [(2, 1), (2, 65), (50, 1), (50, 65)], strict=False):
        truth = positions["large"] - corner
        inside = ((truth > -0.5) & (truth < np.array([48, 64]) - 0.5)).all(1)
        assert_same_positions(tile.columns.positions, truth[inside])
        assert tile.image.pixel_size == pytest.approx((0.02, 0.02))
        assert (tile.columns.labels["detectable"] == 1).all()
        assert np.isnan(tile.clean).all()
        middle = (
            (tile.columns.positions > 5).all(1) & (tile.columns.y < 43) & (tile.columns.x < 59)
        )
        np.testing.assert_allclose(tile.columns.width[middle], 1.5, rtol=0.05)


def test_what_is_imported_can_be_learnt_from(tmp_path: Path) -> None:
    add(tmp_path / "in", "one", (48, 48))
    import_images(tmp_path / "in", tmp_path / "lib", progress=quiet)
    tile = LibrarySource(tmp_path / "lib")(0)
    maps = label_maps(tile.columns, tile.image.shape, 1.25)
    assert maps["mask"].max() > 0.9
    assert (maps["certain"] == 1).all()
    assert all(np.isfinite(values).all() for values in maps.values())


def test_what_was_imported_is_not_imported_again(tmp_path: Path) -> None:
    for name in ("a", "b"):
        add(tmp_path / "in", name, (48, 48))
    whole = import_images(tmp_path / "in", tmp_path / "whole", progress=quiet)

    class Stopped(Exception):
        pass

    def stop(done: int, of: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        import_images(tmp_path / "in", tmp_path / "broken", progress=stop)
    assert import_images(tmp_path / "in", tmp_path / "broken", progress=quiet) == whole
    assert contents(tmp_path / "broken") == contents(tmp_path / "whole")
    write_table(tmp_path / "in" / "a.csv", lattice((48, 48))[1:])
    with pytest.raises(FileError, match="another"):
        import_images(tmp_path / "in", tmp_path / "whole", progress=quiet)


def test_a_calibration_comes_from_the_file_or_else_from_the_person(tmp_path: Path) -> None:
    add(tmp_path / "in", "a", (48, 48), pixel=0.02)
    add(tmp_path / "in", "b", (48, 48), pixel=None)
    for size, expected in ((0.05, (0.05, 0.05)), (None, None)):
        library = tmp_path / str(size)
        import_images(tmp_path / "in", library, pixel_size=size, progress=quiet)
        tiles = [LibrarySource(library)(index) for index in (0, 1)]
        assert tiles[0].image.pixel_size == pytest.approx((0.02, 0.02))
        assert tiles[1].image.pixel_size == expected
        assert tiles[1].columns.pixel_size == expected


def test_a_folder_of_temimagenet_is_recognised(tmp_path: Path) -> None:
    positions = lattice((48, 64))
    columns = Columns(y=positions[:, 0], x=positions[:, 1], width=np.full(len(positions), 1.5))
    pixels = spots(positions, (48, 64))
    image = Micrograph(pixels, (0.03, 0.03))
    drawn = {"crystal": "Si [110]"}

    class Source:
        identity = "one image"

        def __call__(self, index: int) -> Simulated:
            return Simulated(image, pixels, pixels, pixels, columns, drawn)

    write_layout(Source(), 2, tmp_path / "in", quiet)
    result = import_images(tmp_path / "in", tmp_path / "lib", progress=quiet)
    assert (result.tiles, result.size) == (2, (48, 64))
    tile = LibrarySource(tmp_path / "lib")(1)
    truth = TemImageNet(tmp_path / "in")(1)
    assert_same_positions(tile.columns.positions, truth.columns.positions)
    assert tile.drawn["crystal"] == "Si [110]"
    assert tile.image.pixel_size == pytest.approx((0.03, 0.03))
    np.testing.assert_allclose(tile.clean, truth.clean, rtol=2e-4)


# Images and their truth


@pytest.mark.parametrize(
    "place",
    [
        "{}.columns.csv",
        "{}.csv",
        "{}.txt",
        "labels/{}.csv",
        "{}.mask.png",
        "masks/{}.png",
        "mask/{}.tif",
    ],
)
@pytest.mark.parametrize("home", ["", "images"])
def test_the_truth_is_found_wherever_it_may_be(tmp_path: Path, place: str, home: str) -> None:
    positions = add(tmp_path / "x", "a[1]", (48, 48))
    table = tmp_path / "x" / "a[1].csv"
    target = tmp_path / place.format("a[1]")
    target.parent.mkdir(exist_ok=True)
    (tmp_path / home).mkdir(exist_ok=True)
    shutil.move(tmp_path / "x" / "a[1].tif", tmp_path / home)
    if "mask" in place:
        squared = ((np.indices((48, 48))[:, None] - positions.T[:, :, None, None]) ** 2).sum(0)
        mask = np.round(255 * np.exp(-0.5 * squared.min(0) / 4)).astype(np.uint8)
        Image.fromarray(mask).save(target)
    else:
        shutil.move(table, target)
    shutil.rmtree(tmp_path / "x")
    found = LabelledImages(tmp_path)(0).columns.positions
    assert len(found) == len(positions)
    ordered = found[np.lexsort((found[:, 1], np.round(found[:, 0])))]
    np.testing.assert_allclose(ordered, positions, atol=0.02)


def test_images_without_truth_are_named_and_left_out(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        add(tmp_path, name, (48, 48))
    (tmp_path / "b.csv").unlink()
    (tmp_path / "a.columns.png").write_bytes(b"what locate drew")
    (tmp_path / ".c.tif").write_bytes(b"")
    with pytest.warns(ColonnadeWarning, match=r"1 images .* left out: b\.tif"):
        source = LabelledImages(tmp_path)
    assert [source(index).image.name for index in range(len(source))] == ["a", "c"]


def test_of_two_files_of_one_image_the_one_with_a_calibration_or_that_reads_is_taken(
    tmp_path: Path,
) -> None:
    for name in ("a", "b"):
        add(tmp_path, name, (48, 48))
        grey = np.round(100 * spots(lattice((48, 48)), (48, 48)) + 50).astype(np.uint8)
        Image.fromarray(grey).save(tmp_path / f"{name}.png")
    (tmp_path / "b.tif").write_bytes(b"damaged")
    source = LabelledImages(tmp_path)
    assert source(0).image.pixel_size == pytest.approx((0.02, 0.02))
    assert source(1).image.pixel_size is None
    (tmp_path / "b.png").unlink()
    with pytest.raises(FileError, match=r"b\.tif"):
        import_images(tmp_path, tmp_path / "lib", progress=quiet)
    assert not (tmp_path / "lib").exists()


def test_a_folder_without_any_truth_is_refused_with_advice(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", np.eye(20), None)
    with pytest.raises(FileError, match="y_px and x_px"):
        LabelledImages(tmp_path)
    with pytest.raises(FileError, match="not a folder"):
        LabelledImages(tmp_path / "none")


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", np.eye(20), None)
    Image.fromarray(np.eye(21, dtype=np.uint8)).save(tmp_path / "a.mask.png")
    with pytest.raises(ImageError, match="alike"):
        LabelledImages(tmp_path)(0)


def test_broken_pixels_are_mended_and_that_is_said(tmp_path: Path) -> None:
    add(tmp_path, "a", (48, 48))
    pixels = spots(lattice((48, 48)), (48, 48))
    pixels[20, 20] = np.nan
    write_tiff(tmp_path / "a.tif", pixels, (0.02, 0.02))
    with pytest.warns(ColonnadeWarning, match="a: 1 pixel was NaN"):
        one = LabelledImages(tmp_path)(0)
    assert np.isfinite(one.image.pixels).all()


def test_positions_beyond_the_image_are_left_out_unless_they_are_many(tmp_path: Path) -> None:
    positions = add(tmp_path, "a", (48, 48))
    write_table(tmp_path / "a.csv", np.concatenate([positions, [[48.2, 3.0], [4.0, -1.0]]]))
    with pytest.warns(ColonnadeWarning, match="a.csv has 2 positions outside"):
        assert_same_positions(LabelledImages(tmp_path)(0).columns.positions, positions)
    write_table(tmp_path / "a.csv", 10 * positions)
    with pytest.raises(FileError, match="must be in pixels"):
        LabelledImages(tmp_path)(0)


# Tables


@pytest.mark.parametrize(
    "text",
    [
        "y_px,x_px\n1.5,2\n3,4\n",
        "x_px,y_px\n2,1.5\n4,3\n",
        "X,Y\n2,1.5\n4,3\n",
        " ,X,Y\n1,2,1.5\n2,4,3\n",
        "\ufeffY; X\r\n1,5; 2\r\n3; 4\r\n",
        "name\tx\ty\nSr\t2\t1.5\nTi\t4\t3\n\n",
        "# y x\n1.5 2\n3 4\n",
        '"x","y","y_nm","x_nm"\n2,1.5,9,9\n4,3,9,9\n',
        "x,y,y_px,x_px\n9,9,1.5,2\n9,9,3,4\n",
    ],
)
def test_tables_are_read_by_the_names_of_their_columns(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    np.testing.assert_array_equal(read_positions(tmp_path / "a.csv"), [[1.5, 2], [3, 4]])


def test_a_table_of_no_columns_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("y_px,x_px\n")
    assert read_positions(tmp_path / "a.csv").shape == (0, 2)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.5 2\n3 4\n", "nobody can know which is x"),
        ("1,5;2,5\n", "nobody can know which is x"),
        ("a,b\n1,2\n", "needs the columns"),
        ("y_nm,x_nm\n1,2\n", "needs the columns"),
        ("y_px\n1\n", "needs the columns"),
        ("", "needs the columns"),
        ("y,x\n1,two\n", "not a table"),
        ("y,x\n1\n", "not a table"),
        ("y,x\n1,nan\n", "missing or infinite"),
    ],
)
def test_other_tables_are_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(FileError, match=why):
        read_positions(tmp_path / "a.txt")


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="cannot be read"):
        read_positions(tmp_path / "a.csv")


# Real images


def brightness(tile: Simulated, positions: Array) -> float:
    """Mean grey level at positions, in standard deviations above that of the image."""
    nearest = tuple(np.round(positions).astype(int).T)
    pixels = tile.image.pixels
    return float((pixels[nearest].mean() - pixels.mean()) / pixels.std())


def test_real_images_come_in_with_their_columns_on_the_atoms(
    shared_data: Path, tmp_path: Path
) -> None:
    # The .emi is read through its .ser, and is no image without a truth.
    result = import_images(
        shared_data / "stem", tmp_path / "lib", pixel_size=0.0098, progress=quiet
    )
    assert (result.images, result.tiles, result.size) == (3, 6, (512, 512))
    source = LibrarySource(tmp_path / "lib")
    assert source(0).image.pixel_size == pytest.approx((0.0100127, 0.0100127), rel=1e-4)
    for index in range(6):
        tile = source(index)
        assert len(tile.columns) > 300
        assert brightness(tile, tile.columns.positions) > 0.8


def test_single_atoms_labelled_by_hand_come_in_on_the_atoms(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "stem-labelled" / "pt-single-atoms"
    (tmp_path / "in").mkdir()
    for image in sorted(folder.glob("*.tif"))[:3]:
        shutil.copy(image, tmp_path / "in")
        table = folder / f"{image.name[:3]}_Results.csv"
        shutil.copy(table, tmp_path / "in" / f"{image.stem}.csv")
    import_images(tmp_path / "in", tmp_path / "lib", pixel_size=0.0293, progress=quiet)
    source = LibrarySource(tmp_path / "lib")
    for index in range(3):
        tile = source(index)
        at = tile.columns.positions
        assert brightness(tile, at) > brightness(tile, at[:, ::-1]) + 0.5


@given(any_content(b"y,x\n1.5,2.5\n3.25,4.75\n"))
def test_positions_of_any_content_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    gives_or_refuses(read_positions, tmp_path_factory.getbasetemp() / "any.csv", content)
