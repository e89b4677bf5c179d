"""Specimens of electron tomography, each family a recipe."""
