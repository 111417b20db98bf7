"""Reads a school's own policy, a Word file, a PDF or a text, and cuts it into clauses, word for word."""
