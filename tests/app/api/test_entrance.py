"""The way in and out, and what every answer says to the browser."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import TOKEN, Served, served, wait_for_files

from colonnade.app.server import close_idle

GUIDE = Path(__file__).parents[3] / "docs" / "serve.md"


def test_the_address_with_the_token_leads_in_once_and_for_all(server: Served) -> None:
    browser = server.stranger()
    refused = browser.get("/")
    assert refused.status_code == 401
    assert "colonnade serve" in refused.text
    answer = browser.get("/", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    kept = answer.headers["set-cookie"]
    assert kept.startswith(f"colonnade-{server.app.state.settings.port}=")
    assert "HttpOnly" in kept
    assert "SameSite=strict" in kept
    assert TOKEN not in kept
    assert browser.get("/api/files").status_code == 200


def test_who_is_in_stays_the_same_visitor(visitor: httpx.Client) -> None:
    visitor.post("/api/samples", json={"wing": "sem"})
    visitor.get("/", params={"token": TOKEN})
    assert len(visitor.get("/api/files").json()) == 1


def test_a_link_on_another_site_leads_in_by_a_page_of_our_own(server: Served) -> None:
    browser = server.stranger(**{"sec-fetch-site": "cross-site"})
    answer = browser.get("/", params={"token": TOKEN})
    assert answer.status_code == 200
    assert "set-cookie" in answer.headers
    assert 'http-equiv="refresh"' in answer.text


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "é" * 20, "\0"])
def test_another_token_does_not(server: Served, token: str) -> None:
    assert server.stranger().get("/", params={"token": token}).status_code == 401


@pytest.mark.parametrize("shown", ["Bearer x", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, ""])
def test_a_program_without_the_token_does_not_come_in(server: Served, shown: str) -> None:
    stranger = server.stranger(authorization=shown)
    assert stranger.post("/api/sign-in").status_code == 401


def test_a_ticket_is_good_for_one_visit(server: Served) -> None:
    ticket = server.app.state.tokens.ticket()
    assert server.stranger().get("/", params={"token": ticket}).status_code == 303
    assert server.stranger().get("/", params={"token": ticket}).status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/files", "/nothing", "/api/nothing", "/api/jobs"])
def test_every_answer_keeps_strangers_out_of_the_page(server: Served, path: str) -> None:
    for client in (server.visitor(), server.stranger(), server.stranger(host="evil.example")):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; img-src 'self' blob: data:")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert not any(name.startswith("access-control") for name in headers)
        if path.startswith("/api"):
            assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"sec-fetch-site": "same-origin"}, 201),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"host": "evil.example"}, 400),
    ],
)
def test_what_changes_anything_must_come_from_the_page(
    visitor: httpx.Client, headers: dict[str, str], status: int
) -> None:
    answer = visitor.post("/api/samples", json={"wing": "sem"}, headers=headers)
    assert answer.status_code == status


def test_a_cookie_alone_changes_nothing(visitor: httpx.Client) -> None:
    del visitor.headers["origin"]
    assert visitor.post("/api/samples", json={"wing": "sem"}).status_code == 403
    assert visitor.get("/api/files").json() == []
    visitor.headers["origin"] = str(visitor.base_url)


def test_what_is_asked_is_bounded(visitor: httpx.Client) -> None:
    answer = visitor.post("/api/samples", content=b" " * (17 << 20))
    assert answer.status_code == 413


def test_there_are_only_so_many_visitors() -> None:
    with served(most_sessions=2) as server:
        first, _ = server.visitor(), server.visitor()
        refused = server.stranger().get("/", params={"token": TOKEN})
        assert (refused.status_code, "visitors" in refused.json()["error"]) == (429, True)
        first.post("/api/sign-out")
        server.visitor()


def test_behind_a_proxy_the_server_goes_by_the_name_that_visitors_see() -> None:
    with served(origin="https://columns.example.org") as server:
        browser = server.stranger(host="columns.example.org", origin="https://columns.example.org")
        answer = browser.get("/", params={"token": TOKEN})
        assert "Secure" in answer.headers["set-cookie"]
        assert "Max-Age" not in answer.headers["set-cookie"]
        (key,) = dict(browser.cookies).values()
        browser.headers["cookie"] = f"{server.app.state.settings.cookie}={key}"
        assert browser.post("/api/samples", json={"wing": "sem"}).status_code == 201
        browser.headers["origin"] = "https://evil.example.org"
        assert browser.post("/api/samples", json={"wing": "sem"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("192.0.2.7:{port}", 200),
        ("[2001:db8::7]:{port}", 200),
        ("192.0.2.7:1", 400),
        ("192.0.2.7", 400),
        ("2130706433:{port}", 400),
        ("evil.example:{port}", 400),
        ("127.0.0.1.evil.example:{port}", 400),
    ],
)
def test_at_all_addresses_it_goes_by_numbers_and_by_no_name_of_a_stranger(
    everywhere: Served, host: str, status: int
) -> None:
    program = everywhere.program()
    shown = {"host": host.format(port=everywhere.app.state.settings.port)}
    assert program.get("/api/files", headers=shown).status_code == status


@pytest.fixture(scope="module")
def everywhere() -> Iterator[Served]:
    """Run a server that takes itself for one at all addresses."""
    with served(host="0.0.0.0") as running:
        yield running


def test_a_visitor_who_is_away_for_long_is_forgotten_but_not_while_a_job_works() -> None:
    with served(idle=timedelta(0)) as server:
        waiting, away = server.program(), server.program()
        for program in (waiting, away):
            program.post("/api/samples", json={"wing": "atoms"})
        (file,) = wait_for_files(waiting)
        begun = waiting.post("/api/jobs", json={"verb": "locate", "files": [file["id"]]})
        assert begun.status_code == 201
        state = server.app.state
        asyncio.run(close_idle(state.sessions, state.jobs))
        assert waiting.get("/api/files").status_code == 200
        assert away.get("/api/files").status_code == 401


def test_a_program_does_what_the_guide_says(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    ours = re.sub(r'"http\S+", "\S+"', f'"{server.address}", "{TOKEN}"', block)
    assert ours != block
    monkeypatch.chdir(tmp_path)
    Path("image.dm4").write_bytes(b"no image")
    names: dict[str, Any] = {}
    exec(compile(ours, GUIDE.name, "exec"), names)
    (file,) = wait_for_files(names["server"])
    assert (file["id"], file["state"]) == (names["uploaded"]["id"], "refused")
    names["server"].post("/api/sign-out")
    names["server"].close()
