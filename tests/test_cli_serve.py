"""The command that opens the page."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from colonnade.cli import app
from colonnade.core.errors import ColonnadeError, MissingExtraError

ADDRESS = re.compile(r"(http://127\.0\.0\.1:(\d+))/\?token=(\S{20,})")


@contextmanager
def _running(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command, and give the address that it prints on a line of its own."""
    command = [sys.executable, "-m", "colonnade", "serve", "--port", "0", "--no-open", *options]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            yield process, next(line.strip() for line in lines if ADDRESS.fullmatch(line.strip()))
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_printed_address_leads_in_and_nothing_is_left_at_the_end(
    tmp_path: Path, how: str
) -> None:
    with _running(tmp_path) as (process, address):
        with httpx.Client(timeout=60) as browser:
            assert browser.get(address).status_code == 303
            origin = address.split("/?")[0]
            browser.headers["origin"] = origin
            browser.post(f"{origin}/api/samples", json={"wing": "sem"})
            with browser.stream("GET", f"{origin}/api/events"):
                assert list(tmp_path.rglob("sem.tif")) != []
                os.killpg(process.pid, getattr(signal, how))
                said, _ = process.communicate(timeout=60)
        assert list(tmp_path.glob("colonnade*")) == []
        assert "Traceback" not in said
        assert "Error" not in said
        assert process.returncode == (-signal.SIGTERM if how == "SIGTERM" else 0)


def test_nobody_learns_the_token_from_the_command(tmp_path: Path) -> None:
    with _running(tmp_path) as (process, address):
        token = ADDRESS.fullmatch(address)[3]  # type: ignore[index]
        shown = Path(f"/proc/{process.pid}/cmdline")
        if shown.exists():
            assert token not in shown.read_text()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_another_address_wants_a_token_and_says_what_that_means(host: str) -> None:
    with pytest.raises(ColonnadeError, match=r"other machines.*not encrypted.*--token"):
        app(["serve", "--host", host, "--no-open"], result_action="return_value")


def test_a_token_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ColonnadeError, match="guessed"):
        app(["serve", "--token", "1234", "--no-open"], result_action="return_value")


@pytest.mark.parametrize("origin", ["columns.example.org", "https://a.example/path", "ftp://a"])
def test_an_origin_is_one(origin: str) -> None:
    with pytest.raises(ColonnadeError, match=r"write for example https://"):
        app(["serve", "--port", "0", "--origin", origin], result_action="return_value")


def test_a_port_that_is_taken_is_said_to_be(tmp_path: Path) -> None:
    with _running(tmp_path) as (_, address):
        port = ADDRESS.fullmatch(address)[2]  # type: ignore[index]
        with pytest.raises(ColonnadeError, match="--port 0 picks a free one"):
            app(["serve", "--port", port, "--no-open"], result_action="return_value")


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("colonnade.app")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(MissingExtraError, match=r"colonnade\[serve\]"):
        app(["serve", "--no-open"], result_action="return_value")
