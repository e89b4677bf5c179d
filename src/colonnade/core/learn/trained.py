"""A network that is being trained, with everything that changes in a step."""

import copy
from typing import Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn

Precision = Literal["float32", "bfloat16"]

AVERAGE_WARMUP = 10
"""After n steps an average keeps at most n / (n + 10) of itself, so it forgets a random start
[steps]."""


class Trained:
    """A network, its optimiser, the running average of its weights, and its precision.

    Parameters
    ----------
    network
        With the weights that it begins with.
    optimizer
        Of its parameters; its learning rate is set anew before each step.
    learning_rate
        The highest; the schedule of the training goes up to it and down again.
    average
        Decay of the running average of the weights.
    precision
        Of the arithmetic; the weights are float32.
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        *,
        learning_rate: float,
        average: float,
        precision: Precision,
    ) -> None:
        self.network, self.optimizer = network, optimizer
        self.learning_rate, self.average, self.precision = learning_rate, average, precision
        self.averaged = copy.deepcopy(network).requires_grad_(False)
        self.updates = 0
        self._forward = network

    def place(self, device: torch.device) -> None:
        """Move to a device, and join the same network of other processes, if there are any."""
        self.network.to(device)
        self.averaged.to(device)
        if dist.is_initialized():
            # Gradients are averaged over the processes only through this wrapper.
            self._forward = nn.parallel.DistributedDataParallel(self.network)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.network.parameters()).device

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Run the network that learns."""
        reduced = self.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=reduced):
            answer: Tensor = self._forward(*inputs)
        return answer

    def prepare(self, rate: float) -> None:
        """Get ready for a step at a learning rate."""
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def descend(self, loss: Tensor) -> None:
        """Change the weights so as to lower a loss, and average them."""
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.updates += 1
        self._average()

    @torch.no_grad()
    def _average(self) -> None:
        keep = min(self.average, self.updates / (self.updates + AVERAGE_WARMUP))
        for mean, value in zip(
            self.averaged.state_dict().values(), self.network.state_dict().values(), strict=True
        ):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)

    def state(self) -> dict[str, Tensor]:
        """Give everything that a checkpoint must hold."""
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"averaged.{k}": v for k, v in self.averaged.state_dict().items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            tensors |= {
                f"optimizer.{number}.{k}": v for k, v in moments.items() if isinstance(v, Tensor)
            }
        return tensors | {"updates": torch.tensor(self.updates)}

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Go back to what `state` gave."""
        self.network.load_state_dict(below(tensors, "network."))
        self.averaged.load_state_dict(below(tensors, "averaged."))
        state = self.optimizer.state_dict()
        count = sum(len(group["params"]) for group in state["param_groups"])
        moments = {number: below(tensors, f"optimizer.{number}.") for number in range(count)}
        state["state"] = {number: found for number, found in moments.items() if found}
        self.optimizer.load_state_dict(state)
        self.updates = int(tensors["updates"])


def below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Give the tensors whose names begin with a prefix, without it."""
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
