"""What the tests of upscaling share."""

import sys
from pathlib import Path

import pytest

from colonnade.core.learn.model import Model

sys.path.insert(0, str(Path(__file__).parents[1]))


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a model for a factor of 2."""
    from small_model import write_model

    return write_model(tmp_path_factory.mktemp("models") / "tiny-x2.onnx", 2, "tiny-x2")


@pytest.fixture(scope="session")
def model(model_path: Path) -> Model:
    """Give the model for a factor of 2."""
    return Model(model_path)


@pytest.fixture(scope="session")
def stack_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Give a model that makes four slices of each of a stack."""
    from small_model import write_stack_model

    return Model(
        write_stack_model(tmp_path_factory.mktemp("models") / "tiny-z4.onnx", 4, "tiny-z4")
    )
