"""Every word on a page, made from the answer and testable without HTML.

`evaluation.present(answer, today=...)` turns the answer of `eligibility.dryrun` into view objects;
the templates only place them. Presenters decide nothing: a verdict, a date or a need comes from
the answer or is not shown.
"""
