"""Blocks give what the whole array gives, each is done once, and a stopped work goes on."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from colonnade.core.errors import FileError, ModelError
from colonnade.core.work.blocks import divide, work_through
from colonnade.core.work.parallel import Kind

Pixels = NDArray[Any]


@dataclass
class Counted:
    """A function that counts how often it is called, and may fail at one call."""

    function: Callable[[Pixels], Pixels] = np.negative
    fail_at: int = -1
    calls: int = 0
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def __call__(self, seen: Pixels) -> Pixels:
        self.calls += 1
        self.shapes.append(seen.shape)
        if self.calls == self.fail_at:
            raise np.linalg.LinAlgError("Singular matrix")
        return self.function(seen)


def work(
    folder: Path,
    function: Callable[[Pixels], Pixels],
    source: Any,
    sink: Any,
    *,
    size: tuple[int, ...],
    halo: tuple[int, ...],
    identity: str = "work",
    **options: Any,
) -> list[tuple[int, int]]:
    steps: list[tuple[int, int]] = []
    options |= {"folder": folder / "record", "identity": identity}
    options |= {"progress": lambda *step: steps.append(step)}
    work_through(function, source, sink, size=size, halo=halo, **options)
    return steps


@st.composite
def divisions(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Draw shape, size and halo of one to three axes."""
    axes = draw(st.integers(1, 3))
    return tuple(
        tuple(draw(st.lists(st.integers(low, high), min_size=axes, max_size=axes)))
        for low, high in ((1, 9), (1, 10), (0, 4))
    )  # type: ignore[return-value]


@given(division=divisions())
def test_blocks_cover_every_place_once_and_see_their_halo(
    division: tuple[tuple[int, ...], ...],
) -> None:
    shape, size, halo = division
    covered = np.zeros(shape, int)
    places = np.indices(shape)
    for block in divide(shape, size, halo):
        covered[block.own] += 1
        own, seen = places[(slice(None), *block.own)], places[(slice(None), *block.seen)]
        np.testing.assert_array_equal(seen[(slice(None), *block.inner)], own)
        for axis in range(len(shape)):
            before = own[axis].min() - seen[axis].min()
            after = seen[axis].max() - own[axis].max()
            assert before == min(halo[axis], own[axis].min())
            assert after == min(halo[axis], shape[axis] - 1 - own[axis].max())
    assert (covered == 1).all()


@given(
    division=divisions(),
    mode=st.sampled_from(["reflect", "mirror", "nearest", "constant"]),
    spare=st.integers(0, 2),
    seed=st.integers(0, 99),
)
def test_a_filter_of_blocks_is_that_of_the_whole_array(
    division: tuple[tuple[int, ...], ...],
    mode: str,
    spare: int,
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever the filter does at the ends of the array, as the halo is clipped there."""
    shape, size, reach = division
    source = np.random.default_rng(seed).normal(size=shape)
    filtered = partial(uniform_filter, size=[2 * r + 1 for r in reach], mode=mode)
    sink = np.full(shape, np.nan)
    halo = tuple(r + spare for r in reach)
    work(tmp_path_factory.mktemp("blocks"), filtered, source, sink, size=size, halo=halo)
    np.testing.assert_allclose(sink, filtered(source), rtol=0, atol=1e-12)


def repeated(pixels: Pixels, factor: tuple[int, ...]) -> Pixels:
    for axis, times in enumerate(factor):
        pixels = np.repeat(pixels, times, axis)
    return pixels


@given(division=divisions(), factors=st.lists(st.integers(1, 3), min_size=3, max_size=3))
def test_results_may_be_finer_than_the_array(
    division: tuple[tuple[int, ...], ...],
    factors: list[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shape, size, halo = division
    factor = tuple(factors[: len(shape)])
    source = np.arange(np.prod(shape)).reshape(shape)
    sink = np.full(np.multiply(shape, factor), -1)
    finer = partial(repeated, factor=factor)
    work(
        tmp_path_factory.mktemp("blocks"), finer, source, sink, size=size, halo=halo, factor=factor
    )
    np.testing.assert_array_equal(sink, repeated(source, factor))


@pytest.mark.parametrize(
    ("function", "factor", "shown"),
    [
        (np.ravel, (1, 1), r"\(5, 6\) was answered by \(30,\) and not by \(5, 6\)"),
        (partial(repeated, factor=(2, 2)), (1, 1), r"answered by \(10, 12\)"),
        (np.negative, (2, 2), r"answered by \(5, 6\) and not by \(10, 12\)"),
        (lambda seen: seen[:1, :1], (1, 1), r"answered by \(1, 1\)"),
    ],
)
def test_an_answer_of_another_shape_is_refused(
    function: Callable[[Pixels], Pixels], factor: tuple[int, int], shown: str, tmp_path: Path
) -> None:
    source = np.zeros((8, 9))
    sink = np.full(np.multiply(source.shape, factor), -1.0)
    with pytest.raises(ModelError, match=shown):
        work(tmp_path, function, source, sink, size=(4, 5), halo=(1, 1), factor=factor)
    assert (sink == -1).all()


WHO: list[tuple[int, Kind]] = [(1, "processes"), (2, "threads"), (2, "processes")]


@pytest.mark.parametrize(("workers", "kind"), WHO)
def test_the_result_does_not_depend_on_who_makes_it(
    workers: int, kind: Kind, tmp_path: Path
) -> None:
    source = np.random.default_rng(0).normal(size=(7, 9, 8))
    sink = np.lib.format.open_memmap(tmp_path / "a.npy", "w+", np.float64, source.shape)
    filtered = partial(uniform_filter, size=3)
    options: dict[str, Any] = {"workers": workers, "kind": kind}
    steps = work(tmp_path, filtered, source, sink, size=(4, 4, 4), halo=(1, 1, 1), **options)
    assert steps == [(done, 12) for done in range(13)]
    np.testing.assert_allclose(np.load(tmp_path / "a.npy"), filtered(source), atol=1e-12)


def test_a_zarr_array_is_a_source_and_a_sink(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    pixels = np.arange(70, dtype="i4").reshape(7, 10)
    source = zarr.array(pixels, chunks=(3, 3))
    sink = zarr.open(str(tmp_path / "a.zarr"), mode="w", shape=(14, 10), chunks=(4, 4), dtype="i4")
    finer = partial(repeated, factor=(2, 1))
    work(tmp_path, finer, source, sink, size=(4, 4), halo=(1, 0), factor=(2, 1))
    written = zarr.open(str(tmp_path / "a.zarr"), mode="r")[:]
    np.testing.assert_array_equal(written, np.repeat(pixels, 2, 0))


def test_what_failed_is_tried_again_and_what_is_done_is_not(tmp_path: Path) -> None:
    source, sink = np.arange(10.0), np.zeros(10)
    function = Counted(fail_at=3)
    with pytest.raises(np.linalg.LinAlgError):
        work(tmp_path, function, source, sink, size=(2,), halo=(0,))
    np.testing.assert_array_equal(sink, [0, -1, -2, -3, 0, 0, 0, 0, 0, 0])
    assert work(tmp_path, function, source, sink, size=(2,), halo=(0,)) == [
        (2, 5), (3, 5), (4, 5), (5, 5),
    ]  # fmt: skip
    assert function.calls == 3 + 3
    np.testing.assert_array_equal(sink, -source)
    assert work(tmp_path, function, source, sink, size=(2,), halo=(0,)) == [(5, 5)]
    assert function.calls == 6


def test_a_killed_process_loses_no_block_and_does_none_twice(tmp_path: Path) -> None:
    code = (
        "import os, sys, numpy as np; from pathlib import Path\n"
        "from colonnade.core.work.blocks import work_through\n"
        "folder = Path(sys.argv[1])\n"
        "calls = []\n"
        "def function(seen):\n"
        "    calls.append(1)\n"
        "    if len(calls) == 4: os._exit(9)\n"
        "    return -seen\n"
        "sink = np.lib.format.open_memmap(folder / 'a.npy', 'w+', float, (12, 3))\n"
        "work_through(function, np.ones((12, 3)), sink, folder=folder / 'record',\n"
        "    identity='work', size=(2, 3), halo=(1, 1), progress=lambda *_: None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == 9
    sink = np.lib.format.open_memmap(tmp_path / "a.npy", "r+")
    np.testing.assert_array_equal(sink[:, 0], [-1] * 6 + [0] * 6)
    function = Counted()
    steps = work(tmp_path, function, np.ones((12, 3)), sink, size=(2, 3), halo=(1, 1))
    assert steps[0] == (3, 6)
    assert function.calls == 3
    assert (sink == -1).all()


def test_a_block_is_flushed_before_it_counts_as_done(tmp_path: Path) -> None:
    record = tmp_path / "record"

    class Flushed:
        """A sink that notes how many blocks count as done when it is flushed."""

        shape = (6,)
        done: list[int] = []  # noqa: RUF012

        def __setitem__(self, slices: tuple[slice, ...], values: Pixels) -> None: ...

        def flush(self) -> None:
            self.done.append(len(list(record.glob("*.done"))))

    work(tmp_path, np.negative, np.zeros(6), Flushed(), size=(2,), halo=(0,))
    assert Flushed.done == [0, 1, 2]


@pytest.mark.parametrize(
    "changes",
    [{"identity": "another recipe"}, {"size": (3, 4)}, {"halo": (2, 1)}, {"source": (9, 8)}],
    ids=str,
)
def test_other_work_is_refused_and_the_record_kept(
    changes: dict[str, Any], tmp_path: Path
) -> None:
    same: dict[str, Any] = {"size": (4, 4), "halo": (1, 1), "identity": "recipe"}
    work(tmp_path, np.negative, np.zeros((8, 8)), np.zeros((8, 8)), **same)
    shape = changes.pop("source", (8, 8))
    function = Counted()
    with pytest.raises(FileError, match="choose another folder"):
        work(tmp_path, function, np.zeros(shape), np.zeros(shape), **(same | changes))
    assert function.calls == 0
    work(tmp_path, function, np.zeros((8, 8)), np.zeros((8, 8)), **same)
    assert function.calls == 0


@pytest.mark.parametrize(
    ("size", "halo"), [((4,), (1, 1)), ((4, 4), (1,)), ((0, 4), (1, 1)), ((4, 4), (-1, 1))]
)
def test_a_division_that_is_none_is_refused(size: tuple[int, ...], halo: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no blocks"):
        list(divide((8, 8), size, halo))


def test_a_sink_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        work(tmp_path, np.negative, np.zeros(8), np.zeros(8), size=(4,), halo=(0,), factor=(2,))
    assert not (tmp_path / "record").exists()


def test_no_more_blocks_are_read_than_are_worked_on(tmp_path: Path) -> None:
    function = Counted()
    read: list[tuple[slice, ...]] = []

    class Read:
        """A source that notes what is read of it before each call of the function."""

        shape = (100,)

        def __getitem__(self, slices: tuple[slice, ...]) -> Pixels:
            read.append(slices)
            assert len(read) == function.calls + 1
            return np.zeros(100)[slices]

    work(tmp_path, function, Read(), np.zeros(100), size=(10,), halo=(2,))
    assert [block.seen for block in divide((100,), (10,), (2,))] == read
    assert set(function.shapes) == {(12,), (14,)}
