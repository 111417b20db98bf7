"""How a school asks for its agreement."""

from dataclasses import dataclass

READ_AND_UNDERSTOOD = "I have read and understood this document: {title}."


@dataclass(frozen=True, slots=True)
class AskedDocument:
    """A document that is acknowledged, by which words. `statement` is in `clause`, word for word.

    Both are empty if the document has no such words of its own; then people acknowledge a sentence that names it.
    """

    document: str
    clause: str = ""
    statement: str = ""

    def statement_for(self, title: str) -> str:
        """The words that are acknowledged with a text of this title.

        >>> AskedDocument("SC").statement_for("Standards of Dress")
        'I have read and understood this document: Standards of Dress.'
        """
        return self.statement or READ_AND_UNDERSTOOD.format(title=title)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which documents are acknowledged together, by which words: the first one, and `others` beside it.

    `union_note` is the reference of the clause that encourages guidance by unions, empty if there is none.
    """

    document: str
    clause: str
    statement: str
    typed_name: bool = False
    union_note: str = ""
    others: tuple[AskedDocument, ...] = ()

    @property
    def asked(self) -> tuple[AskedDocument, ...]:
        """Every document, in the order in which they are shown."""
        return (AskedDocument(self.document, self.clause, self.statement), *self.others)

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of every document."""
        return tuple(asked.document for asked in self.asked)

    def asked_document(self, document: str) -> AskedDocument:
        """How it asks for a document; without words of its own if it does not ask for that one."""
        return next((asked for asked in self.asked if asked.document == document), AskedDocument(document))
