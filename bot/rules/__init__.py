"""What is true and what should happen: pure, no I/O, no async, no clock."""
