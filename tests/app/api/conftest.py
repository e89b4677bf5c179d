"""One server for the tests of what can be asked of it."""

from collections.abc import Iterator

import httpx
import pytest
from served import Served, served


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """Run a server as it is by default, but for small limits."""
    with served(largest_file=3 << 20, session_quota=6 << 20, largest_plane=1 << 30) as running:
        yield running


@pytest.fixture
def visitor(server: Served) -> Iterator[httpx.Client]:
    """Come in with a browser, and leave."""
    client = server.visitor()
    yield client
    client.post("/api/sign-out")
