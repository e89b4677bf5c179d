"""Benchmarks of methods, whatever the images show.

A wing hands in a `Study`, which says what is compared and how it is scored, and a `TestSet` of
images whose truth is known; `run_benchmark` runs the methods and writes scores, cut-offs and a
report.
"""
