"""What is wrong with a body or a definition, for a person: place, sentence, and how to mend it."""

from collections.abc import Iterable, Iterator

from waypost.model.refusal import Fault


def tell_faults(faults: Iterable[Fault], whole: str = "the body") -> Iterator[str]:
    """Lines, indented; a fault without a place is one of the `whole`."""
    for fault in faults:
        place = fault.path or whole
        if fault.line is not None:
            place += f", line {fault.line}, column {fault.column}"
        meta = "" if fault.meta_code is None else f" (Meta's error {fault.meta_code})"
        yield f"  {place}: {fault.message}{meta}"
        if fault.mend:
            yield f"    To mend it: {fault.mend}"
