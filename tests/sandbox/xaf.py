"""What the published schema of XAF 3.2 (XmlAuditfileFinancieel3.2.xsd) asks of the parts that the sandbox writes.

Typed over from that schema, parts that nobody here writes (subledgers, histories, taxonomies) left out. `?` may be
missing, `*` may be there any number of times. Of 4.0 no schema was seen, so there is no table of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

NAMESPACE = "http://www.auditfiles.nl/XAF/3.2"

_SEQUENCES = {
    "auditfile": "header company",
    "header": "fiscalYear startDate endDate curCode dateCreated softwareDesc? softwareVersion?",
    "company": (
        "companyIdent? companyName taxRegistrationCountry taxRegIdent streetAddress* postalAddress* "
        "customersSuppliers? generalLedger? vatCodes? periods? openingBalance? transactions?"
    ),
    "streetAddress": "streetname? number? numberExtension? property? city? postalCode? region? country?",
    "customersSuppliers": "customerSupplier*",
    "customerSupplier": (
        "custSupID custSupName? contact? telephone? fax? eMail? website? commerceNr? taxRegistrationCountry? "
        "taxRegIdent? relationshipID? custSupTp? custSupGrpID? custCreditLimit? supplierLimit? streetAddress* "
        "postalAddress* bankAccount* changeInfo? customerSupplierHistory?"
    ),
    "generalLedger": "ledgerAccount* basics?",
    "ledgerAccount": (
        "accID accDesc accTp leadCode? leadDescription? leadReference? leadCrossRef? taxonomy* changeInfo? "
        "glAccountHistory?"
    ),
    "vatCodes": "vatCode*",
    "vatCode": "vatID vatDesc vatToPayAccID? vatToClaimAccID?",
    "periods": "period*",
    "period": "periodNumber periodDesc? startDatePeriod startTimePeriod? endDatePeriod endTimePeriod?",
    "openingBalance": "opBalDate opBalDesc? linesCount totalDebit totalCredit obLine* obSubledgers?",
    "obLine": "nr accID amnt amntTp",
    "transactions": "linesCount totalDebit totalCredit journal* subledgers?",
    "journal": "jrnID desc jrnTp? offsetAccID? bankAccNr? transaction*",
    "transaction": "nr desc? periodNumber trDt amnt? amntTp? sourceID? userID? trLine*",
    "trLine": (
        "nr accID docRef effDate desc? amnt amntTp recRef? matchKeyID? custSupID? invRef? orderRef? receivingDocRef? "
        "shipDocRef? costID? prodID? projID? artGrpID? workCostArrRef? qntityID? qntity? bankAccNr? bankIdCd? vat* "
        "currency?"
    ),
}
ORDER = {name: sequence.split() for name, sequence in _SEQUENCES.items()}

_DATE, _AMOUNT, _ID = r"\d{4}-\d\d-\d\d", r"-?\d{1,18}(\.\d{1,2})?", r".{0,35}"
LEAVES = {
    **dict.fromkeys(("startDate", "endDate", "dateCreated", "startDatePeriod", "endDatePeriod", "opBalDate"), _DATE),
    **dict.fromkeys(("trDt", "effDate"), _DATE),
    **dict.fromkeys(("amnt", "totalDebit", "totalCredit"), _AMOUNT),
    **dict.fromkeys(("nr", "accID", "custSupID", "vatID", "vatToPayAccID", "vatToClaimAccID", "jrnID"), _ID),
    "companyIdent": _ID, "fiscalYear": r".{0,9}", "curCode": r"[A-Z]{3}", "taxRegistrationCountry": r"[A-Z]{2}",
    "country": r"[A-Z]{2}", "taxRegIdent": r".{0,30}", "softwareDesc": r".{0,50}", "softwareVersion": r".{0,20}",
    "custSupName": r".{0,50}", "city": r".{0,50}", "postalCode": r".{0,10}", "accTp": "B|M|P", "amntTp": "C|D",
    "custSupTp": "B|C|O|S", "jrnTp": "[BCGMOPSTYZ]", "linesCount": r"\d{1,10}", "periodNumber": r"\d{1,3}",
    "periodDesc": r".{0,50}", "docRef": r".{0,999}", "accDesc": r".{0,999}", "vatDesc": r".{0,999}",
}  # fmt: skip


def read(content: bytes) -> Element:
    """The file without its namespace. AssertionError when that is not the one of 3.2."""
    root = ElementTree.fromstring(content)
    prefix = f"{{{NAMESPACE}}}"
    for element in root.iter():
        assert element.tag.startswith(prefix), element.tag
        element.tag = element.tag.removeprefix(prefix)
    return root


def text(element: Element, path: str) -> str:
    found = element.findtext(path)
    assert found is not None, f"no {path} in {element.tag}"
    return found


def violations(root: Element) -> Iterator[str]:
    """Every place where the file is not as the schema wants it, its references among them."""
    for element in root.iter():
        if element.tag in ORDER:
            yield from _sequence(element)
        elif len(element):
            yield f"{element.tag} has elements inside that the table does not know"
        elif not re.fullmatch(LEAVES.get(element.tag, r".*"), element.text or "", re.DOTALL):
            yield f"{element.tag} is {element.text!r}"
    yield from _references(root)


def _sequence(element: Element) -> Iterator[str]:
    """Follows the table through the children."""
    waiting = list(element)
    for part in ORDER[element.tag]:
        name = part.rstrip("?*")
        found = 0
        while waiting and waiting[0].tag == name and (found == 0 or part.endswith("*")):
            waiting.pop(0)
            found += 1
        if not found and part == name:
            yield f"{element.tag} has no {name} where it should be"
    yield from (f"{child.tag} has no place there in {element.tag}" for child in waiting)


def _references(root: Element) -> Iterator[str]:
    """The keys of the schema are unique, and what refers to one finds it."""
    keys = {
        "accID": [text(account, "accID") for account in root.iter("ledgerAccount")],
        "custSupID": [text(relation, "custSupID") for relation in root.iter("customerSupplier")],
        "periodNumber": [text(period, "periodNumber") for period in root.iter("period")],
        "jrnID": [text(journal, "jrnID") for journal in root.iter("journal")],
        "vatID": [text(code, "vatID") for code in root.iter("vatCode")],
    }
    for name, values in keys.items():
        yield from (f"{name} {value} is there twice" for value in {v for v in values if values.count(v) > 1})
    places = {
        "accID": ("obLine", "trLine"), "custSupID": ("trLine",), "periodNumber": ("transaction",),
    }  # fmt: skip
    for name, tags in places.items():
        known = set(keys[name])
        used = {element.findtext(name) for tag in tags for element in root.iter(tag)} - {None}
        yield from (f"{name} {value} refers to nothing" for value in used - known)
    accounts = set(keys["accID"])
    for tag in ("vatToPayAccID", "vatToClaimAccID"):
        yield from (f"{tag} {e.text} refers to nothing" for e in root.iter(tag) if e.text not in accounts)
