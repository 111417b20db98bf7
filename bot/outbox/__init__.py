"""What goes out, once."""
