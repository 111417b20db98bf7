"""How events are sealed and opened: pure."""
