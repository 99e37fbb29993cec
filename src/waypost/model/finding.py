"""Findings: what a check at the door has to say of a request that is sound in itself.

A finding is a `Fault` that also knows Meta's own code for it and how to mend it. Pure checks
gather them; the account's check mode decides whether they refuse the request or are noted.
"""

from enum import StrEnum

from waypost.model.refusal import Fault

MAX_FINDINGS = 100


class FindingCode(StrEnum):
    """Every kind of finding; a word, once published, never changes."""

    TEMPLATE_UNKNOWN = "template_unknown"
    TEMPLATE_NOT_APPROVED = "template_not_approved"
    WINDOW_CLOSED = "window_closed"
    OPTED_OUT = "opted_out"
    MEDIA_UNKNOWN = "media_unknown"
    MEDIA_EXPIRED = "media_expired"
    MEDIA_WRONG_KIND = "media_wrong_kind"
    PRODUCT_UNKNOWN = "product_unknown"
    PRODUCT_OUT_OF_STOCK = "product_out_of_stock"
    PRODUCT_HIDDEN = "product_hidden"
    CATALOGUE_MISMATCH = "catalogue_mismatch"

    # Of the template check.
    COMPONENT_UNEXPECTED = "component_unexpected"
    COMPONENT_REPEATED = "component_repeated"
    VARIABLE_COUNT = "variable_count"
    VARIABLE_UNNAMED = "variable_unnamed"
    VARIABLE_NAMED = "variable_named"
    VARIABLE_NAME_UNKNOWN = "variable_name_unknown"
    VARIABLE_NAME_REPEATED = "variable_name_repeated"
    VARIABLE_KIND = "variable_kind"
    VARIABLE_EMPTY = "variable_empty"
    VARIABLE_CHARACTERS = "variable_characters"
    TEXT_TOO_LONG = "text_too_long"
    HEADER_MISSING = "header_missing"
    HEADER_KIND = "header_kind"
    CAROUSEL_MISSING = "carousel_missing"
    CARD_COUNT = "card_count"
    CARD_INDEX = "card_index"
    BUTTON_MISSING = "button_missing"
    BUTTON_MISPLACED = "button_misplaced"
    BUTTON_REPEATED = "button_repeated"
    BUTTON_PARAMETER = "button_parameter"
    URL_SUFFIX_UNEXPECTED = "url_suffix_unexpected"
    URL_TOO_LONG = "url_too_long"
    COUPON_CODE = "coupon_code"
    ONE_TIME_CODE = "one_time_code"
    OFFER_MISSING = "offer_missing"
    SECTION_COUNT = "section_count"
    SECTION_TITLE = "section_title"
    PRODUCT_COUNT = "product_count"
    VALUE_MISSING = "value_missing"
    VALUE_INVALID = "value_invalid"

    # Of the content check. Words that a fault of a body has too mean the same here.
    KIND_UNKNOWN = "kind_unknown"
    REQUIRED = "required"
    WRONG_TYPE = "wrong_type"
    WRONG_VALUE = "wrong_value"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    OUT_OF_RANGE = "out_of_range"
    REPEATED = "repeated"
    NOT_ALLOWED = "not_allowed"

    # Of the definition check: before a template is created or edited.
    DEFINITION_COMPONENT_MISSING = "definition_component_missing"
    DEFINITION_COMPONENT_MISPLACED = "definition_component_misplaced"
    DEFINITION_HEADER_FORMAT = "definition_header_format"
    DEFINITION_CATEGORY_MISMATCH = "definition_category_mismatch"
    DEFINITION_EXAMPLE_MISSING = "definition_example_missing"
    DEFINITION_EXAMPLE_MISMATCH = "definition_example_mismatch"
    DEFINITION_BUTTON_MISSING = "definition_button_missing"
    DEFINITION_BUTTON_MISPLACED = "definition_button_misplaced"
    DEFINITION_BUTTON_ORDER = "definition_button_order"
    DEFINITION_BUTTON_TOO_MANY = "definition_button_too_many"
    DEFINITION_CARD_COUNT = "definition_card_count"
    DEFINITION_CARDS_DIFFER = "definition_cards_differ"
    PLACEHOLDER_MALFORMED = "placeholder_malformed"
    PLACEHOLDER_GAP = "placeholder_gap"
    PLACEHOLDER_REPEATED = "placeholder_repeated"
    PLACEHOLDER_ADJACENT = "placeholder_adjacent"
    PLACEHOLDER_AT_EDGE = "placeholder_at_edge"
    PLACEHOLDER_TOO_MANY = "placeholder_too_many"
    PLACEHOLDER_MISPLACED = "placeholder_misplaced"
    EDIT_NOT_ALLOWED = "edit_not_allowed"
    EDIT_EMPTY = "edit_empty"
    EDIT_MIXED = "edit_mixed"
    EDIT_FIXED_FIELD = "edit_fixed_field"


class Findings:
    """Gathers findings in the order they are found, and not without end."""

    __slots__ = ("_listed",)

    def __init__(self) -> None:
        self._listed: list[Fault] = []

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._listed)

    def add(self, path: str, code: FindingCode, meta_code: int, message: str, mend: str) -> None:
        """One more finding; what comes after the first MAX_FINDINGS is not kept."""
        if len(self._listed) < MAX_FINDINGS:
            self._listed.append(Fault(path, code.value, message, meta_code=meta_code, mend=mend))

    def listed(self) -> tuple[Fault, ...]:
        """All of them."""
        return tuple(self._listed)
