"""A server for tests, on a port of its own, as visitors meet it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from colonnade.app.server import create_app
from colonnade.app.settings import Settings

TOKEN = "a token of the tests"


@dataclass(frozen=True)
class Served:
    """A server that runs, and how to get in."""

    app: FastAPI
    address: str
    clients: list[httpx.Client] = field(default_factory=list)

    def stranger(self, **headers: str) -> httpx.Client:
        """Come without a token; the client is closed when the server ends."""
        # To load what no server here shows takes most of the time where many come.
        client = httpx.Client(base_url=self.address, headers=headers, timeout=60, verify=False)
        self.clients.append(client)
        return client

    def visitor(self) -> httpx.Client:
        """Come in as a browser does."""
        browser = self.stranger(origin=self.address)
        assert browser.get("/", params={"token": TOKEN}).status_code == 303
        return browser

    def program(self) -> httpx.Client:
        """Come in as a program does."""
        with_token = {"authorization": f"Bearer {TOKEN}"}
        key = httpx.post(f"{self.address}/api/sign-in", headers=with_token).json()["key"]
        return self.stranger(authorization=f"Bearer {key}")


@contextmanager
def served(**settings: Any) -> Iterator[Served]:
    """Run a server in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        app = create_app(Settings(token=TOKEN, port=port, **settings))
        config = uvicorn.Config(
            app, log_level="error", access_log=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running = Served(app, f"http://127.0.0.1:{port}")
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield running
        finally:
            for client in running.clients:
                client.close()
            server.should_exit = True
            thread.join()


def wait_for_files(client: httpx.Client) -> list[dict[str, Any]]:
    """Wait until all files of a visitor have been looked into."""
    while True:
        files: list[dict[str, Any]] = client.get("/api/files").json()
        if all(file["state"] != "reading" for file in files):
            return files
        time.sleep(0.02)
