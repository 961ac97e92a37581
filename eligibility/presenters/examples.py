"""Beside each question that a person answers: an example of what decides it either way, and of its source."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from eligibility.presenters.words import Words

EXAMPLES: Mapping[str, Words] = {
    "histology-cutaneous-melanoma": _(
        "holds: a report “superficial spreading melanoma, skin of the back”; does not: a melanoma of the eye or of a "
        "mucosa alone. Source: pathology report with its number"
    ),
    "recurrent-or-metastatic-incurable": _(
        "holds: several liver metastases, not resectable; does not: one nodule that the surgeon will remove. Source: "
        "tumour board note"
    ),
    "measurable-disease": _(
        "holds: a node of 24 mm by calipers; does not: ascites or bone lesions alone. Source: CT report"
    ),
    "nonbulky-disease": _(
        "holds: the largest lesion is 42 mm; does not: one of 61 mm. Source: CT report"
    ),
    "tumor-tissue-available": _(
        "holds: pathology keeps a block and will release it; does not: it was used up. Source: e-mail of the laboratory"
    ),
    "no-brain-metastases": _(
        "holds: an MRI without a lesion; does not: a metastasis that was removed, since treated ones count. Source: "
        "MRI report"
    ),
    "life-expectancy-12-weeks": _(
        "holds: slowly growing disease, well at home; does not: liver failure in progress. Source: oncology visit note"
    ),
    "pregnancy-test-negative": _(
        "not applicable: a hysterectomy in 2015. Source: operation report"
    ),
    "not-pregnant-or-nursing": _(
        "holds: neither, said at the visit; does not: still breast-feeding. Source: visit note"
    ),
    "contraception": _(
        "holds: an implant, and use until the end of the study agreed; does not: none, none wanted. Source: visit note"
    ),
    "no-uncontrolled-illness": _(
        "holds: diabetes with stable values; does not: glucose above range in spite of new insulin. Source: visit note"
    ),
    "no-active-infection": _(
        "holds: a cold that is over; does not: pneumonia under antibiotics. Source: visit note"
    ),
    "no-symptomatic-chf": _(
        "holds: a reduced ejection fraction without symptoms; does not: breathless on the stairs for it. Source: "
        "cardiology letter"
    ),
    "no-unstable-angina": _(
        "holds: chest pain on effort, unchanged for years; does not: new pain at rest. Source: cardiology letter"
    ),
    "no-cardiac-arrhythmia": _(
        "holds: atrial fibrillation at a steady rate under treatment; does not: episodes that go on in spite of it. "
        "Source: ECG or cardiology letter"
    ),
    "no-limiting-psychiatric-social": _(
        "holds: depression under treatment, keeps every visit; does not: nobody to bring the patient. Source: note"
    ),
    "no-hemolytic-disorder": _(
        "holds: a suspicion that the haematologist has ruled out. Source: haematology letter"
    ),
    "no-sickle-cell-anemia": _(
        "does not hold: haemoglobin SS. Source: haemoglobin electrophoresis"
    ),
    "no-thalassemia": _("does not hold: thalassaemia major. Source: haematology letter"),
    "no-autoimmune-hemolytic-anemia": _(
        "holds: an earlier positive Coombs test without haemolysis. Source: haematology letter"
    ),
    "no-other-malignancy-5y": _(
        "holds: a basal cell carcinoma that was excised; does not: a lymphoma, observed. Source: oncology letter"
    ),
    "no-hiv-hbv-hcv": _(
        "holds: HCV antibodies, HCV RNA not detected; does not: HBsAg positive. Source: virology report"
    ),
    "within-2-hour-drive": _(
        "holds: 1 h 20 min by car on the map; does not: a ferry and three hours. Source: note of the call"
    ),
    "no-prior-systemic-metastatic": _(
        "holds: the course was adjuvant; does not: it was begun for liver metastases. Source: treatment summary"
    ),
    "adjuvant-immunotherapy-washout": _(
        "holds: the last dose was four months ago; not applicable: there was none. Source: treatment summary"
    ),
    "no-immunotherapy-metastatic": _(
        "holds: the antibody was adjuvant; does not: it was given for metastases. Source: treatment summary"
    ),
    "no-immunotherapy-outside-adjuvant": _(
        "holds: adjuvant alone; does not: given without any operation before. Source: treatment summary"
    ),
    "major-surgery-washout": _(
        "holds: under general anaesthesia, six weeks ago; not applicable: no operation ever. Source: operation report"
    ),
    "radiotherapy-washout": _(
        "holds: ended six weeks ago, the skin has healed; does not: swallowing still hurts. Source: therapy summary"
    ),
    "investigational-anticancer-washout": _(
        "holds: the last dose was five weeks ago; does not: the study drug goes on. Source: letter of the other study"
    ),
    "no-prior-chemotherapy": _(
        "holds: prescribed, never begun; does not: one cycle was given. Source: pharmacy record"
    ),
    "no-systemic-corticosteroids": _(
        "holds: a cream alone; does not: prednisone by mouth today. Source: medication list"
    ),
}
"""By the id of the criterion. They illustrate; what decides is the requirement and the text of the registry."""
