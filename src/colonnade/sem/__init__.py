"""Scanning electron micrographs and FIB-SEM volumes: super-resolution, and how far to trust it."""
