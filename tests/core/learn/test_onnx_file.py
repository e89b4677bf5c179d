"""An ONNX file is seen through without the onnx package, and what is dangerous is refused."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from colonnade.core.errors import ModelError
from colonnade.core.learn.model import find_model
from colonnade.core.learn.onnx_file import MOST_PARTS, inspect, with_metadata


def small(nodes: list[onnx.NodeProto] | None = None, **changes: object) -> onnx.ModelProto:
    """Make a model that adds weights to its input."""
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 2, "y", 7])
    maps = helper.make_tensor_value_info("maps", TensorProto.FLOAT, [1, 2, "y", "x"])
    weights = numpy_helper.from_array(np.arange(4, dtype=np.float32), "weights")
    nodes = nodes or [helper.make_node("Add", ["image", "weights"], ["maps"])]
    graph = helper.make_graph(nodes, "graph", [image], [maps], [weights])
    return helper.make_model(graph, **changes)


def external(tensor: onnx.TensorProto) -> onnx.TensorProto:
    """Let a tensor lie in another file."""
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return tensor


def test_shapes_and_metadata_are_those_that_onnx_reads() -> None:
    model = small()
    helper.set_model_props(model, {"first": "µ", "second": "b" * 1000, "empty": ""})
    seen = inspect(model.SerializeToString(), "file")
    assert seen.inputs == ((None, 2, None, 7),)
    assert seen.outputs == ((1, 2, None, None),)
    assert seen.metadata == {"first": "µ", "second": "b" * 1000, "empty": ""}


@given(st.dictionaries(st.text(max_size=200), st.text(max_size=200), max_size=4))
def test_metadata_is_exchanged_and_nothing_else(entries: dict[str, str]) -> None:
    model = small(doc_string="stays", producer_name="us")
    helper.set_model_props(model, {"before": "goes"})
    changed = onnx.load_from_string(with_metadata(model.SerializeToString(), entries))
    assert {entry.key: entry.value for entry in changed.metadata_props} == entries
    del changed.metadata_props[:], model.metadata_props[:]
    assert changed == model
    assert changed.graph.initializer[0].raw_data == model.graph.initializer[0].raw_data


def branch(name: str, tensor: onnx.TensorProto) -> onnx.GraphProto:
    out = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
    return helper.make_graph(
        [helper.make_node("Constant", [], [name], value=tensor)], name, [], [out]
    )


def in_an_initializer() -> onnx.ModelProto:
    model = small()
    external(model.graph.initializer[0])
    return model


def in_a_constant() -> onnx.ModelProto:
    tensor = external(numpy_helper.from_array(np.zeros(2, np.float32)))
    return small([helper.make_node("Constant", [], ["maps"], value=tensor)])


def in_a_branch() -> onnx.ModelProto:
    tensors = [numpy_helper.from_array(np.zeros(2, np.float32)) for _ in range(2)]
    inner = [branch("a", tensors[0]), branch("b", external(tensors[1]))]
    node = helper.make_node("Add", ["image"], ["maps"], one=inner[0], other=inner[1])
    return small([node])


def in_a_list_of_graphs_in_a_graph() -> onnx.ModelProto:
    inner = branch("a", external(numpy_helper.from_array(np.zeros(2, np.float32))))
    outer = helper.make_graph([helper.make_node("Add", [], ["b"], all=[inner])], "g", [], [])
    return small([helper.make_node("Add", ["image"], ["maps"], body=outer)])


def in_a_list_of_tensors() -> onnx.ModelProto:
    tensor = external(numpy_helper.from_array(np.zeros(2, np.float32)))
    return small([helper.make_node("Add", ["image"], ["maps"], all=[tensor])])


def in_a_sparse_constant() -> onnx.ModelProto:
    values = numpy_helper.from_array(np.ones(1, np.float32), "sparse")
    indices = external(numpy_helper.from_array(np.zeros(1, np.int64), "indices"))
    sparse = helper.make_sparse_tensor(values, indices, [3])
    return small([helper.make_node("Constant", [], ["maps"], sparse_value=sparse)])


def in_a_sparse_tensor() -> onnx.ModelProto:
    model = small()
    values = external(numpy_helper.from_array(np.ones(1, np.float32), "sparse"))
    indices = numpy_helper.from_array(np.zeros(1, np.int64), "indices")
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [3]))
    return model


@pytest.mark.parametrize(
    "make",
    [
        in_an_initializer,
        in_a_constant,
        in_a_branch,
        in_a_list_of_graphs_in_a_graph,
        in_a_list_of_tensors,
        in_a_sparse_tensor,
        in_a_sparse_constant,
    ],
)
def test_weights_in_other_files_are_refused_wherever_they_hide(make: object) -> None:
    assert callable(make)
    with pytest.raises(ModelError, match="keeps weights in other files"):
        inspect(make().SerializeToString(), "file")


def test_a_place_of_other_weights_is_refused_even_if_it_is_not_in_use() -> None:
    model = small()
    model.graph.initializer[0].external_data.add(key="location", value="weights.bin")
    with pytest.raises(ModelError, match="keeps weights in other files"):
        inspect(model.SerializeToString(), "file")


@pytest.mark.parametrize("domain", ["com.microsoft", "mine", "ai.onnx.ml"])
def test_operators_that_are_not_of_the_standard_are_refused(domain: str) -> None:
    node = helper.make_node("Add", ["image", "weights"], ["maps"], domain=domain)
    inner = helper.make_node("Add", [], ["maps"], body=helper.make_graph([node], "g", [], []))
    imports = [helper.make_opsetid("", 18), helper.make_opsetid(domain, 1)]
    for model in (small([node]), small([inner]), small(opset_imports=imports)):
        with pytest.raises(ModelError, match=f"operators of '{domain}'"):
            inspect(model.SerializeToString(), "file")


def test_the_standard_has_two_names() -> None:
    node = helper.make_node("Add", ["image", "weights"], ["maps"], domain="ai.onnx")
    assert inspect(small([node]).SerializeToString(), "file").outputs


def test_functions_of_a_model_are_refused() -> None:
    node = helper.make_node("Add", ["a", "b"], ["c"])
    opset = [helper.make_opsetid("", 18)]
    function = helper.make_function("", "Twice", ["a", "b"], ["c"], [node], opset)
    with pytest.raises(ModelError, match="functions of its own"):
        inspect(small(functions=[function]).SerializeToString(), "file")


@pytest.mark.parametrize("operator", ["Loop", "If", "RandomNormal", "SequenceInsert", "x" * 999])
def test_operators_that_no_network_of_images_has_are_refused(operator: str) -> None:
    model = small([helper.make_node(operator, ["image"], ["maps"])])
    with pytest.raises(ModelError, match=f"the operator '{operator[:40]}") as raised:
        inspect(model.SerializeToString(), "file")
    assert len(str(raised.value)) < 200


def test_graphs_to_train_with_are_refused() -> None:
    model = small()
    model.training_info.add().algorithm.node.append(helper.make_node("Add", ["a"], ["b"]))
    with pytest.raises(ModelError, match="graphs to train it"):
        inspect(model.SerializeToString(), "file")


def test_graphs_in_graphs_without_end_are_refused() -> None:
    graph = helper.make_graph([], "innermost", [], [])
    for _ in range(15):
        graph = helper.make_graph([helper.make_node("Add", [], [], body=graph)], "outer", [], [])
    with pytest.raises(ModelError, match="not a model"):
        inspect(helper.make_model(graph).SerializeToString(), "file")


def test_a_file_of_empty_messages_does_not_fill_the_memory() -> None:
    graph = b"\x0a\x00" * (MOST_PARTS + 1)  # nodes without anything in them
    content = b"\x3a" + bytes([0x80 | len(graph) & 0x7F, 0x80 | len(graph) >> 7 & 0x7F])
    content += bytes([len(graph) >> 14]) + graph
    with pytest.raises(ModelError, match="not a model"):
        inspect(content, "file")


def test_fields_that_say_nothing_do_not_take_the_time() -> None:
    content = small().SerializeToString() + b"\x98\x06\x00" * (MOST_PARTS + 1)
    with pytest.raises(ModelError, match="not a model"):
        inspect(content, "file")


def refusal(content: bytes) -> str:
    """Give the sentence with which a file is refused; other errors go on."""
    try:
        inspect(content, "file")
    except ModelError as error:
        return str(error)
    return "file is taken"


@settings(max_examples=200)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_seen_through_or_refused(data: bytes) -> None:
    assert "\n" not in refusal(data)


@settings(max_examples=100)
@given(at=st.integers(0), value=st.integers(0, 255), cut=st.integers(0))
def test_a_damaged_file_never_ends_in_another_error(at: int, value: int, cut: int) -> None:
    content = bytearray(small().SerializeToString())
    content[at % len(content)] = value
    assert refusal(bytes(content[: 1 + cut % len(content)])).startswith("file ")


def test_a_shipped_model_is_the_same_after_its_own_metadata_is_written_again() -> None:
    content = find_model("atoms").read_bytes()
    assert with_metadata(content, inspect(content, "atoms").metadata) == content
