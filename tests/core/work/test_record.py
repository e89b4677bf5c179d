"""A record knows which parts of which work are done, and nothing of any other work."""

import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import FileError
from colonnade.core.work.record import Record, file_state

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20)


def test_a_record_is_begun_by_its_first_part(tmp_path: Path) -> None:
    record = Record(tmp_path / "a" / "record", "work")
    assert not record.has("1")
    assert not (tmp_path / "a").exists()
    record.put("1")
    assert record.has("1")
    assert not record.has("2")


@given(identity=TEXT, content=TEXT)
def test_the_same_work_finds_its_parts_again(
    identity: str, content: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("record")
    Record(folder, identity).put("1", content)
    again = Record(folder, identity)
    assert again.has("1")
    assert again.read("1") == content
    assert not again.is_of_another
    other = Record(folder, identity + ".")
    assert not other.has("1")
    assert other.is_of_another


def test_other_work_takes_the_folder_over_and_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    first = Record(tmp_path / "record", "first")
    first.put("1")
    (first.folder / "1.csv").write_text("belongs to the first")
    other = Record(tmp_path / "record", "other")
    other.put("2")
    assert not other.has("1")
    assert not (other.folder / "1.csv").exists()
    assert Record(tmp_path / "record", "first").is_of_another


def test_a_part_can_be_taken_back(tmp_path: Path) -> None:
    record = Record(tmp_path / "record", "work")
    record.put("1")
    record.put("2")
    record.forget("1")
    record.forget("1")
    assert [record.has(part) for part in "12"] == [False, True]
    record.clear()
    assert not record.folder.exists()
    assert not record.has("2")


def test_a_folder_without_an_identity_is_no_record(tmp_path: Path) -> None:
    record = Record(tmp_path / "record", "work")
    record.put("1")
    (record.folder / "identity.txt").unlink()
    again = Record(tmp_path / "record", "work")
    assert not again.has("1")
    assert not again.is_of_another


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "record").touch()
    with pytest.raises(FileError, match="cannot be removed"):
        Record(tmp_path / "record", "work").put("1")


def test_the_state_of_a_file_changes_with_its_size_its_time_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    states = [file_state(path)]
    path.write_text("1234")
    os.utime(path, ns=(0, 1_000))
    states.append(file_state(path))
    assert file_state(path) == states[-1]
    os.utime(path, ns=(0, 2_000))
    states.append(file_state(path))
    path.write_text("12345")
    os.utime(path, ns=(0, 2_000))
    states.append(file_state(path))
    other = path.rename(tmp_path / "b.tif")
    states.append(file_state(other))
    assert len(set(states)) == 5


def test_the_state_of_a_folder_is_that_of_all_files_in_it(tmp_path: Path) -> None:
    inner = tmp_path / "a.zspy" / "0" / "chunk"
    inner.parent.mkdir(parents=True)
    inner.write_text("1234")
    before = file_state(tmp_path / "a.zspy")
    assert file_state(tmp_path / "a.zspy") == before
    inner.write_text("12345")
    assert file_state(tmp_path / "a.zspy") != before


def test_a_record_that_was_being_removed_when_its_process_died_tells_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record(tmp_path / "record", "work")
    record.put("first")
    record.put("second")

    def killed(folder: Path) -> None:
        (folder / "first.done").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr("colonnade.core.work.record.shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        record.clear()
    assert not Record(tmp_path / "record", "work").has("second")


def test_another_process_sees_what_is_done_when_it_looks(tmp_path: Path) -> None:
    sent = pickle.dumps(record := Record(tmp_path / "record", "work"))
    record.put("first")
    assert pickle.loads(sent).has("first")
