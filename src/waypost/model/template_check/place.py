"""Where the components of a send stand: in the message, or on one of its cards.

Paths and sentences are made only when there is something to say.
"""

import json
from typing import Any, TypeAlias

from msgspec import Struct

from waypost.model.finding import FindingCode, Findings

Tokens: TypeAlias = tuple[str | int, ...]
"""The rest of a JSON pointer, below the components. None of the tokens needs escaping."""


class Place(Struct, frozen=True):
    """One set of components.

    template_path   JSON pointer of the template object
    has_components  whether its holder has an array of them
    carousel, card  places in their arrays; -1: these are the message's own components
    """

    findings: Findings
    template_path: str
    has_components: bool
    carousel: int = -1
    card: int = -1
    card_index: int = -1

    @property
    def is_card(self) -> bool:
        """Whether these are a card's components."""
        return self.card >= 0

    @property
    def components(self) -> str:
        """The words for the components themselves."""
        if self.is_card:
            return f"the components of the card with card_index {self.card_index}"
        return "template.components"

    def pointer(self, tokens: Tokens = ()) -> str:
        """The JSON pointer of what stands there below the components."""
        path = self.template_path
        if self.is_card:
            path += f"/components/{self.carousel}/cards/{self.card}"
        if self.has_components:
            path += "/components"
        return path + "".join(f"/{token}" for token in tokens)

    def add(
        self, tokens: Tokens, code: FindingCode, meta_code: int, sentence: str, mend: str
    ) -> None:
        """A finding; `sentence` begins in lower case and ends without a full stop."""
        if self.is_card:
            said = f"On the card with card_index {self.card_index}, {sentence}"
        else:
            said = sentence[:1].upper() + sentence[1:]
        self.findings.add(self.pointer(tokens), code, meta_code, f"{said}.", mend)


def as_json(value: Any) -> str:
    """What to write into the body; a lone surrogate, which no encoder takes, is spelt out."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode()


def counted(number: int, noun: str) -> str:
    """`no parameters`, `1 parameter`, `2 parameters`."""
    return f"{number} {noun}" if number == 1 else f"{number or 'no'} {noun}s"


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def quoted(value: str) -> str:
    """The beginning of a text, in quotes."""
    longest = 40
    return as_json(value if len(value) <= longest else value[:longest] + "...")
