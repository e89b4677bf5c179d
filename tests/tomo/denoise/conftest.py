"""What the tests of denoising share."""

import sys
from pathlib import Path

import pytest

from colonnade.core.learn.model import Model

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Give a small model that denoises."""
    from small_denoiser import write_model

    return Model(write_model(tmp_path_factory.mktemp("models") / "tiny.onnx"))
