"""Notebooks that run on this machine, and a browser to look at them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

START_S = 40
LINES = 200

LAB_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def needs(*packages: str) -> None:
    """Skip where a package is not installed."""
    for package in packages:
        if find_spec(package) is None:
            pytest.skip(f"needs {package}")


def _wait_until_open(address: str) -> None:
    place = urlsplit(address)
    until = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection((place.hostname, place.port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def serving(command: list[str], folder: Path, address: str) -> Iterator[str]:
    """Start a server, give the address that it says, and end it with all that it started."""
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "run", "HOME": "."}
    environment = {**os.environ, **{name: str(folder / place) for name, place in places.items()}}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    impatience = Timer(START_S, process.kill)
    impatience.start()
    try:
        said = ""
        for _, line in zip(range(LINES), process.stdout, strict=False):
            said += line
            if found := re.search(address, line):
                break
        else:
            pytest.fail(said)
        _wait_until_open(found[0])  # some say their address before they answer there
        impatience.cancel()
        yield found[0]
    finally:
        impatience.cancel()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A page as wide as a screen."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.set_default_timeout(START_S * 1000)
    yield page
    context.close()


@contextmanager
def serving_lab(folder: Path) -> Iterator[str]:
    """Start JupyterLab, which serves the folder ``notebooks`` of a folder."""
    (folder / "notebooks").mkdir()
    (folder / "config" / "labconfig").mkdir(parents=True)
    (folder / "config" / "labconfig" / "page_config.json").write_text(json.dumps(LAB_CONFIG))
    options = ["--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1"]
    options += ["--ServerApp.root_dir=notebooks", "--LabApp.extension_manager=readonly"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with serving(command, folder, r"http://127\.0\.0\.1:\d+/lab\?token=\w+") as address:
        yield address


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """JupyterLab, by its address and token."""
    needs("jupyterlab", "anywidget")
    with serving_lab(tmp_path) as address:
        yield address
