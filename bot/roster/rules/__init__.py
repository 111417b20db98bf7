"""Who is in which group, and which changes need confirmation: pure."""
