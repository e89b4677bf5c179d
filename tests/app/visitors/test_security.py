"""Who is not let in."""

import random
import socket
from urllib.parse import urlsplit

from served import TOKEN, Served, served, wait_for_files

REQUESTS = 1000
"""Forged ones, each in at least one way."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "EVIL")
PATHS = (
    "/",
    "/api/files",
    "/api/files?name=forged.tif",
    "/api/files/{file}",
    "/api/images/{image}",
    "/api/images/{image}/tiles/z/0/0/0/0",
    "/api/models",
    "/api/samples",
    "/api/sign-in",
    "/api/sign-out",
    "/api/openapi.json",
    "/viewer.js",
)
TRAVERSALS = (
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/server.py",
    "/..\\..\\server.py",
    "/....//....//etc/passwd",
    "//etc/passwd",
    "/page/../server.py",
    "/./../settings.py",
    "/api/../../server.py",
    "/%00",
    "/viewer.js%00.tif",
    "/api/files/..%2f..%2flock",
    "/api/images/../../lock/tiles/z/0/0/0/0",
    "/file:///etc/passwd",
    "http://other.example/viewer.js/../server.py",
    "/" + "a/" * 2000,
    "/%ff%fe",
    "/__init__.py",
    "/api/answers.py",
)
HOSTS = (
    "evil.example",
    "localhost.evil.example:{port}",
    "127.0.0.1:1",
    "127.0.0.1",
    "127.0.0.2:{port}",
    "0.0.0.0:{port}",
    "[::1",
    "",
    "127.0.0.1:{port}@evil.example",
    "127.0.0.1:{port}, evil.example",
    "2130706433:{port}",
    "a" * 5000,
)
ORIGINS = (
    "http://evil.example",
    "null",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:1",
    "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}/",
    "file://",
    "",
)
KEYS = ("", "{key}x", "{half}", TOKEN, "../..", "\x7f", "a" * 5000, "%s%n{{}}", "null", "é")


class _Forger:
    """Makes requests that nobody may make."""

    def __init__(self, server: Served, key: str, file: str, image: str) -> None:
        self.port = urlsplit(server.address).port
        self.known = {"file": file, "image": image}
        self.key = key
        self.random = random.Random(18)

    def honest(self) -> bytes:
        """Make the request that all others are forged from."""
        lines = (f"Host: 127.0.0.1:{self.port}", f"Cookie: colonnade-{self.port}={self.key}")
        return "\r\n".join(
            ["GET /api/files HTTP/1.1", *lines, "Connection: close", "", ""]
        ).encode()

    def request(self) -> bytes:
        """Make one that is wrong in one way, or in several."""
        choose = self.random.choice
        ways = self.random.sample(("host", "origin", "site", "key", "path"), choose((1, 1, 2, 3)))
        method, path = choose(METHODS), choose(PATHS).format(**self.known)
        lines = [f"Host: 127.0.0.1:{self.port}"]
        shown = f"Cookie: colonnade-{self.port}={self.key}"
        if "host" in ways:
            lines = choose([[f"Host: {self._place(HOSTS)}"], lines * 2, []])
        if "key" in ways:
            shown = self._forged_key()
        if "origin" in ways:
            method = choose(("POST", "PUT", "DELETE"))
            lines += choose([[f"Origin: {self._place(ORIGINS)}"], []])
        elif choose((True, False)):
            lines.append(f"Origin: http://127.0.0.1:{self.port}")
        if "site" in ways:
            lines.append(f"Sec-Fetch-Site: {choose(('cross-site', 'same-site', 'evil'))}")
            path = choose(PATHS[1:]).format(**self.known)
        if "path" in ways:
            path = choose(TRAVERSALS)
        lines += [shown, "Content-Length: 2", "Connection: close"]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", "{}"]).encode()

    def _place(self, places: tuple[str, ...]) -> str:
        return self.random.choice(places).format(port=self.port)

    def _forged_key(self) -> str:
        key = self.random.choice(KEYS).format(key=self.key, half=self.key[:20])
        forms = (
            f"Cookie: colonnade-{self.port}={key}",
            f"Cookie: colonnade-1={self.key}",
            f"Cookie: {self.key}",
            f"Cookie: colonnade-{self.port}",
            f"Authorization: Bearer {key}",
            f"Authorization: Basic {self.key}",
            f"Authorization: {self.key}",
            "X-Forwarded-For: 127.0.0.1",
        )
        return self.random.choice(forms)


def _send(port: int | None, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port or 0), timeout=30) as line:
        line.sendall(request)
        pieces = []
        try:
            while piece := line.recv(1 << 16):
                pieces.append(piece)
        except ConnectionResetError:
            pass
    return b"".join(pieces)


def test_of_a_thousand_forged_requests_none_gets_in() -> None:
    with served() as server:
        victim = server.visitor()
        file = victim.post("/api/samples", json={"wing": "sem"}).json()["id"]
        (key,) = dict(victim.cookies).values()
        (signal,) = wait_for_files(victim)[0]["signals"]
        forger = _Forger(server, key, file, signal["image"])
        assert b" 200 OK" in _send(forger.port, forger.honest())
        for _ in range(REQUESTS):
            request = forger.request()
            answer = _send(forger.port, request)
            status = int(answer.split()[1]) if answer else 400
            assert 400 <= status < 500, request
            assert b"root:" not in answer, request
            assert b"import" not in answer, request
            assert key.encode() not in answer, request
        assert [one["id"] for one in victim.get("/api/files").json()] == [file]
        assert len(server.app.state.sessions) == 1
