"""The benchmark of methods that locate atom columns."""
