"""The table of columns: choosing, joining, and files that come back as they were written."""

import math
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hostile import any_content, gives_or_refuses
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.columns import Columns
from colonnade.core.errors import FileError, MissingExtraError

SHAPE = (4096, 12000)
"""Not square, so that an exchange of y and x shows."""

y_positions = st.floats(-0.5, SHAPE[0] - 0.5)
x_positions = st.floats(-0.5, SHAPE[1] - 0.5)
unknown_or_number = st.one_of(st.just(math.nan), st.floats(-1e6, 1e6))
words = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=5).map("site ".__add__)


@st.composite
def tables(draw: st.DrawFn) -> Columns:
    """Draw a table of calibrated columns with labels of each kind."""
    count = draw(st.integers(1, 6))

    def several(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=count, max_size=count))

    return Columns(
        y=np.array([draw(st.floats(1, SHAPE[0])), *several(y_positions)[1:]]),
        x=np.array([draw(st.floats(1, SHAPE[1])), *several(x_positions)[1:]]),
        sigma_y=np.array(several(unknown_or_number)),
        sigma_x=np.array(several(unknown_or_number)),
        score=np.array(several(st.floats(0, 1))),
        intensity=np.array(several(unknown_or_number)),
        width=np.array(several(unknown_or_number)),
        labels={
            "frame": np.array(several(st.integers(-(2**62), 2**62))),
            "strain": np.array(several(unknown_or_number)),
            "sublattice": np.array(several(words)),
        },
        pixel_size=(draw(st.floats(1e-3, 1.0)), draw(st.floats(1e-3, 1.0))),
    )


def some(count: int = 5, pixel_size: tuple[float, float] | None = None) -> Columns:
    rng = np.random.default_rng(count)
    return Columns(
        y=rng.uniform(0, 30, count),
        x=rng.uniform(0, 90, count),
        score=rng.uniform(0, 1, count),
        labels={"frame": np.arange(count), "site": np.array(["Sr", "Ti", "O"] * count)[:count]},
        pixel_size=pixel_size,
    )


def refusal(folder: Path, content: str | bytes) -> str:
    """Message of the error that a file with this content gives."""
    path = folder / "bad.columns.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(FileError) as caught:
        Columns.from_csv(path)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    assert len(message) < 400
    return message


@given(columns=tables())
def test_a_table_comes_back_from_its_file(
    columns: Columns, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("round") / "trip.csv"
    columns.to_csv(path)
    back = Columns.from_csv(path)
    np.testing.assert_allclose(back.positions, columns.positions, rtol=0, atol=1e-6)
    np.testing.assert_allclose(back.pixel_size, columns.pixel_size, rtol=1e-6)
    np.testing.assert_allclose(back.positions_nm, columns.positions_nm, rtol=1e-6, atol=1e-6)
    for name in ("sigma_y", "sigma_x", "score", "intensity", "width"):
        np.testing.assert_allclose(getattr(back, name), getattr(columns, name), rtol=1e-8)
    assert list(back.labels) == ["frame", "strain", "sublattice"]
    assert back.labels["frame"].dtype.kind == "i"
    np.testing.assert_array_equal(back.labels["frame"], columns.labels["frame"])
    np.testing.assert_allclose(back.labels["strain"], columns.labels["strain"], rtol=1e-8)
    np.testing.assert_array_equal(back.labels["sublattice"], columns.labels["sublattice"])


@given(columns=tables())
def test_a_table_that_is_read_and_written_again_stays_the_same(
    columns: Columns, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("twice") / "a.csv"
    columns.to_csv(path)
    once = Columns.from_csv(path)
    once.to_csv(path)
    twice = Columns.from_csv(path)
    for name, values in once.table().items():
        if not name.endswith("_nm"):
            np.testing.assert_array_equal(twice.table()[name], values)


def test_a_file_names_its_columns_and_says_y_first(tmp_path: Path) -> None:
    Columns(y=np.array([3.0]), x=np.array([40.0]), pixel_size=(0.5, 0.25)).to_csv(tmp_path / "a")
    header, row = (tmp_path / "a").read_text().splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert {name: float(cells[name]) for name in ("y_px", "x_px", "y_nm", "x_nm")} == {
        "y_px": 3,
        "x_px": 40,
        "y_nm": 1.5,
        "x_nm": 10,
    }
    assert cells["sigma_y_px"] == cells["intensity"] == ""


def test_no_nanometres_are_invented(tmp_path: Path) -> None:
    some().to_csv(tmp_path / "a.csv")
    back = Columns.from_csv(tmp_path / "a.csv")
    assert not any("nm" in name for name in back.table())
    assert back.pixel_size is None
    assert back.positions_nm is None


def test_empty_nanometre_cells_are_no_calibration(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("y_px,x_px,y_nm,x_nm\n1,2,,\n3,4,,\n")
    assert Columns.from_csv(tmp_path / "a.csv").pixel_size is None


def test_a_table_without_rows_comes_back(tmp_path: Path) -> None:
    some(0, (0.1, 0.2)).to_csv(tmp_path / "a.csv")
    back = Columns.from_csv(tmp_path / "a.csv")
    assert len(back) == 0
    assert set(back.labels) == {"frame", "site"}


def test_yes_or_no_labels_come_back_as_truth_values(tmp_path: Path) -> None:
    columns = some(3).with_labels(detectable=np.array([True, False, True]))
    columns.to_csv(tmp_path / "a.csv")
    assert (Columns.from_csv(tmp_path / "a.csv").labels["detectable"] > 0).tolist() == [1, 0, 1]


def test_labels_that_only_python_takes_for_numbers_stay_text(tmp_path: Path) -> None:
    columns = some(2).with_labels(pair=np.array(["1_2", "1_3"]))
    columns.to_csv(tmp_path / "a.csv")
    assert Columns.from_csv(tmp_path / "a.csv").labels["pair"].tolist() == ["1_2", "1_3"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfy_px,x_px\r\n1.5,2.5\r\n",
        b"x_px,y_px\n2.5,1.5\n\n\n",
        b'"y_px","x_px"\n"1.5","2.5"',
    ],
    ids=["from a spreadsheet", "blank lines", "quoted"],
)
def test_tables_of_other_programs_are_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert Columns.from_csv(tmp_path / "a.csv").positions.tolist() == [[1.5, 2.5]]


@pytest.mark.parametrize("header", ["", "y,x\n1,2\n", "y_px\n1\n", "\0" * 200])
def test_a_table_without_positions_is_refused(tmp_path: Path, header: str) -> None:
    assert "y_px and x_px" in refusal(tmp_path, header)


def test_ragged_rows_are_refused(tmp_path: Path) -> None:
    assert "row 2" in refusal(tmp_path, "y_px,x_px\n1,2\n3\n")
    assert "row 1" in refusal(tmp_path, "y_px,x_px\n1,2,3\n1,2\n")
    assert "row 1" in refusal(tmp_path, "y_px,x_px\n1,2,3\n")


def test_text_for_a_number_is_refused(tmp_path: Path) -> None:
    assert "'here'" in refusal(tmp_path, "y_px,x_px\n1,here\n")
    assert "'n/a'" in refusal(tmp_path, "y_px,x_px,score\n1,2,n/a\n")


@pytest.mark.parametrize("cell", ["", "nan", "inf"])
def test_a_missing_position_is_refused(tmp_path: Path, cell: str) -> None:
    assert "position" in refusal(tmp_path, f"y_px,x_px,y_nm,x_nm\n1,2,1,2\n{cell},4,3,4\n")


def test_other_files_are_refused(tmp_path: Path) -> None:
    refusal(tmp_path, bytes(range(256)))
    refusal(tmp_path, b"\0" * 300_000)
    with pytest.raises(FileError, match=r"none\.csv"):
        Columns.from_csv(tmp_path / "none.csv")
    with pytest.raises(FileError):
        Columns.from_csv(tmp_path)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.csv"
    path.write_text("before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(FileError, match=r"a\.csv"):
            some(500).to_csv(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_closed_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")
    tmp_path.chmod(0o500)
    try:
        if os.access(tmp_path, os.W_OK):
            pytest.skip("the administrator may write anywhere")
        with pytest.raises(FileError, match=r"a\.csv"):
            some().to_csv(path)
    finally:
        tmp_path.chmod(0o700)
    assert path.read_text() == "before"


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="folder"):
        some().to_csv(tmp_path / "none" / "a.csv")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (slice(1, 3), [1, 2]),
        ([4, 0, 0], [4, 0, 0]),
        (np.array([True, False, False, False, True]), [0, 4]),
        (np.zeros(5, bool), []),
        ([], []),
        (-1, [4]),
    ],
)
def test_columns_are_chosen_with_all_that_is_known_of_them(
    chosen: object, expected: list[int]
) -> None:
    columns = some(pixel_size=(0.1, 0.2))
    part = columns[chosen]  # type: ignore[index]
    assert len(part) == len(expected)
    assert part.pixel_size == (0.1, 0.2)
    for name, values in columns.table().items():
        np.testing.assert_array_equal(part.table()[name], values[np.array(expected, int)])


def test_tables_join_in_order() -> None:
    parts = [some(2, (0.1, 0.2)), some(0, (0.1, 0.2)), some(3, (0.1, 0.2))]
    whole = Columns.concatenate([part.with_labels(part=i) for i, part in enumerate(parts)])
    assert whole.labels["part"].tolist() == [0, 0, 2, 2, 2]
    assert whole.labels["site"].tolist() == ["Sr", "Ti", "Sr", "Ti", "O"]
    assert whole.pixel_size == (0.1, 0.2)
    np.testing.assert_array_equal(whole[whole.labels["part"] == 2].positions, parts[2].positions)


def test_a_label_is_given_to_all_or_to_each() -> None:
    columns = some(3).with_labels(frame=7, phase=["a", "b", "a"])
    assert columns.labels["frame"].tolist() == [7, 7, 7]
    assert columns.labels["phase"].tolist() == ["a", "b", "a"]
    assert columns.labels["site"].tolist() == ["Sr", "Ti", "O"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": np.zeros(2)},
        {"x": np.empty(0)},
        {"score": np.zeros(2)},
        {"labels": {"frame": np.zeros(4)}},
        {"y": np.zeros((3, 1))},
    ],
)
def test_values_that_do_not_belong_together_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="shape"):
        Columns(**({"y": np.zeros(3), "x": np.zeros(3)} | wrong))  # type: ignore[arg-type]


def test_pandas_gets_the_same_table() -> None:
    pytest.importorskip("pandas")
    columns = some(pixel_size=(0.1, 0.2))
    frame = columns.to_pandas()
    assert list(frame) == list(columns.table())
    np.testing.assert_array_equal(frame["x_nm"], columns.x * 0.2)


def test_without_pandas_the_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'colonnade\[interop\]'"):
        Columns(y=[1.0], x=[2.0]).to_pandas()


def test_a_table_gives_back_the_columns() -> None:
    columns = some(3, (0.1, 0.25))
    found = Columns.from_table(columns.table())
    np.testing.assert_array_equal(found.positions, columns.positions)
    assert found.pixel_size == pytest.approx((0.1, 0.25), rel=1e-12)
    assert found.labels["site"].tolist() == columns.labels["site"].tolist()
    assert Columns.from_table(columns.table(), (1.0, 2.0)).pixel_size == (1.0, 2.0)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"y_px": [1.0]}, "needs the columns y_px and x_px"),
        ({"y_px": [1.0], "x_px": [np.inf]}, "a position is missing or infinite"),
        ({"y_px": [1e300], "x_px": [2.0]}, r"farther than 1e\+09 px, and so in no image"),
        ({"y_px": [1.0], "x_px": [2.0], "score": [0.1, 0.2]}, "score has the shape"),
    ],
)
def test_what_is_no_table_is_refused(table: dict[str, list[float]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Columns.from_table(table)


@given(data=st.data())
def test_tables_of_any_content_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.columns.csv"
    Columns(np.arange(3.0), np.arange(3.0)).to_csv(path)
    gives_or_refuses(Columns.from_csv, path, data.draw(any_content(path.read_bytes())))
