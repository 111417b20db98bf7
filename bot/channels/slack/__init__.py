"""Slack: signed requests in, Block Kit out."""
