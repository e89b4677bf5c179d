"""Look into an ONNX file without running it, and without the onnx package.

An ONNX file is a protocol buffer: a message is a list of numbered fields, and a field is a number
or some bytes, which may be a message again. What is here walks through those messages that can
make a file dangerous or foreign, and skips over the weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from colonnade.core.errors import ModelError

VARINT, BYTES = 0, 2
"""How the value of a field is written: as a number, or as bytes after their count."""

FIXED_SIZES = {1: 8, 5: 4}
"""Bytes of a value that is written in the other ways in use."""

VARINT_BITS = 70
"""A varint is not longer: ten bytes of seven bits."""

DEEPEST = 32
"""So many messages may lie within each other."""

MOST_PARTS = 200_000
"""A file of more messages and fields is no network that we could have exported."""

STANDARD_DOMAINS = ("", "ai.onnx")
"""Operators of these domains are what every runtime knows."""

METADATA = 14
"""Field of the whole model that holds its metadata."""

PARTS = {
    "model": {7: "graph", 8: "operator set", 14: "metadata", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 11: "input", 12: "output", 15: "sparse tensor"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse tensor",
        23: "sparse tensor",
    },
    "sparse tensor": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""The messages in each kind of message that is looked into, by the number of their field."""

FIELD = "field"
"""Kind of everything else in those."""

OPERATORS = frozenset(
    {
        "Abs",
        "Add",
        "AveragePool",
        "BatchNormalization",
        "Cast",
        "Clip",
        "Concat",
        "Constant",
        "Conv",
        "ConvTranspose",
        "DepthToSpace",
        "Div",
        "Einsum",
        "Elu",
        "Exp",
        "Expand",
        "Flatten",
        "Gather",
        "Gelu",
        "Gemm",
        "GlobalAveragePool",
        "GroupNormalization",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "InstanceNormalization",
        "LayerNormalization",
        "LeakyRelu",
        "Log",
        "MatMul",
        "Max",
        "MaxPool",
        "Min",
        "Mish",
        "Mul",
        "Neg",
        "PRelu",
        "Pad",
        "Pow",
        "Reciprocal",
        "ReduceMean",
        "ReduceSum",
        "Relu",
        "Reshape",
        "Resize",
        "Shape",
        "Sigmoid",
        "Slice",
        "Softmax",
        "Softplus",
        "SpaceToDepth",
        "Split",
        "Sqrt",
        "Squeeze",
        "Sub",
        "Sum",
        "Tanh",
        "Transpose",
        "Unsqueeze",
    }
)
"""What networks of images are made of: none has graphs within the graph, goes round, draws random
numbers, makes sequences or text, or quantises."""

Shape = tuple[int | None, ...]
"""Size along each axis; None where it is free."""


class Part(NamedTuple):
    """A message within the file: its kind, its content, and whether it is of the main graph."""

    kind: str
    content: memoryview
    main: bool


@dataclass(frozen=True)
class OnnxFile:
    """What can be seen of a model without running it.

    Parameters
    ----------
    metadata
        Entries that the file keeps beside the network.
    inputs, outputs
        Shape of each.
    """

    metadata: dict[str, str]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]


def inspect(content: bytes, where: str) -> OnnxFile:
    """Look into an ONNX file, and refuse one that could reach beyond itself.

    Parameters
    ----------
    content
        Of the file.
    where
        The file, for messages.

    Raises
    ------
    ModelError
        If it is no whole ONNX file, keeps weights in other files, or needs operators or functions
        that are not of the ONNX standard.
    """
    try:
        whole = Part("model", memoryview(content), True)
        parts = list(islice(_parts(whole, 0), MOST_PARTS + 1))
        if len(parts) > MOST_PARTS:
            raise ValueError("there are too many messages")
        for part in parts:
            _refuse_foreign(part, where)
        entries = [_entry(part.content) for part in parts if part.kind == "metadata"]
        shapes = {
            kind: tuple(_shape(part.content) for part in parts if part.kind == kind and part.main)
            for kind in ("input", "output")
        }
    except (LookupError, ValueError) as error:
        raise ModelError(
            f"{where} is not a model, or only a part of one; copy or export it again"
        ) from error
    return OnnxFile(dict(entries), shapes["input"], shapes["output"])


def with_metadata(content: bytes, metadata: dict[str, str]) -> bytes:
    """Exchange the metadata of an ONNX file, and leave everything else as it is, to the bit.

    Parameters
    ----------
    content
        Of the file.
    metadata
        The entries that it shall have.
    """
    kept, start = [], 0
    for number, _, end in _fields(memoryview(content)):
        if number != METADATA:
            kept.append(content[start:end])
        start = end
    entries = [
        _written(METADATA, _written(1, key.encode()) + _written(2, value.encode()))
        for key, value in metadata.items()
    ]
    return b"".join([*kept, *entries])


def _parts(part: Part, depth: int) -> Iterator[Part]:
    """A message and, in turn, those within it."""
    yield part
    if depth > DEEPEST:
        raise ValueError("messages lie too deep")
    if part.kind not in PARTS:
        return
    for number, value, _ in _fields(part.content):
        kind = PARTS[part.kind].get(number, FIELD)
        content = value if isinstance(value, memoryview) else memoryview(b"")
        main = part.main and part.kind in ("model", "graph")
        yield from _parts(Part(kind, content, main), depth + 1)


def _refuse_foreign(part: Part, where: str) -> None:
    fields = {"operator set": 1, "node": 7}
    if part.kind in fields:
        domain = _text(part.content, fields[part.kind])
        if domain not in STANDARD_DOMAINS:
            raise ModelError(
                f"{where} needs operators of {domain[:80]!r}, which no model of ours does"
            )
    if part.kind == "node":
        operator = _text(part.content, 4)
        if operator not in OPERATORS:
            raise ModelError(
                f"{where} needs the operator {operator[:80]!r}, which no model of ours does"
            )
    if part.kind == "training":
        raise ModelError(f"{where} has graphs to train it, which no model of ours has")
    if part.kind == "function":
        raise ModelError(f"{where} has functions of its own, which no model of ours has")
    if part.kind == "tensor" and any(
        (number == 14 and value != 0) or number == 13 for number, value, _ in _fields(part.content)
    ):
        raise ModelError(f"{where} keeps weights in other files, which no model of ours does")


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview, int]]:
    """Number and value of each field, and where it ends."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield number, value, at
            continue
        size, at = _varint(message, at) if kind == BYTES else (FIXED_SIZES[kind], at)
        if at + size > len(message):
            raise ValueError("a field goes on beyond the end")
        yield number, message[at : at + size], at + size
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for shift in range(0, VARINT_BITS, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number has no end")


def _written(number: int, value: bytes) -> bytes:
    """A field that holds bytes."""
    return _as_varint(number << 3 | BYTES) + _as_varint(len(value)) + value


def _as_varint(value: int) -> bytes:
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _text(message: memoryview, number: int) -> str:
    """Text in a field; where a field comes again, the last holds."""
    found = [value for key, value, _ in _fields(message) if key == number]
    return bytes(found[-1]).decode() if found and isinstance(found[-1], memoryview) else ""


def _entry(message: memoryview) -> tuple[str, str]:
    return _text(message, 1), _text(message, 2)


def _shape(message: memoryview) -> Shape:
    """Shape in the description of an input or an output: type, tensor, shape, dimensions."""
    for number in (2, 1, 2):
        message = _message(message, number)
    return tuple(
        next((v for k, v, _ in _fields(size) if k == 1 and isinstance(v, int)), None)
        for key, size, _ in _fields(message)
        if key == 1 and isinstance(size, memoryview)
    )


def _message(message: memoryview, number: int) -> memoryview:
    for key, value, _ in _fields(message):
        if key == number and isinstance(value, memoryview):
            return value
    return memoryview(b"")
