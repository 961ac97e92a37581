"""A deliberately naive second reading of the eligibility rules of NCT00514085.

It exists to disagree with the product. It was written from the clinical specification alone,
uses nothing but the standard library, evaluates every day of the horizon separately and prefers
enumerating the possible days of an imprecise date to reasoning about them. Nothing in the product
may import it, and it imports nothing of the product.

``evaluate(document, on=...)`` takes the evaluate document (parsed with exact decimals) and returns
the part of the answer that two readings can be compared on. ``Refused`` is raised for a document
that has to be refused as a whole.
"""

from tests.naive.answer import HORIZON, evaluate
from tests.naive.bundle import Refused

__all__ = ["HORIZON", "Refused", "evaluate"]
