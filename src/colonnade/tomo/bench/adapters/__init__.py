"""Methods that the benchmark knows."""
