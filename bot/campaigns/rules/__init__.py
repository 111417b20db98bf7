"""What a campaign asks of whom, and when: pure."""
