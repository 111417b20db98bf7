"""What a recorded lesson's dates and states are: pure."""
