"""What memory there is, and how many processes it is enough for."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.errors import ColonnadeError, TooLargeError
from colonnade.core.work import memory
from colonnade.core.work.memory import (
    HANDING_OUT,
    Footprint,
    Need,
    free_memory,
    parse_memory,
)

GB = 10**9


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4GB", 4 * GB),
        ("0.5 gb", GB // 2),
        ("512MiB", 512 * 2**20),
        (" 2 GiB ", 2 * 2**30),
        ("750MB", 750 * 10**6),
    ],
)
def test_memory_is_read_with_its_unit(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "4", "GB", "-4GB", "0GB", "4TB", "1e3MB", "4 GB RAM", "∞GB"])
def test_what_is_no_memory_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ColonnadeError, match="is no amount of memory: write a number and MB"):
        parse_memory(text)


def write(root: Path, files: dict[str, str]) -> Path:
    """Write what Linux says of memory below another root."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


MEMINFO = {"proc/meminfo": "MemTotal:  16000 kB\nMemAvailable:    8000 kB\n"}

SECOND = {
    "proc/self/cgroup": "0::/jobs/one\n",
    "sys/fs/cgroup/jobs/one/memory.max": "max\n",
    "sys/fs/cgroup/jobs/one/memory.current": "900000\n",
    "sys/fs/cgroup/jobs/memory.max": "3000000\n",
    "sys/fs/cgroup/jobs/memory.current": "1000000\n",
    "sys/fs/cgroup/jobs/memory.stat": "anon 600000\ninactive_file 400000\nfile 1\n",
}

FIRST = {
    "proc/self/cgroup": "4:cpu,memory:/elsewhere/docker\n0::/\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "2000000\n",
    "sys/fs/cgroup/memory/memory.usage_in_bytes": "1500000\n",
    "sys/fs/cgroup/memory/memory.stat": "inactive_file 7\ntotal_inactive_file 250000\n",
}

NO_LIMIT = {
    "proc/self/cgroup": "4:memory:/\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "sys/fs/cgroup/memory/memory.usage_in_bytes": "1500000\n",
}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such files")
@pytest.mark.parametrize(
    ("files", "free"),
    [
        (MEMINFO, 8_192_000),
        (MEMINFO | SECOND, 2_400_000),  # of the group above, less what is used, but for the cache
        (MEMINFO | FIRST, 750_000),  # the path is that outside of the container
        (MEMINFO | NO_LIMIT, 8_192_000),
        (SECOND, 2_400_000),
        ({}, None),
    ],
)
def test_free_is_what_the_system_and_the_groups_leave(
    tmp_path: Path, files: dict[str, str], free: int | None
) -> None:
    assert free_memory(write(tmp_path, files)) == free


def test_what_is_free_here_is_known() -> None:
    found = free_memory()
    assert found is not None
    assert found > 10**7


@given(
    st.integers(1, 10**12),
    st.integers(1, 10**11),
    st.integers(0, 10**10),
    st.integers(0, 10**10),
    st.integers(1, 256),
)
def test_processes_that_work_at_once_stay_below_the_limit(
    limit: int, process: int, handing_out: int, finishing: int, most: int
) -> None:
    need = Need(process, 0, handing_out, 0, finishing)
    count = need.processes(limit, most)
    assert 1 <= count <= most
    if count > 1:
        assert handing_out + finishing + count * process <= limit
    if count < most:  # one more would not fit
        assert handing_out + finishing + (count + 1) * process > limit


def test_one_process_uses_all_processors_and_the_memory_of_their_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "available_cpus", lambda: 4)
    need = Footprint(process=GB, pixel=8.0, thread=GB // 10).need(pixels=10**8, held=GB // 5)
    assert need == Need(2 * GB, GB // 10, HANDING_OUT + GB // 5, 12 * GB // 10)
    need.check(2_300_000_000)
    with pytest.raises(TooLargeError) as raised:
        need.check(2_290_000_000)
    assert str(raised.value) == (
        "this needs about 2.3 GB of memory and may take 2.29 GB; give it more with --memory, or "
        "take a smaller part of it"
    )


def test_one_process_may_need_most_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_cpus", lambda: 2)
    footprint = Footprint(process=GB, pixel=8.0, thread=GB // 10)
    assert footprint.need(10**8, finishing=GB // 2).alone == 19 * GB // 10
    assert footprint.need(10**8, finishing=GB).alone == 21 * GB // 10
