"""The list of what failed is read back, continued, and refused if it is none."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import FileError, ImageError
from colonnade.core.files.batch import inputs
from colonnade.core.files.failures import Failure, add_failures, read_failures, update_failures

NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0/\r\n"), min_size=1, max_size=8
).filter(lambda name: name not in (".", ".."))


def failure(path: Path, name: str = "a", frame: int | None = None) -> Failure:
    return Failure(path, name, frame, ImageError("the image is grey, all of it"))


@given(files=st.dictionaries(NAMES, NAMES, min_size=1, max_size=5))
def test_any_names_come_back(
    files: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("list")
    paths = {folder / "in" / name: results for name, results in files.items()}
    update_failures(folder / "failed.csv", paths, [failure(*item) for item in paths.items()])
    assert read_failures(folder / "failed.csv") == paths


def test_the_list_says_which_frames_and_why(tmp_path: Path) -> None:
    listed, path = tmp_path / "failed.csv", tmp_path / "a, b.tif"
    error = np.linalg.LinAlgError("Singular matrix")
    failures = [failure(path, "a", 3), Failure(path, "a", 12, error)]
    update_failures(listed, [path], failures)
    with listed.open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert first == {
        "file": str(path), "frame": "3", "results": "a", "reason": "the image is grey, all of it",
    }  # fmt: skip
    assert (second["frame"], second["reason"]) == ("12", "LinAlgError: Singular matrix")
    assert failures[1].sentence == f"{path}, frame 12: LinAlgError: Singular matrix"
    assert failure(path).sentence == f"{path}: the image is grey, all of it"
    named = Failure(path, "a", None, FileError(f"{path} is empty; copy it again"))
    assert named.sentence == f"{path} is empty; copy it again"


def test_a_path_is_kept_from_the_root_so_that_any_folder_can_give_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    update_failures(Path("failed.csv"), [Path("a.tif")], [failure(Path("a.tif"))])
    assert read_failures(Path("failed.csv")) == {tmp_path / "a.tif": "a"}
    update_failures(Path("failed.csv"), [tmp_path / "a.tif"], [])
    assert not Path("failed.csv").exists()


def test_files_that_were_not_tried_keep_their_lines(tmp_path: Path) -> None:
    listed = tmp_path / "failed.csv"
    a, b, c = (tmp_path / name for name in "abc")
    update_failures(listed, [a, b], [failure(a, "a", 0), failure(a, "a", 1), failure(b, "b")])
    update_failures(listed, [a, c], [failure(c, "c")])
    assert read_failures(listed) == {b: "b", c: "c"}
    update_failures(listed, [b, c], [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"y_px,x_px\n1,2\n", b"file,frame,results,reason\na,b\n", b"\xff\xfe\x00"]
)
def test_what_is_no_list_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    listed = tmp_path / "failed.csv"
    listed.write_bytes(content)
    with pytest.raises(FileError, match=r"failed\.csv"):
        read_failures(listed)
    with pytest.raises(FileError, match=r"failed\.csv"):
        update_failures(listed, [], [failure(tmp_path / "a")])
    assert listed.read_bytes() == content


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="check its name"):
        inputs([tmp_path / "failed.csv"])


def test_a_list_gives_its_files_the_names_that_they_had(tmp_path: Path) -> None:
    listed = tmp_path / "failed.csv"
    first, second = tmp_path / "d1" / "a.tif", tmp_path / "d2" / "a.tif"
    update_failures(
        listed, [second], [failure(second, "d2-a.tif", 0), failure(second, "d2-a.tif", 4)]
    )
    assert inputs([listed]) == {second: "d2-a.tif"}
    assert inputs([first, listed, second]) == {second: "d2-a.tif", first: "a"}
    update_failures(listed, [], [failure(tmp_path / "a.dm4", "a")])
    assert inputs([listed, first])[first] == "a.tif"
    with pytest.raises(FileError, match="one list at a time"):
        inputs([listed, tmp_path / "other.csv"])


def test_a_list_that_ends_within_a_row_keeps_the_rows_before(tmp_path: Path) -> None:
    listed = tmp_path / "failed.csv"
    paths = [tmp_path / "a.tif", tmp_path / "b.tif"]
    add_failures(listed, [failure(path, path.stem) for path in paths])
    assert read_failures(listed) == {path: path.stem for path in paths}
    content = listed.read_bytes()
    listed.write_bytes(content[: content.rindex(b"b.tif") + 3])
    assert read_failures(listed) == {paths[0]: "a"}


@pytest.mark.parametrize("results", ["../../b", "/b", "a/b", "..", "", "a\0"])
def test_a_list_cannot_name_results_elsewhere(tmp_path: Path, results: str) -> None:
    path = tmp_path / "failed-locate.csv"
    path.write_text(f"file,frame,results,reason\n/a.tif,,{results},dark\n")
    with pytest.raises(FileError, match="which no file can be called"):
        read_failures(path)
