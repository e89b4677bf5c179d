"""The verb that opens a page for people who would rather not type."""

import secrets
import socket
import threading
import webbrowser
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit

from cyclopts import Parameter
from cyclopts.validators import Number

from colonnade.cli.terminal import console
from colonnade.core.errors import ColonnadeError, MissingExtraError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from colonnade.app.settings import Settings

Port = Annotated[int, Parameter(validator=Number(gte=0, lte=65535))]
Workers = Annotated[int, Parameter(validator=Number(gte=1))]
Token = Annotated[str | None, Parameter(env_var="COLONNADE_TOKEN")]

_SHORTEST_TOKEN = 16
_BEYOND = (
    "{host} can be reached from other machines, by everyone who knows the token, and what they "
    "send is not encrypted; if that is what you want, choose a token of {least} letters or more: "
    "--token or the variable COLONNADE_TOKEN"
)


def serve(
    *,
    port: Port = 8765,
    host: str = "127.0.0.1",
    open: bool = True,
    token: Token = None,
    origin: str | None = None,
    workers: Workers = 1,
) -> None:
    """Open a page in the browser that does what the commands do.

    Prints the address, with the token that lets in, on a line of its own. Ctrl-C ends it, and
    deletes what was uploaded and made there.

    Parameters
    ----------
    port
        Where to listen; 0 picks one that is free.
    host
        Address to listen at. Any but that of this machine itself wants a token.
    open
        Open the browser.
    token
        Lets in whoever knows it; by default a random one. The variable COLONNADE_TOKEN is seen by
        fewer than the command line.
    origin
        What browsers show as address, where a reverse proxy stands in front, such as
        https://columns.example.org.
    workers
        Number of jobs that run at a time.
    """
    try:
        from colonnade.app import server
        from colonnade.app.settings import Settings
    except ImportError as error:
        raise MissingExtraError("the page", "serve") from error
    token = _token(token, host)
    with _listen(host, port) as listening:
        settings = Settings(
            token=token,
            host=host,
            port=listening.getsockname()[1],
            origin=None if origin is None else _origin(origin),
            workers=workers,
        )

        def begun(app: "FastAPI") -> None:
            _say(settings)
            if open:
                _open(f"{_address(settings)}/?token={app.state.tokens.ticket()}")

        server.serve(settings, listening, begun)


def _token(given: str | None, host: str) -> str:
    from colonnade.app.settings import is_loopback

    if given is None and is_loopback(host):
        return secrets.token_urlsafe(32)
    if given is None:
        raise ColonnadeError(_BEYOND.format(host=host, least=_SHORTEST_TOKEN))
    if len(given) < _SHORTEST_TOKEN:
        raise ColonnadeError(
            f"the token could be guessed; choose {_SHORTEST_TOKEN} letters or more"
        )
    return given


def _origin(given: str) -> str:
    parts = urlsplit(given.rstrip("/").lower())
    if parts.scheme not in ("http", "https") or given.rstrip("/").lower() != (
        f"{parts.scheme}://{parts.netloc}"
    ):
        raise ColonnadeError(
            f"{given} is no origin; write for example https://columns.example.org"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ColonnadeError(
            f"nothing can listen at {host}, port {port} ({error.strerror}); --port 0 picks a free "
            "one"
        ) from error


def _address(settings: "Settings") -> str:
    """Address of the page, as a browser on this machine finds it."""
    host = settings.host
    try:
        if ip_address(host).is_unspecified:
            host = "127.0.0.1"
    except ValueError:
        pass
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _say(settings: "Settings") -> None:
    shown = settings.origin or _address(settings)
    console.print("Colonnade is open at", markup=False)
    console.print(f"{shown}/?token={quote(settings.token, safe='')}", markup=False)
    console.print("Ctrl-C ends it, and deletes what was uploaded and made there.", markup=False)


def _open(address: str) -> None:
    # Some browsers do not come back before they are closed.
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
