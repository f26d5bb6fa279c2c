"""Whether a list of rules leaves gaps, or holds rows that can never decide. Exact, without trying every input.

A rule is a block: per dimension the set of words it holds for. What a block leaves of another is a few smaller blocks,
so taking the rules away one by one from the block of everything shows what each still decides and what none does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipelines.writeback.vat.dimensions import DIMENSIONS, UNKNOWN

Block = Mapping[str, frozenset[str]]

EVERYTHING: Block = {name: frozenset(words) for name, words in DIMENSIONS.items()}
KNOWN: Block = {name: frozenset(words) - {UNKNOWN} for name, words in DIMENSIONS.items()}


def overlap(left: Block, right: Block) -> Block | None:
    """What both hold for; None when that is nothing."""
    both = {name: left[name] & right[name] for name in left}
    return both if all(both.values()) else None


def minus(block: Block, taken: Block) -> Iterator[Block]:
    """`block` without what `taken` holds for, as blocks that do not overlap."""
    common = overlap(block, taken)
    if common is None:
        yield block
        return
    rest = dict(block)
    for name in block:
        if outside := rest[name] - common[name]:
            yield {**rest, name: outside}
        rest[name] = common[name]


def without(blocks: Iterable[Block], taken: Block) -> list[Block]:
    """All of `blocks` without what `taken` holds for."""
    return [part for block in blocks for part in minus(block, taken)]


def example(block: Block) -> dict[str, str]:
    """One input of the block, the first word of each dimension in the order they are declared."""
    return {name: next(word for word in words if word in block[name]) for name, words in DIMENSIONS.items()}
