"""What of a reconstruction was measured, and how well it foretells what was not."""
