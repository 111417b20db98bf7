"""Staffroom: a staffroom bot that answers from the school's own policy."""

VERSION = "0.6.0"
