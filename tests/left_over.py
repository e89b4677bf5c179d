"""Files as processes leave them that were killed while they wrote."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from colonnade.core.work.temporary import temporary_beside


@cache
def _dead() -> int:
    """Number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def half_written(path: Path) -> Path:
    """Write half of a file, as a process that is dead now has done."""
    of_this_one = temporary_beside(path).name
    left = path.with_name(of_this_one.replace(f"-{os.getpid()}-", f"-{_dead()}-"))
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("half")
    return left
