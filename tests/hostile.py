"""Draws what a file may hold that nobody wrote to be read: anything, and sound files spoiled."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from colonnade.core.errors import ColonnadeError

TOKENS = st.sampled_from(
    [
        *(
            b"nan",
            b"-inf",
            b"1e999",
            b"-1e-999",
            b"9" * 400,
            b"9" * 5000,
            b"-0",
            b"0x1p9",
            b"1_000",
        ),
        *(b"\0", b"\r", b"\n", b"\r\n", b"\t", b" " * 99, b",", b";", b'"', b"'", b"=", b"#"),
        *(b"[" * 99, b"{" * 99, b"[]", b"{}", b"null", b"true", b'""', b"[[", b"]]", b"\\ud800"),
        *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xff", b"\xc3", "٣".encode(), "\u202e".encode()),
        *(b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\x80\0\0\0", b"\xff" * 8, b"\0" * 64),
    ]
)
"""What has brought parsers down, here or elsewhere."""


@st.composite
def spoiled(draw: st.DrawFn, sound: bytes) -> bytes:
    """Draw bytes of which some may be those of a sound file."""
    content = sound
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        stop = min(start + draw(st.sampled_from([0, 0, 1, 2, 4, 8, 40, 10**6])), len(content))
        piece = draw(TOKENS | st.binary(max_size=8) | st.just(content[start:stop]))
        content = content[:start] + piece * draw(st.integers(1, 3)) + content[stop:]
    return content


def any_content(sound: bytes) -> st.SearchStrategy[bytes]:
    """Draw anything at all, or what is nearly a sound file."""
    return spoiled(sound) | st.binary(max_size=200) | st.text(max_size=99).map(_encoded)


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def gives_or_refuses(read: Any, path: Path, content: bytes) -> None:
    """Read a file of some content: it gives something, or an error of ours in one sentence."""
    path.write_bytes(content)
    refused = None
    try:
        read(path)
    except ColonnadeError as error:
        refused = str(error)
    assert refused is None or len(refused.splitlines()) == 1
