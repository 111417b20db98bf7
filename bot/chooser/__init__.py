"""Asks a language model of the school's own to pick one of our situations; implements the port `CountedChooser` of `ask/`."""
