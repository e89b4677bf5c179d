"""Commands that are killed again and again end with what a quiet run makes."""

import subprocess
import sys
from pathlib import Path

import pytest

KILLER = Path(__file__).parents[1] / "benchmarks" / "files" / "kill_points.py"

COMMANDS = ("locate", "denoise, Zarr", "import tomo")
"""They keep what is done in unlike ways; what is killed is drawn from a seed."""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked, and tell their files")
def test_a_command_that_is_killed_anywhere_ends_with_the_bytes_of_a_quiet_run(
    tmp_path: Path,
) -> None:
    words = ["--kills", "3", "--scratch", tmp_path, "--only", *COMMANDS]
    done = subprocess.run([sys.executable, KILLER, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()[2:]]
    assert [row[0] for row in rows] == list(COMMANDS)
    assert all(row[2:] == ["3", "1", "none"] for row in rows)
