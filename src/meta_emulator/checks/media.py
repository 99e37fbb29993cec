"""Media that a message names: exactly one of an id that is held and a link (reference 6)."""

from meta_emulator.checks.template_send import Holdings
from meta_emulator.checks.values import Object, url_at
from meta_emulator.protocol.errors import RefusedError, invalid, refused


def check_medium(content: Object, where: str, holdings: Holdings) -> None:
    """Raise RefusedError unless there is a link, or the id of media that is held."""
    if ("id" in content) == ("link" in content):
        raise RefusedError(refused(131008, f"{where}: exactly one of id and link is required"))
    if "link" in content:
        url_at(content, "link", where)
    elif holdings.media_kind(str(content["id"])) is None:
        raise RefusedError(
            invalid(
                f"Param {where}['id'] is not a valid whatsapp business account media attachment ID"
            )
        )
