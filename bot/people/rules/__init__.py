"""Persons, roles and permissions: pure."""
