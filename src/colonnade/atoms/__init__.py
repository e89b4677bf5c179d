"""STEM images with resolved atom columns: simulate, train, locate, score."""
