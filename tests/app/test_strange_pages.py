"""What pages of strangers can do to a visitor, in a real browser: nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from served import TOKEN, Served, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ATTACK = """async (address) => {
    const all = {credentials: "include", mode: "no-cors"};
    const upload = `${address}/api/files?name=evil.tif`;
    await fetch(upload, {...all, method: "POST", body: "evil"}).catch(() => null);
    const read = fetch(`${address}/api/files`, {credentials: "include"});
    return await read.then(() => "read", () => "refused");
}"""


@contextmanager
def _stranger(host: str, content: str) -> Iterator[str]:
    """Serve a page of somebody else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{host}:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """Open a browser that nobody has used."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """Run a server."""
    with served() as running:
        yield running


# Another port of the same machine is the same site: its requests carry the strict cookie.
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_a_stranger_changes_and_reads_nothing(
    server: Served, page: "Page", host: str
) -> None:
    page.goto(f"{server.address}/?token={TOKEN}")
    with _stranger(host, "<p>evil") as evil:
        page.goto(evil)
        assert page.evaluate(ATTACK, server.address) == "refused"
    page.goto(server.address)
    assert page.evaluate("fetch('/api/files').then(answer => answer.json())") == []


def test_a_link_on_another_site_leads_in(server: Served, page: "Page") -> None:
    link = f'<a href="{server.address}/?token={TOKEN}">Colonnade</a>'
    with _stranger("localhost", link) as other:
        page.goto(other)
        page.click("a")
        page.wait_for_url(f"{server.address}/")
    assert page.evaluate("fetch('/api/files').then(answer => answer.status)") == 200
