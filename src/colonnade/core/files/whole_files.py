"""Folders of Zarr whose files are whole, whatever happens."""

import asyncio

from zarr.core.buffer import Buffer
from zarr.storage import LocalStore

from colonnade.core.work.contents import write_bytes


class WholeFiles(LocalStore):
    """A folder in which every file has its name only once it is whole and on the disk."""

    async def set(self, key: str, value: Buffer) -> None:
        """Write a file."""
        await asyncio.to_thread(write_bytes, self.root / key, value.to_bytes())
