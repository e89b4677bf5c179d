"""Which files a batch holds, and that no two of them share a name for their results."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from colonnade.core.errors import FileError
from colonnade.core.files.batch import expand, inputs, output_names, sample

WORDS = st.sampled_from(["a", "A", "b", "a-b", "a.tif", "ä", "a\u0308", "ß", "ss"])
FOLDERS = st.lists(st.sampled_from(["d1", "D1", "run", "img", "a", "a-b", ".."]), max_size=6)
SUFFIXES = st.sampled_from(["", ".tif", ".TIF", ".dm4", ".tif.dm4"])


def path(anchor: str, folders: list[str], word: str, suffix: str) -> Path:
    return Path(anchor, *folders, word + suffix)


PATHS = st.lists(
    st.builds(path, st.sampled_from(["", "/"]), FOLDERS, WORDS, SUFFIXES), unique=True
)


def as_a_careless_disk_sees(name: str) -> str:
    """Letters without case and without the form of their accents."""
    return unicodedata.normalize("NFD", name.upper())


def named(*paths: str) -> list[str]:
    return output_names([Path(each) for each in paths])


@given(paths=PATHS)
@example(paths=[Path("/d1/run/img/a.tif"), Path("/d2/run/img/a.tif")])
@example(paths=[Path("/a-b/c.tif"), Path("/a/b-c.tif"), Path("x/c.tif")])
def test_no_two_files_share_a_name_on_any_disk(paths: list[Path]) -> None:
    names = output_names(paths)
    assert len({as_a_careless_disk_sees(name) for name in names}) == len(paths)
    assert not any("/" in name or name.startswith("..") for name in names)


@given(paths=PATHS)
def test_a_name_hangs_on_the_files_and_not_on_their_order(paths: list[Path]) -> None:
    names = dict(zip(paths, output_names(paths), strict=True))
    backwards = paths[::-1]
    assert output_names(backwards) == [names[each] for each in backwards]


@given(paths=PATHS, taken=st.lists(WORDS, max_size=4))
def test_names_that_are_taken_are_left_alone(paths: list[Path], taken: list[str]) -> None:
    names = {as_a_careless_disk_sees(name) for name in output_names(paths, taken)}
    assert len(names) == len(paths)
    assert names.isdisjoint(map(as_a_careless_disk_sees, taken))


def test_names_are_as_short_as_they_can_be() -> None:
    assert named("d/a.tif", "d/b.tif", "e/c.dm4") == ["a", "b", "c"]
    assert named("d/a.tif", "d/a.dm4", "d/b.tif") == ["a.tif", "a.dm4", "b"]
    assert named("d/a.tif", "e/a.tif", "e/b.tif") == ["d-a.tif", "e-a.tif", "b"]
    assert named("/d1/run/img/a.tif", "/d2/run/img/a.tif") == [
        "d1-run-img-a.tif",
        "d2-run-img-a.tif",
    ]


def test_a_stem_that_is_the_whole_name_of_another_file_is_no_name() -> None:
    names = named("d/a.tif.dm4", "d/a.tif", "d/a.dm4")
    assert names == ["d-a.tif.dm4", "d-a.tif", "a.dm4"]


def test_names_that_differ_in_case_alone_are_told_apart() -> None:
    names = named("d/Image.tif", "d/image.tif", "d/IMAGE.dm4")
    assert names[2] == "IMAGE.dm4"
    assert len({name.lower() for name in names}) == 3
    assert names[0].startswith("Image.tif-")


def test_a_folder_gives_its_images_alone(tmp_path: Path) -> None:
    for name in ("b.tif", "a.PNG", "notes.txt", ".hidden.tif", "a.columns.png", "c.emi", "c.ser"):
        (tmp_path / name).touch()
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "d.tif").touch()
    assert [found.name for found in expand([tmp_path])] == ["a.PNG", "b.tif", "c.ser"]


def test_a_pattern_and_a_name_of_one_file_give_it_once(tmp_path: Path) -> None:
    for name in ("a1.tif", "a2.tif", "b.tif"):
        (tmp_path / name).touch()
    found = expand([tmp_path / "a2.tif", tmp_path / "a?.tif", tmp_path / "missing.tif"])
    assert [each.name for each in found] == ["a2.tif", "a1.tif", "missing.tif"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].tif").touch()
    (tmp_path / "a1.tif").touch()
    assert expand([tmp_path / "a[1].tif"]) == [tmp_path / "a[1].tif"]


@pytest.mark.parametrize(("word", "said"), [("", "holds no image"), ("*.tif", "no file fits")])
def test_what_gives_no_file_is_said(tmp_path: Path, word: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        expand([tmp_path / word])


def test_without_a_name_there_is_the_sample() -> None:
    assert inputs([]) == {sample(): "sample"}
    assert sample().is_file()
    assert inputs([], Path("other.tif")) == {Path("other.tif"): "other"}


def test_results_in_a_folder_are_no_input_of_it(tmp_path: Path) -> None:
    names = ["a.tif", "a.x4.tif", "a.x4.trust.tif", "a.x8.png", "a.columns.png", "b.x10.tif"]
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / "a.x2.ome.zarr").mkdir()
    assert [path.name for path in expand([tmp_path])] == ["a.tif", "b.x10.tif"]
    assert expand([tmp_path / "a.x4.tif"]) == [tmp_path / "a.x4.tif"]
