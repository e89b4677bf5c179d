"""What the tests share."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from colonnade.core.work.processes import BLAS_THREADS

sys.path.insert(0, str(Path(__file__).parent))  # for clusters, and what else stands beside this
pytest_plugins = ("clusters",)

# At a desk every run draws new examples; a change is judged on the same ones as the last.
settings.register_profile(
    "colonnade", deadline=None, max_examples=20, derandomize="CI" in os.environ
)
settings.load_profile("colonnade")

# Where a shell starts the tests in the background, they and all their processes ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each of the processes that test calculate in one thread, as there are others."""
    os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Find the folder of real micrographs that may lie beside the repository."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real micrographs are not here: {folder}")
    return folder
