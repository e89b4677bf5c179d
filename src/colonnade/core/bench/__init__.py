"""Benchmarks of methods, whatever the images show."""
