"""What `python -m bot` does and prints."""
