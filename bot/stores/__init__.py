"""Where everything is kept that must not be lost; `open` finds the store behind an address."""
