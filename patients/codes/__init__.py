"""The code dictionary: which codes hospitals send, and what they mean here.

The content is data (`dictionary.json`), versioned and digested; every evaluation records its version. This package
reads it (`loader`), answers what a code means (`lookup`) and reads quantities in the units it accepts (`units`).
"""

from patients.codes.loader import VERSION, system_of
from patients.codes.lookup import Standing, classify
from patients.codes.units import read_amount

__all__ = ["VERSION", "Standing", "classify", "read_amount", "system_of"]
