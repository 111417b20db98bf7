"""Where things are kept that must not be lost."""
