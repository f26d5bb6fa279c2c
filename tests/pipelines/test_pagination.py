"""Pages end where Moneybird's pages end."""

import pytest

from pipelines.moneybird.pagination import has_next, pages_for


@pytest.mark.parametrize(
    ("rows", "link", "expected"),
    [
        (99, '<x>; rel="next"', False),  # a short page is the last, whatever the header says
        (100, '<x>; rel="next"', True),
        (100, '<x>; rel="prev"', False),
        (100, None, True),  # no header on a full page: ask once more
        (0, None, False),
    ],
)
def test_the_next_page_is_asked_for_when_there_can_be_one(rows: int, link: str | None, expected: bool) -> None:
    assert has_next(rows, link) is expected


@pytest.mark.parametrize(("rows", "expected"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (200, 2), (201, 3)])
def test_the_plan_counts_the_pages_that_has_next_would_read(rows: int, expected: int) -> None:
    asked, left = 0, rows
    while True:
        asked += 1
        page = min(left, 100)
        left -= page
        single = rows <= 100
        link = None if single else 'rel="next"' if left else 'rel="prev"'
        if not has_next(page, link):
            break

    assert asked == expected == pages_for(rows)
