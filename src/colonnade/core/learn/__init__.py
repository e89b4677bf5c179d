"""Networks, the training loop, and model files."""
