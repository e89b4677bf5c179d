"""The bundle that is installed is what its sources build to, and they pass their own tests."""

import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[3] / "frontend"

pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None or not (FRONTEND / "node_modules").is_dir(),
    reason="needs Node: npm ci in frontend/",
)


@pytest.mark.parametrize("script", ["check", "build -- --check", "test"])
def test_the_sources_hold(script: str) -> None:
    command = ["npm", "run", *script.split()]
    done = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
