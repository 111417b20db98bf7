"""Asks a language model of the school's own to pick one of our situations; implements `CountedChooser` of `ask/`."""
