"""Train networks for super-resolution."""
