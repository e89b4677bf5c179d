"""Numbers that say how near two things are."""
