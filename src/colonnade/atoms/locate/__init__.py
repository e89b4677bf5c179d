"""From an image to its columns: find them, fit them, judge them."""
