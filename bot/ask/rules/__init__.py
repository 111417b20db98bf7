"""Decides what to answer and from which clauses. Pure: no I/O, no clock, no async."""
