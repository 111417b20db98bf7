"""What is said of a command in the line that asks for it: who, until when, which lesson."""


def parameters(name: str, line: str) -> dict[str, str]:
    """The parameters of the command `name` in a line, as the words are there; nothing is guessed."""
    return {}
