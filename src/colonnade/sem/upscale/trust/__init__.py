"""Where a finer image can be believed, and where it cannot."""
