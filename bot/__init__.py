"""Staffroom: a staffroom bot that answers from the school's own policy."""

VERSION = "0.5.0"
