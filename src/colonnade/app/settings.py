"""What is set of a server before it starts."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

GIB = 1 << 30


@dataclass(frozen=True)
class Settings:
    """How a server is reached, and what it grants its visitors.

    Parameters
    ----------
    token
        Who knows it is let in.
    host, port
        Where the server listens.
    origin
        What visitors see in the address line, where a reverse proxy stands in front of the
        server: ``https://columns.example.org``.
    folder
        Where folders of visitors are made; by default that of temporary files.
    workers
        Processes that work on jobs.
    readers
        Processes that read files and images for the page.
    most_waiting
        Jobs that wait for a worker, of all visitors together.
    most_sessions
        Visitors at a time.
    idle
        A visitor who has asked nothing for so long is forgotten, with all files.
    largest_request
        Of what is asked, other than a file [bytes].
    largest_file
        Of one that is uploaded [bytes].
    session_quota
        Of all that is kept for one visitor, results included [bytes].
    disk_reserve
        Left free on the disk, whoever asks [bytes].
    largest_plane, largest_image
        Of one plane, and of all planes, as a file declares them, before any is read [bytes].
    reading_memory
        A reading process may take so much, where the system can tell [bytes].
    reading_seconds
        A reading process that is silent for longer is ended.
    """

    token: str
    host: str = "127.0.0.1"
    port: int = 8765
    origin: str | None = None
    folder: Path | None = None
    workers: int = 1
    readers: int = 3
    most_waiting: int = 200
    most_sessions: int = 100
    idle: timedelta = timedelta(hours=24)
    largest_request: int = 16 << 20
    largest_file: int = 16 * GIB
    session_quota: int = 64 * GIB
    disk_reserve: int = 1 * GIB
    largest_plane: int = 2 * GIB
    largest_image: int = 256 * GIB
    reading_memory: int = 8 * GIB
    reading_seconds: float = 60.0

    @property
    def cookie(self) -> str:
        """Name of the cookie; browsers do not keep those of two ports of a machine apart."""
        return f"colonnade-{self.port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
