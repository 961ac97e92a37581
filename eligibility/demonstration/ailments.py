"""The conditions, drugs, procedures and morphologies of the invented patients, with their codes."""

from __future__ import annotations

from typing import Final

Codings = tuple[tuple[str, str, str], ...]

CONDITIONS: Final[dict[str, Codings]] = {
    # the melanoma itself
    "melanoma of trunk": (
        ("icd10cm", "C43.59", "Malignant melanoma of other part of trunk"),
        ("icd10", "C43.5", "Malignant melanoma of trunk"),
        ("snomed", "93655004", "Malignant melanoma of skin"),
    ),
    "melanoma of leg": (
        ("icd10", "C43.7", "Malignant melanoma of lower limb, including hip"),
        ("snomed", "93655004", "Malignant melanoma of skin"),
    ),
    "melanoma of scalp": (("icd10cm", "C43.4", "Malignant melanoma of scalp and neck"),),
    "melanoma of choroid": (
        ("icd10cm", "C69.31", "Malignant neoplasm of right choroid"),
        ("snomed", "1197334002", "Malignant melanoma of uveal tract"),
    ),
    "melanoma of mucosa": (("snomed", "1259676000", "Malignant melanoma of mucous membrane"),),
    "melanoma of unknown primary": (
        ("snomed", "1296851009", "Metastatic malignant melanoma of unknown primary"),
    ),
    "melanoma in situ": (("icd10cm", "D03.59", "Melanoma in situ of other part of trunk"),),
    "liver metastasis": (
        ("icd10cm", "C78.7", "Secondary malignant neoplasm of liver"),
        ("snomed", "94381002", "Secondary malignant neoplasm of liver"),
    ),
    "lung metastasis": (
        ("icd10", "C78.0", "Secondary malignant neoplasm of lung"),
        ("snomed", "94391008", "Secondary malignant neoplasm of lung"),
    ),
    "node metastasis": (
        ("icd10cm", "C77.3", "Secondary malignant neoplasm of axillary lymph nodes"),
        ("snomed", "94392001", "Secondary malignant neoplasm of lymph node"),
    ),
    "brain metastasis": (
        ("icd10cm", "C79.31", "Secondary malignant neoplasm of brain"),
        ("icd10", "C79.3", "Secondary malignant neoplasm of brain and cerebral meninges"),
    ),
    "nervous system metastasis": (
        ("icd10cm", "C79.40", "Secondary malignant neoplasm of unspecified part of nervous system"),
    ),
    # other illness
    "hypertension": (("icd10", "I10", "Essential (primary) hypertension"),),
    "diabetes": (("icd10cm", "E11.9", "Type 2 diabetes mellitus without complications"),),
    "hypothyroidism": (("icd10", "E03.9", "Hypothyroidism, unspecified"),),
    "osteoarthritis": (("icd10", "M17.9", "Gonarthrosis, unspecified"),),
    "Gilbert's syndrome": (("icd10", "E80.4", "Gilbert syndrome"),),
    "pneumonia": (
        ("icd10", "J18.9", "Pneumonia, unspecified"),
        ("snomed", "233604007", "Pneumonia"),
    ),
    "urinary infection": (("icd10cm", "N39.0", "Urinary tract infection, site not specified"),),
    "cellulitis": (("icd10", "L03.1", "Cellulitis of other parts of limb"),),
    "heart failure": (
        ("icd10", "I50.9", "Heart failure, unspecified"),
        ("snomed", "84114007", "Heart failure"),
    ),
    "unstable angina": (
        ("icd10", "I20.0", "Unstable angina"),
        ("snomed", "4557003", "Preinfarction syndrome"),
    ),
    "stable angina": (("icd10", "I20.9", "Angina pectoris, unspecified"),),
    "atrial fibrillation": (
        ("icd10cm", "I48.91", "Unspecified atrial fibrillation"),
        ("snomed", "49436004", "Atrial fibrillation"),
    ),
    "depression": (
        ("icd10", "F32.1", "Moderate depressive episode"),
        ("snomed", "35489007", "Depressive disorder"),
    ),
    "hereditary spherocytosis": (("icd10", "D58.0", "Hereditary spherocytosis"),),
    "G6PD deficiency": (("icd10cm", "D55.0", "Anemia due to G6PD deficiency"),),
    "sickle-cell disease": (
        ("icd10cm", "D57.1", "Sickle-cell disease without crisis"),
        ("snomed", "417357006", "Sickling disorder due to hemoglobin S"),
    ),
    "sickle-cell trait": (
        ("icd10cm", "D57.3", "Sickle-cell trait"),
        ("snomed", "16402000", "Sickle cell trait"),
    ),
    "beta thalassaemia": (("icd10", "D56.1", "Beta thalassaemia"),),
    "thalassaemia trait": (("icd10", "D56.3", "Thalassaemia trait"),),
    "autoimmune haemolysis": (
        ("icd10cm", "D59.11", "Warm autoimmune hemolytic anemia"),
        ("snomed", "413603009", "Autoimmune hemolytic anemia"),
    ),
    # other cancers
    "breast cancer": (
        ("icd10cm", "C50.911", "Malignant neoplasm of unspecified site of right female breast"),
        ("snomed", "254837009", "Malignant neoplasm of breast"),
    ),
    "prostate cancer": (
        ("icd10", "C61", "Malignant neoplasm of prostate"),
        ("snomed", "399068003", "Malignant neoplasm of prostate"),
    ),
    "colon cancer": (("snomed", "363406005", "Malignant neoplasm of colon"),),
    "lymphoma": (("icd10cm", "C83.30", "Diffuse large B-cell lymphoma, unspecified site"),),
    "basal cell carcinoma": (
        ("icd10cm", "C44.310", "Basal cell carcinoma of skin of unspecified parts of face"),
        ("snomed", "254701007", "Basal cell carcinoma of skin"),
    ),
    "cervix in situ": (("icd10", "D06.9", "Carcinoma in situ of cervix uteri, unspecified"),),
    "history of breast cancer": (("icd10cm", "Z85.3", "Personal history of breast cancer"),),
    # viruses
    "HIV": (
        ("icd10", "B24", "Unspecified human immunodeficiency virus disease"),
        ("snomed", "86406008", "Human immunodeficiency virus infection"),
    ),
    "hepatitis B": (
        ("icd10", "B18.1", "Chronic viral hepatitis B without delta-agent"),
        ("snomed", "61977001", "Chronic type B viral hepatitis"),
    ),
    "hepatitis C": (
        ("icd10", "B18.2", "Chronic viral hepatitis C"),
        ("snomed", "128302006", "Chronic hepatitis C"),
    ),
    # childbearing
    "pregnancy": (
        ("icd10", "Z34.9", "Supervision of normal pregnancy, unspecified"),
        ("snomed", "77386006", "Pregnancy"),
    ),
    "nursing": (("icd10", "Z39.1", "Care and examination of lactating mother"),),
    "uterus removed": (("icd10cm", "Z90.710", "Acquired absence of both cervix and uterus"),),
    "postmenopausal": (
        ("icd10cm", "Z78.0", "Asymptomatic menopausal state"),
        ("snomed", "76498008", "Postmenopausal state"),
    ),
    "tubal ligation status": (("icd10cm", "Z98.51", "Tubal ligation status"),),
    "vasectomy status": (("icd10cm", "Z98.52", "Vasectomy status"),),
    # codes that stand for a treatment
    "history of chemotherapy": (
        ("icd10cm", "Z92.21", "Personal history of antineoplastic chemotherapy"),
    ),
    "history of irradiation": (("icd10", "Z92.3", "Personal history of irradiation"),),
    "long-term steroids": (("icd10cm", "Z79.52", "Long term (current) use of systemic steroids"),),
}

DRUGS: Final[dict[str, Codings]] = {
    "pembrolizumab": (("atc", "L01FF02", "pembrolizumab"), ("rxnorm", "1547545", "pembrolizumab")),
    "nivolumab": (("atc", "L01FF01", "nivolumab"), ("rxnorm", "1597876", "nivolumab")),
    "ipilimumab": (("atc", "L01FX04", "ipilimumab"), ("rxnorm", "1094833", "ipilimumab")),
    "interferon alfa-2b": (("atc", "L03AB05", "interferon alfa-2b"),),
    "dacarbazine": (("atc", "L01AX04", "dacarbazine"),),
    "temozolomide": (("atc", "L01AX03", "temozolomide"), ("rxnorm", "37776", "temozolomide")),
    "dabrafenib": (("atc", "L01EC02", "dabrafenib"), ("rxnorm", "1424911", "dabrafenib")),
    "trametinib": (("atc", "L01EE01", "trametinib"),),
    "prednisone": (("atc", "H02AB07", "prednisone"), ("rxnorm", "8640", "prednisone")),
    "dexamethasone": (("rxnorm", "3264", "dexamethasone"),),
    "betamethasone cream": (("atc", "D07AC01", "betamethasone"),),
    "budesonide inhaler": (("atc", "R03BA02", "budesonide"),),
    "hydrocortisone enema": (("atc", "A07EA02", "hydrocortisone"),),
    "ramipril": (("atc", "C09AA05", "ramipril"),),
    "metformin": (("atc", "A10BA02", "metformin"),),
    "levothyroxine": (("atc", "H03AA01", "levothyroxine sodium"),),
    "atorvastatin": (("atc", "C10AA05", "atorvastatin"),),
    "study drug by DIN": (("din", "02999999", "Invented product, label torn"),),
}

PROCEDURES: Final[dict[str, Codings]] = {
    "excision": (("snomed", "65801008", "Excision"),),
    "biopsy": (("snomed", "86273004", "Biopsy"),),
    "colonoscopy": (("snomed", "73761001", "Colonoscopy"),),
    "axillary dissection": (("snomed", "234254000", "Excision of axillary lymph node group"),),
    "lung lobectomy": (("snomed", "173171007", "Lobectomy of lung"),),
    "appendectomy": (("snomed", "80146002", "Appendectomy"),),
    "hysterectomy": (("snomed", "236886002", "Hysterectomy"),),
    "tubal ligation": (("snomed", "287664005", "Ligation of fallopian tube"),),
    "vasectomy": (("snomed", "22523008", "Vasectomy"),),
    "radiotherapy": (("snomed", "1217123003", "Radiotherapy course of treatment"),),
    "limb perfusion": (("snomed", "77738002", "Local chemotherapy"),),
}

MORPHOLOGIES: Final = {
    "melanoma": ("icdo3", "8720/3", "Malignant melanoma, NOS"),
    "superficial spreading": ("icdo3", "8743/3", "Superficial spreading melanoma"),
    "nodular": ("icdo3", "8721/3", "Nodular melanoma"),
    "in situ": ("icdo3", "8720/2", "Melanoma in situ"),
    "spindle": ("icdo3", "87723", "Spindle cell melanoma, NOS"),
}
