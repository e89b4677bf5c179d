"""A server with two workers."""

from collections.abc import Iterator

import httpx
import pytest
from served import Served, served


@pytest.fixture(scope="package")
def server() -> Iterator[Served]:
    """Run a server with two workers."""
    with served(workers=2, most_waiting=60) as running:
        yield running


@pytest.fixture
def visitor(server: Served) -> Iterator[httpx.Client]:
    """Come in with a browser, and leave."""
    client = server.visitor()
    yield client
    client.post("/api/sign-out")
