"""The terminal: the same desk, at the keyboard."""
