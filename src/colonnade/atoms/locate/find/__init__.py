"""What the network sees: candidates, on the right scales, bright or dark."""
