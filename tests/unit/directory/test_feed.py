"""A feed is read piece by piece; what is wrong with a row costs that row and is named."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.directory.feed import MOST_FAULTS, FeedError, FeedFault, FeedParser
from waypost.model.catalogue import Product

HEADING = "id,title,description,availability,condition,price,link,image_link,brand,sale_price,gtin"


def row(retailer_id="sku-1", title="Aloe", availability="in stock", price="9.99 USD", more=""):
    link = "https://shop.example.com/1"
    return f"{retailer_id},{title},Green,{availability},new,{price},{link},{link}.jpg,Shop,,{more}"


def parse(text, piece=64 * 1024):
    """The products and the parser, of a text or bytes that come in pieces."""
    data = text if isinstance(text, bytes) else text.encode()
    parser, found = FeedParser(), []
    for start in range(0, len(data), piece):
        found += parser.read(data[start : start + piece])
    return found + parser.close(), parser


def lines(*rows, heading=HEADING, end="\n"):
    return end.join([heading, *rows]) + end


def the_fault(*rows, heading=HEADING):
    found, parser = parse(lines(*rows, heading=heading))
    assert (found, parser.skipped) == ([], 1)
    (fault,) = parser.faults
    return fault


def test_a_feed_of_meta_is_read():
    found, parser = parse(lines(row(), row("sku-2", "Cactus", "out of stock", "")))

    assert found == [
        Product("sku-1", "Aloe", "in stock", price="9.99 USD"),
        Product("sku-2", "Cactus", "out of stock"),
    ]
    assert (parser.products, parser.skipped, parser.faults) == (2, 0, [])


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_pieces_and_ends_of_lines_make_no_difference(piece, end):
    text = lines(row(), row("sku-2", '"Cactus, ""small"""'), row("sk\u00fc-3", "\u0baa"), end=end)

    found, parser = parse(text.rstrip("\r\n"), piece)

    assert [(one.retailer_id, one.name) for one in found] == [
        ("sku-1", "Aloe"),
        ("sku-2", 'Cactus, "small"'),
        ("sk\u00fc-3", "\u0baa"),
    ]
    assert parser.faults == []


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_what_spreadsheets_save_is_read(mark, encoding):
    for piece in (1, 4096):
        found, _ = parse(mark + lines(row(title="Al\u00f6e")).encode(encoding), piece)
        assert [one.name for one in found] == ["Al\u00f6e"]


def test_columns_may_stand_between_tabs_in_any_order_and_case():
    text = "Availability\tcolor\t ID \ttitle\nin stock\tred, blue\tsku-1\tAloe\n"

    found, _ = parse(text)

    assert found == [Product("sku-1", "Aloe", "in stock")]


def test_comments_and_empty_lines_are_passed_over():
    text = "# Required | A unique id\n\n" + lines(row(), "", ",,,", row("sku-2"))

    found, parser = parse(text)

    assert [one.retailer_id for one in found] == ["sku-1", "sku-2"]
    assert parser.faults == []


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        ("id,title,price", "availability"),
        ("title,price", "id, availability"),
        ("sku-1,Aloe,in stock", "id, title, availability"),
        ("id;title;availability", "id, title, availability"),
        ('id,title,"availability', "availability"),
    ],
)
def test_a_heading_without_a_column_that_is_needed_refuses_the_feed(heading, missing):
    if heading.endswith('"availability'):
        heading = heading.replace("availability", "stock")
    with pytest.raises(FeedError, match=f"Line 1 must name .* does not name {missing}. "):
        parse(lines(row(), heading=heading))


@pytest.mark.parametrize("text", [b"", b"\n\n", codecs.BOM_UTF8, b"# only a comment"])
def test_an_empty_feed_is_refused(text):
    with pytest.raises(FeedError, match="The feed is empty"):
        parse(text)


def test_something_that_is_no_feed_is_refused_before_it_fills_the_memory():
    with pytest.raises(FeedError, match="more than 1048576 characters"):
        parse(b"\x00" * (3 << 20))


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("In Stock", "in stock"),
        ("IN_STOCK", "in stock"),
        (" out of  stock ", "out of stock"),
        ("Pre-Order", "preorder"),
        ("available for order", "available for order"),
        ("DISCONTINUED", "discontinued"),
    ],
)
def test_availability_is_read_in_any_case(word, kept):
    ((one,), _) = parse(lines(row(availability=word)))

    assert one.availability == kept


@pytest.mark.parametrize(
    ("column", "value", "is_hidden"),
    [
        ("visibility", "published", False),
        ("visibility", "", False),
        ("visibility", "Hidden", True),
        ("visibility", "staging", True),
        ("status", "active", False),
        ("status", "Archived", True),
    ],
)
def test_hidden_products_are_known_as_such(column, value, is_hidden):
    ((one,), _) = parse(lines(row(more=f",{value}"), heading=f"{HEADING},{column}"))

    assert one.is_hidden is is_hidden


@pytest.mark.parametrize(
    ("quantity", "word", "kept"),
    [
        ("0", "in stock", "out of stock"),
        ("3", "in stock", "in stock"),
        ("", "in stock", "in stock"),
        ("0", "preorder", "preorder"),
    ],
)
def test_none_left_is_out_of_stock(quantity, word, kept):
    heading = f"{HEADING},quantity_to_sell_on_facebook"

    ((one,), _) = parse(lines(row(availability=word, more=f",{quantity}"), heading=heading))

    assert one.availability == kept


@pytest.mark.parametrize(
    ("broken", "column", "message"),
    [
        (row(""), "id", "id is empty; every product needs one"),
        (row(title=""), "title", "title is empty; every product needs one"),
        (row(availability=""), "availability", "availability is empty"),
        (row("x" * 101), "id", "has more than 100 characters"),
        (row(availability="sold"), "availability", '"sold" is none of Meta\'s words: in stock, '),
        ('"sku-1', "", "a quote is opened in this row and never closed"),
        (f"sku-1,{'x' * 140_000}", "", "the row cannot be read: field larger than field limit"),
    ],
)
def test_a_row_that_is_no_product_is_named(broken, column, message):
    fault = the_fault(broken)

    assert (fault.line, fault.column) == (2, column)
    assert message in fault.message


def test_an_unknown_visibility_is_named():
    fault = the_fault(row(more=",maybe"), heading=f"{HEADING},visibility")

    assert fault == FeedFault(2, "visibility", '"maybe" is neither published nor hidden')


def test_a_short_row_lacks_what_stands_last():
    fault = the_fault("sku-1,Aloe")

    assert (fault.line, fault.column) == (2, "availability")


def test_an_id_that_is_not_utf_8_is_named():
    found, parser = parse(HEADING.encode() + b"\n" + row("sk\u00fc").encode("latin-1"))

    assert found == []
    assert "save the feed as UTF-8" in parser.faults[0].message


def test_lines_are_counted_over_quoted_texts():
    first, second = row(title='"two\nlines"'), row("sku-2", title='"three\n\nlines"')
    text = lines(first, second, row(""), row("sku-9"))

    found, parser = parse(text)

    assert [one.name for one in found[:2]] == ["two\nlines", "three\n\nlines"]
    assert parser.faults == [FeedFault(7, "id", "id is empty; every product needs one")]


def test_an_open_quote_costs_its_own_row():
    wild = [row("sku-1"), row("sku-2", title='"Aloe'), row("sku-3"), row("", title="5 in")]

    found, parser = parse(lines(*wild))

    assert [one.retailer_id for one in found] == ["sku-1", "sku-3"]
    assert [(one.line, one.column) for one in parser.faults] == [(3, ""), (5, "id")]
    assert parser.skipped == 2


def test_quotes_within_words_open_nothing():
    found, parser = parse(lines(*(row(f"sku-{number}", '5" pot') for number in range(3001))))

    assert [one.name for one in found] == ['5" pot'] * 3001
    assert parser.faults == []


def test_of_a_repeated_id_the_last_row_counts():
    found, parser = parse(lines(row(), row("sku-2"), row(title="New")))

    assert {one.retailer_id: one.name for one in found} == {"sku-1": "New", "sku-2": "Aloe"}
    assert (parser.products, parser.skipped) == (2, 0)
    assert parser.faults == [FeedFault(4, "id", '"sku-1" stands on line 2 too; this row counts')]


def test_only_the_first_faults_are_listed_and_all_rows_are_counted():
    _, parser = parse(lines(*[row("")] * 500))

    assert (parser.skipped, len(parser.faults)) == (500, MOST_FAULTS)
    assert parser.faults[-1].line == MOST_FAULTS + 1


def test_a_hundred_thousand_rows_come_a_few_hundred_at_a_time():
    parser, largest, total = FeedParser(), 0, 0
    pending = HEADING + "\n"
    for number in range(100_000):
        pending += row(f"sku-{number:06}", f'"Product ""{number}"" of the shop"') + "\n"
        if len(pending) > 64 * 1024:
            found, pending = parser.read(pending.encode()), ""
            largest, total = max(largest, len(found)), total + len(found)
    total += len(parser.read(pending.encode())) + len(parser.close())

    assert (total, parser.products, parser.faults) == (100_000, 100_000, [])
    assert largest <= 1000


PIECES = st.sampled_from(
    ["id,", "title,", "availability", "\n", "in stock", "a", '"', ",", "\t", "\x00"]
)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_make_the_reading_fail(data, piece):
    with suppress(FeedError):
        found, parser = parse(data, piece)
        assert len(found) >= parser.products


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(1, 50))
def test_no_rows_make_the_reading_fail(text, piece):
    whole, one_go = parse(f"id,title,availability\n{text}")
    pieces, in_pieces = parse(f"id,title,availability\n{text}", piece)

    assert whole == pieces
    assert (one_go.skipped, one_go.faults) == (in_pieces.skipped, in_pieces.faults)
    assert len({one.retailer_id for one in whole}) == one_go.products
