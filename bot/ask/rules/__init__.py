"""What may be answered, and from which clauses: pure."""
