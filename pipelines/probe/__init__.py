"""Asks one real administration what Moneybird's documentation leaves open (POSTINGS §3), read-only, in 40 requests.

    reads       lends the token: reads only, at most 40
    evidence    what was fetched, once, as chart, documents, lines and totals
    examples    which month and which documents say most
    questions   one function per question: evidence → what was found
    asking      all questions in turn → Report
    report      the JSON file, where it is kept, what `status` says of it

Nothing here writes, needs a warehouse, or knows the sandbox.
"""
