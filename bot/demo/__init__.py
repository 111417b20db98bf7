"""The demo: a clock that moves, a rehearsal, a staff list of roles."""
