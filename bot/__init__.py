"""Staffroom: what the school's policy allows, in its own words."""
