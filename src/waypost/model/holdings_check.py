"""What a send names, held against what there is: uploaded media, and the WABA's catalogue.

Meta answers all of it with 131009, but for a medium of another kind, which fails later with
131053 (`reference` 1.7, 3.3 and 6).
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from waypost.model.finding import FindingCode, Findings
from waypost.model.mentions import MediaMention, Mentions, ProductMention
from waypost.model.refusal import Fault

_NOT_VALID = 131009
_UPLOAD_ERROR = 131053
_LONGEST_QUOTE = 60
_SOLD_OUT = frozenset({"out of stock", "discontinued"})


class KnownMedium(Struct, frozen=True):
    """An uploaded medium: image, video, document, audio or sticker; and when its id ends."""

    kind: str
    expires_at: datetime | None


class KnownProduct(Struct, frozen=True):
    """A product of the catalogue; `availability` in Meta's words (`in stock`)."""

    availability: str
    is_hidden: bool


class Holdings(Struct, frozen=True):
    """What of the things that a send names is there.

    media         those that are known, by id
    products      those that are known, by retailer id; None if no catalogue is known: then
                  nothing can be said of any product
    catalogue_id  the WABA's; None if it is not known
    """

    media: Mapping[str, KnownMedium]
    products: Mapping[str, KnownProduct] | None
    catalogue_id: str | None


def check_holdings(mentions: Mentions, holdings: Holdings, now: datetime) -> tuple[Fault, ...]:
    """A finding for each thing named that is not there, or cannot be sent."""
    findings = Findings()
    for medium in mentions.media:
        _check_medium(medium, holdings.media.get(medium.media_id), now, findings)
    wrong_catalogues: set[str | None] = set()
    for product in mentions.products:
        if (
            product.catalogue_id is not None
            and holdings.catalogue_id is not None
            and product.catalogue_id != holdings.catalogue_id
        ):
            if product.catalogue_path not in wrong_catalogues:
                wrong_catalogues.add(product.catalogue_path)
                _add_mismatch(product, holdings.catalogue_id, findings)
        elif holdings.products is not None:
            _check_product(product, holdings.products.get(product.retailer_id), findings)
    return findings.listed()


def _check_medium(
    mention: MediaMention, known: KnownMedium | None, now: datetime, findings: Findings
) -> None:
    path = f"{mention.path}/id"
    name = _shown(mention.media_id)
    if known is None:
        findings.add(
            path,
            FindingCode.MEDIA_UNKNOWN,
            _NOT_VALID,
            f"No uploaded medium has the id {name}.",
            "Upload it for this sender and put the id of the answer here, or give a link.",
        )
    elif known.expires_at is not None and known.expires_at <= now:
        findings.add(
            path,
            FindingCode.MEDIA_EXPIRED,
            _NOT_VALID,
            f"The medium {name} expired at {known.expires_at.isoformat(timespec='seconds')}.",
            "Upload it again and put the new id here.",
        )
    elif known.kind != ("video" if mention.kind == "gif" else mention.kind):
        findings.add(
            path,
            FindingCode.MEDIA_WRONG_KIND,
            _UPLOAD_ERROR,
            f"The medium {name} is of kind {known.kind} and is sent as {mention.kind}.",
            f"Give the id of a medium of kind {'video' if mention.kind == 'gif' else mention.kind}"
            f", or send this one as {known.kind}.",
        )


def _check_product(mention: ProductMention, known: KnownProduct | None, findings: Findings) -> None:
    name = _shown(mention.retailer_id)
    if known is None:
        findings.add(
            mention.path,
            FindingCode.PRODUCT_UNKNOWN,
            _NOT_VALID,
            f"The catalogue has no product with the retailer id {name}.",
            "Give a product's id as the catalogue has it, or add the product to the catalogue.",
        )
    elif known.is_hidden:
        findings.add(
            mention.path,
            FindingCode.PRODUCT_HIDDEN,
            _NOT_VALID,
            f"The product {name} is hidden in the catalogue.",
            "Make it visible in the catalogue, or name another.",
        )
    elif known.availability.lower().replace("_", " ") in _SOLD_OUT:
        findings.add(
            mention.path,
            FindingCode.PRODUCT_OUT_OF_STOCK,
            _NOT_VALID,
            f"The product {name} is {known.availability} in the catalogue.",
            "Name another product, or bring its availability in the catalogue up to date.",
        )


def _add_mismatch(mention: ProductMention, catalogue_id: str, findings: Findings) -> None:
    findings.add(
        mention.catalogue_path or mention.path,
        FindingCode.CATALOGUE_MISMATCH,
        _NOT_VALID,
        f"The catalog_id is {_shown(mention.catalogue_id or '')}; the catalogue of this WABA is "
        f"{_shown(catalogue_id)}.",
        f"Make catalog_id {_shown(catalogue_id)}, or connect the other catalogue to the WABA.",
    )


def _shown(name: str) -> str:
    """An id as a sentence may show it: short, and sendable as UTF-8."""
    short = name if len(name) <= _LONGEST_QUOTE else name[:_LONGEST_QUOTE] + "..."
    return f'"{short.encode("utf-8", "replace").decode()}"'
