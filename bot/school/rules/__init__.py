"""The school's days and documents. Pure: no I/O, no clock, no async."""
