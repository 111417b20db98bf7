"""Decides what of a document is a clause, how it is cited, and what it says of itself. Pure."""
