"""The pages, one module per family. A view reads the request, asks, presents and renders; it decides nothing."""

from __future__ import annotations

from eligibility.views.pages import evaluate, home, patient_page, patients_page, trial_page

__all__ = ["evaluate", "home", "patient_page", "patients_page", "trial_page"]
