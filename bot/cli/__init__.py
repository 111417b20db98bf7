"""The commands of `python -m bot`: what they do and print."""
