"""What importing the package must not do."""

import subprocess
import sys

HEAVY = """
import sys
heavy = {"torch", "matplotlib", "rsciio", "scipy", "onnxruntime", "pandas", "h5py"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""

CHECK = """
import logging, random, socket, sys
import numpy as np

def refuse(*args, **kwargs):
    raise AssertionError("importing opened a socket")

socket.socket.connect = refuse
handlers = list(logging.root.handlers)
before = random.getstate(), np.random.get_state()[1].tolist()

import colonnade
{use}

assert logging.root.handlers == handlers
assert not logging.getLogger("colonnade").handlers
assert (random.getstate(), np.random.get_state()[1].tolist()) == before
"""


def run(code: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_importing_the_package_loads_nothing_heavy_and_touches_nothing() -> None:
    run(CHECK.format(use="") + HEAVY)


def test_the_image_type_needs_only_numpy() -> None:
    run(CHECK.format(use="colonnade.Micrograph(np.zeros((8, 8)))") + HEAVY)


def test_every_public_name_is_there() -> None:
    run("import colonnade; [getattr(colonnade, name) for name in colonnade.__all__]")


def test_the_command_line_starts_without_the_heavy_parts() -> None:
    run("import colonnade.cli" + HEAVY)
