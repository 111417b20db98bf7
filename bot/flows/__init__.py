"""What the bot does: fetch, decide, keep, act."""
