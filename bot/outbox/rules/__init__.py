"""What may become of a message: pure."""
