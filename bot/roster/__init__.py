"""The staff list, kept in step with the school's groups."""
