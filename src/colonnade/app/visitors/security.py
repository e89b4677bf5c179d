"""Who is let in, and what every answer says to the browser.

Nothing behind the gate is reached without passing it, so an endpoint can forget nothing. The
``Host`` must be the server's, against names of strangers that lead here; what changes anything
must come from the server's own page, against pages of strangers; and the visitor must be known.
"""

import logging
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from secrets import compare_digest, token_urlsafe
from socket import getfqdn, gethostname
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from colonnade.app.refusals import Refused, answer
from colonnade.app.settings import Settings, is_loopback

UNCOUNTED = ("POST", "/api/files")
"""The only request whose body has a limit of its own."""

VISITOR = "colonnade.session"
"""Where the gate leaves the session for the endpoints, in the scope of a request."""

UNKNOWN = (
    "this browser has no session here, or it is over: open the address that `colonnade serve` "
    "printed, with its token"
)
"""Said to whom the server does not know."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_READS = ("GET", "HEAD")
_OURS = ("same-origin", "none")
_NOT_OURS = "this request comes from another page; open the address of the server itself"

log = logging.getLogger(__name__)


class Gate:
    """Stands before the whole application.

    Parameters
    ----------
    app
        What is behind it.
    settings
        Of the server.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._place = _Place(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, _Sent(send, scope["path"]))
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: "_Sent") -> None:
        try:
            self._admit(scope)
            if (scope["method"], scope["path"]) != UNCOUNTED:
                receive = counted(receive, self._settings.largest_request)
            await self._app(scope, receive, send)
        except Refused as refused:
            await answer(refused.status_code, refused.sentence)(scope, receive, send)
        except Exception:
            log.exception("%s %s", scope["method"], scope["path"])
            if send.begun:
                raise
            sentence = "the server made a mistake; what it knows of it is in its terminal"
            await answer(500, sentence)(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        self._place.check(scope["method"], scope["path"], headers)
        key, by_cookie = self._key(headers)
        session = scope["app"].state.sessions.get(key)
        if session is None and not _is_sign_in(scope):
            raise Refused(401, UNKNOWN)
        if session is not None:
            if by_cookie and scope["method"] not in _READS and "origin" not in headers:
                raise Refused(403, _NOT_OURS)
            session.touch()
        scope[VISITOR] = session

    def _key(self, headers: Headers) -> tuple[str | None, bool]:
        """Key of the session, and whether the browser has sent it by itself."""
        bearer = bearer_key(headers)
        if bearer is not None:
            return bearer, False
        try:
            cookies = SimpleCookie("; ".join(headers.getlist("cookie")))
        except CookieError:
            return None, True
        found = cookies.get(self._settings.cookie)
        return (None if found is None else found.value), True


def bearer_key(headers: Headers) -> str | None:
    """What a program shows instead of a cookie."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


class Tokens:
    """What lets new visitors in.

    Parameters
    ----------
    token
        Lets in whoever knows it, as often as they come.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._tickets: set[str] = set()

    def ticket(self) -> str:
        """Make a token for one visit, as others may see what a browser is called with."""
        ticket = token_urlsafe(32)
        self._tickets.add(ticket)
        return ticket

    def accepts(self, shown: str | None) -> bool:
        """Whether somebody is let in."""
        if shown is None:
            return False
        if shown in self._tickets:
            self._tickets.remove(shown)
            return True
        return compare_digest(shown.encode(), self._token.encode())


def counted(receive: Receive, most: int) -> Receive:
    """Count what comes in, and refuse it as soon as it is too much [bytes]."""
    total = 0

    async def receive_counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            raise Refused(413, f"this is more than the {most >> 20} MiB that the server takes")
        return message

    return receive_counted


def _is_sign_in(scope: Scope) -> bool:
    return (scope["method"], scope["path"]) in (("GET", "/"), ("POST", "/api/sign-in"))


class _Place:
    """Where the server is, as browsers write it."""

    def __init__(self, settings: Settings) -> None:
        names = {"localhost", "127.0.0.1", "[::1]"}
        self._any_address = False
        if not is_loopback(settings.host):
            names |= {_bracketed(settings.host), gethostname().lower(), getfqdn().lower()}
            self._any_address = settings.host in ("0.0.0.0", "::")
        self._port = settings.port
        self._hosts = {f"{name}:{settings.port}" for name in names}
        if settings.port == 80:
            self._hosts |= names
        self._origins = {f"http://{host}" for host in self._hosts}
        if settings.origin is not None:
            self._origins.add(settings.origin)
            self._hosts.add(urlsplit(settings.origin).netloc)

    def check(self, method: str, path: str, headers: Headers) -> None:
        """Refuse a request that was meant for another server, or comes from another page."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_host(hosts[0].lower()):
            raise Refused(400, "this server goes by another name; use the address that it printed")
        origins = headers.getlist("origin")
        if any(not self._is_origin(origin.lower()) for origin in origins) or len(origins) > 1:
            raise Refused(403, _NOT_OURS)
        # Links from elsewhere may lead to the page, and to nothing else.
        is_visit = method == "GET" and path == "/"
        if not is_visit and headers.get("sec-fetch-site", "none").lower() not in _OURS:
            raise Refused(403, _NOT_OURS)

    def _is_host(self, host: str) -> bool:
        return host in self._hosts or (self._any_address and self._is_address(host))

    def _is_origin(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        return origin in self._origins or (
            self._any_address and scheme == "http" and self._is_address(host)
        )

    def _is_address(self, host: str) -> bool:
        """Whether a host is a number and no name: a stranger's name cannot lead here then."""
        name, _, port = host.rpartition(":")
        try:
            ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return port == str(self._port)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()


class _Sent:
    """Adds to every answer what the browser must know."""

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._kept = "no-store" if path.startswith("/api/") else "no-cache"
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", self._kept)
        await self._send(message)
