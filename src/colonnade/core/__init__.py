"""What all wings stand on; it never imports a wing."""
