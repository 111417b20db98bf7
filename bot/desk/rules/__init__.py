"""What comes in and what goes back: pure."""
