"""A fuzzer that follows the branches of what reads a hospital's data: ``make guided``.

Each target takes bytes, and raises where something does not hold: what is read is read again as it was; what is refused
says why; what was taken by itself is taken beside what came before. `test_targets.py` tries them without the fuzzer.
"""
