"""Train the network that finds columns, and calibrate its probabilities."""
