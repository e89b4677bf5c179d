"""What the network sees: candidates, found on the scales that suit it."""
