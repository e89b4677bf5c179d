"""The benchmark of methods that reconstruct tilt series."""
