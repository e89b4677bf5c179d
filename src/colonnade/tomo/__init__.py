"""Electron tomography: volumes from tilt series, and how far to trust them."""
