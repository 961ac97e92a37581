"""The code tables, transcribed once more by hand, and how a code is matched with them.

ICD codes match by prefix, with or without the dot; ``"C45-C76"`` is a range of categories and
``"=C79.4"`` the code exactly. SNOMED, RxNorm and CPT match as listed, ATC by prefix.
"""

from __future__ import annotations

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICDO3 = ("http://terminology.hl7.org/CodeSystem/icd-o-3", "urn:oid:2.16.840.1.113883.6.43.1")
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
CPT = "http://www.ama-assn.org/go/cpt"
GENDER = "http://hl7.org/fhir/administrative-gender"


def words(text: str) -> tuple[str, ...]:
    """The words of a text: keeps long lists of codes readable."""
    return tuple(text.split())


# class: (ICD patterns, ICD exceptions, SNOMED codes)
CONDITIONS: dict[str, tuple[str, str, str]] = {
    "cutaneous melanoma": (
        "C43",
        "",
        "93655004 1268881002 1259319007 1259378005 1259379002 1259380004 1259424009 314987003",
    ),
    "cutaneous melanoma, metastasis only": ("", "", "1197324006"),
    "melanoma, site not stated": ("", "", "372244006 443493003 1296851009"),
    "melanoma in situ": ("D03", "", ""),
    "non-cutaneous melanoma": ("", "", "1197334002 1197332003 1259676000"),
    "secondary cancer": (
        "C77 C78 C79 C7B C80.0",
        "",
        (
            "128462008 94222008 94381002 94391008 94392001 94579000 "
            "314987003 1197324006 443493003 1296851009"
        ),
    ),
    "brain metastasis": ("C79.3", "", "94225005 188462001"),
    "metastasis, nervous system unspecified": ("C79.40 =C79.4", "", ""),
    "non-melanoma skin cancer": ("C44 D04", "", "254701007 254651007"),
    "cervix in situ": ("D06", "", "92564006"),
    "other solid tumour": (
        "C00-C42 C45-C76 C4A C7A C80.1 C80.2 C97 D00-D02 D05 D07 D09",
        "C44",
        "254837009 399068003 363406005",
    ),
    "haematological malignancy": ("C81-C96", "", "93143009 118600007 109989006"),
    "personal history of cancer": ("Z85 Z86.00", "Z85.820 Z86.006", ""),
    "infection": (
        "A00-B09 B25-B89 B99 G00 I33 J09-J18 K65 L00-L08 M00 M86 N10 N39.0",
        "",
        "40733004 91302008 233604007 68566005 128045006 6142004",
    ),
    "hiv": ("B20-B24 Z21 B97.35 O98.7", "", "86406008 62479008 165816005"),
    "hiv inconclusive": ("R75", "", ""),
    "hepatitis b": ("B16 B17.0 B18.0 B18.1 B19.1", "", "66071002 61977001 165806002"),
    "hepatitis c": ("B17.1 B18.2 B19.2", "", "50711007 128302006"),
    "heart failure": ("I50 I11.0", "", "42343007 84114007"),
    "unstable angina": (
        "I20.0 I25.110 I25.700 I25.710 I25.720 I25.730 I25.750 I25.760 I25.790",
        "",
        "4557003 15960061000119102",
    ),
    "arrhythmia": ("I47 I48 I49", "", "698247007 49436004"),
    "psychiatric": ("F01-F99", "", "74732009 35489007 58214004 13746004 69322001"),
    "sickle-cell disease": ("D57", "D57.3", "127040003 417357006 35434009 36472007"),
    "sickle-cell trait": ("D57.3", "", "16402000"),
    "thalassaemia": ("D56 D57.4", "D56.3 D56.4", "40108008 36472007"),
    "thalassaemia minor": ("D56.3", "", "191187006 269175006"),
    "autoimmune haemolytic anaemia": (
        "D59.0 D59.1",
        "",
        "413603009 3978000 398937006 309742004",
    ),
    "other haemolytic": (
        "D55 D58 D59.2-D59.9",
        "",
        "61261009 128086004 38911009 51071000 111407006",
    ),
    "pregnancy": ("O00-O77 O98-O9A Z33.1 Z34 Z3A", "", "77386006"),
    "lactation": ("Z39.1", "", "1260078007 1258999009 1258998001 866041003"),
    "uterus absent": ("Z90.710", "", ""),
    "both ovaries absent": ("Z90.722", "", ""),
    "postmenopausal": ("Z78.0", "", "76498008 307429007"),
    "vasectomy": ("Z98.52", "", ""),
    "tubal ligation": ("Z98.51", "", ""),
    "history of chemotherapy": ("Z92.21 Z92.6", "", ""),
    "history of irradiation": ("Z92.3", "", ""),
    "history of checkpoint inhibitor": ("Z92.26", "", ""),
    "encounter for chemotherapy": ("Z51.11 =Z51.1", "", ""),
    "encounter for immunotherapy": ("Z51.12", "", ""),
    "long-term systemic steroid": ("Z79.52", "", ""),
}

BRAIN_SITES = frozenset(
    words(
        "12738006 83678007 372073000 11628009 40146001 83251001 78277001 16630005 31065004 42695009 "
        "113305005 15926001 119238007 61962009 8935007"
    )
)

# class: (ATC prefixes, RxNorm codes); the rest of L01 and L02 is "targeted"
DRUGS: dict[str, tuple[str, str]] = {
    "immunotherapy": (
        (
            "L03AB01 L03AB04 L03AB05 L03AB10 L03AB11 L03AB60 L03AC01 L03AX03 L01FF L01FX04 L01FX20 "
            "L01FY02 L01XL02 L01XL11 L01XX75 L01XC11 L01XC17 L01XC18 L01XC28 L01XC31 L01XC32"
        ),
        "1094833 1597876 1547545 70223 253453 120608",
    ),
    "chemotherapy": (
        "L01A L01B L01C L01D L01XA L01XB",
        "1731338 1731340 37776 313209 313210 313211 317160 2555 40048 56946 11202 4179",
    ),
    "targeted": ("", "1147220 1424911 1425099 1722365 2049106"),
    "steroid, systemic": (
        "H02A H02B",
        "8640 4452 1303125 1303132 1303135 197577 197579 197580 197969 197971 197973",
    ),
    "steroid, topical": (
        "D07 S01BA S01BB S01CA S01CB S02B S02C S03B S03C R01AD R03BA A01AC",
        "1085728",
    ),
    "steroid, either": ("A07EA C05AA", "3264 6902 8638 5492 1514 10759 1244214"),
}

SYSTEMIC_ROUTES = frozenset(words("26643006 47625008 78421000 34206005"))
TOPICAL_ROUTES = frozenset(
    words("6064005 448598008 54485002 10547007 46713006 447694001 16857009 372449004")
)

INTENTS = {
    "373846009": "adjuvant",
    "373847000": "neoadjuvant",
    "363676003": "palliative",
    "373808002": "not stated",
}

# class: (SNOMED codes, CPT codes)
PROCEDURES: dict[str, tuple[str, str]] = {
    "major surgery": (
        (
            "27842006 112892003 234254000 173171007 25353009 116142003 116143008 116140006 236886002 "
            "43075005 232717009 80146002 76876009 29827000"
        ),
        "38724 38780 58150",
    ),
    "surgery, extent unknown": ("387713003 65801008 58347006 392021009", ""),
    "minor": ("86273004 73761001 22523008 287664005", "45378"),
    "radiotherapy": (
        "1287742003 1217123003 108290001 33195004 152198000 169340001 394935005 703423002",
        "77401 77402 77407 77412 77373",
    ),
    "chemotherapy": (
        (
            "367336001 716872004 38216008 51534007 77738002 394894008 394895009 394935005 703423002 "
            "897713009"
        ),
        "",
    ),
    "immunotherapy": ("76334006 897713009", ""),
    "hysterectomy": ("236886002 116140006 116142003 116143008", "58150"),
    "oophorectomy": ("76876009 29827000", ""),
    "vasectomy": ("22523008", ""),
    "tubal ligation": ("287664005", ""),
}

OBSERVATIONS: dict[str, str] = {
    "neutrophils": "751-8 753-4 26499-4",
    "granulocytes": "30394-1 20482-6",
    "platelets": "777-3 778-1 26515-7 49497-1",
    "bilirubin": "1975-2 14631-6 42719-5 54363-7 77137-8",
    "creatinine": "2160-0 14682-9 38483-4 77140-2",
    "ast": "1920-8 30239-8 88112-8",
    "alt": "1742-6 1743-4 1744-2 76625-3",
    "pregnancy test, qualitative": "2106-3 80384-1 2112-1 2118-8 2110-5",
    "pregnancy test, quantitative": "19080-1 21198-7",
    "pregnancy status": "82810-3",
    "ecog": "89247-1",
    "tumour size": "21889-1 33728-7",
    "histology": "31206-6",
    "hbsag": "5196-1",
    "anti-hcv": "13955-0",
    "hiv screen": "56888-1 75622-1",
    "hcv rna": "11259-9 11011-4 20416-4 38180-6 47252-2",
    "hbv dna": "29610-3 42595-9 29615-2 11258-1",
}
LOGARITHMS = frozenset({"38180-6", "47252-2"})
LONGEST_DIMENSION = "33728-7"
PATHOLOGY_REPORTS = frozenset({"22637-3", "11526-1"})

_SCORES = words("LA9622-7 LA9623-5 LA9624-3 LA9625-0 LA9626-8 LA9627-6")
ECOG_ANSWERS = {code: score for score, code in enumerate(_SCORES)}
NEGATIVE_CODES = frozenset({"260385009", "260415000"})
NEGATIVE_WORDS = frozenset({"negative", "neg", "not detected", "nonreactive", "non-reactive"})
POSITIVE_CODES = frozenset({"10828004", "260373001"})
POSITIVE_WORDS = frozenset({"positive", "pos", "detected", "reactive"})
PREGNANT = "77386006"

XRAY_OR_EXAM = frozenset({"363680008", "399208008", "5880005"})
CT = frozenset({"77477000"})

FFPE, THIS_TRIAL = "441652008", frozenset({"nct00514085", "ind.189"})


def codings(concept: object) -> list[tuple[str, str]]:
    """(system, code) of each coding that has a code."""
    if not isinstance(concept, dict):
        return []
    return [
        (str(coding.get("system", "")), str(coding["code"]))
        for coding in concept.get("coding", [])
        if isinstance(coding, dict) and coding.get("code")
    ]


def in_system(concept: object, system: str) -> list[str]:
    return [code for where, code in codings(concept) if where == system]


def icd_matches(code: str, patterns: str) -> bool:
    bare = code.replace(".", "").upper()
    for pattern in patterns.split():
        wanted = pattern.replace(".", "")
        if wanted.startswith("="):
            if bare == wanted[1:]:
                return True
        elif "-" in wanted:
            low, high = wanted.split("-")
            if low <= bare[: len(low)] <= high and len(bare) >= len(low):
                return True
        elif bare.startswith(wanted):
            return True
    return False


def condition_classes(concept: object) -> set[str]:
    found = set()
    for system, code in codings(concept):
        for name, (icd, exceptions, snomed) in CONDITIONS.items():
            if system in (ICD10CM, ICD10):
                if icd_matches(code, icd) and not icd_matches(code, exceptions):
                    found.add(name)
            elif system == SNOMED and code in snomed.split():
                found.add(name)
    if "non-cutaneous melanoma" in found:
        found.discard("other solid tumour")
    return found


def drug_classes(concept: object) -> set[str]:
    found = set()
    for system, code in codings(concept):
        for name, (atc, rxnorm) in DRUGS.items():
            if system == ATC and any(code.upper().startswith(start) for start in atc.split()):
                found.add(name)
            if system == RXNORM and code in rxnorm.split():
                found.add(name)
        listed = words(DRUGS["immunotherapy"][0] + " " + DRUGS["chemotherapy"][0])
        is_anticancer = system == ATC and code.upper().startswith(("L01", "L02"))
        if is_anticancer and not code.upper().startswith(listed):
            found.add("targeted")
    return found


def procedure_classes(concept: object) -> set[str]:
    found = set()
    for system, code in codings(concept):
        for name, (snomed, cpt) in PROCEDURES.items():
            if system == SNOMED and code in snomed.split():
                found.add(name)
            if system == CPT and code in cpt.split():
                found.add(name)
    return found


def analytes(concept: object) -> set[str]:
    loinc = set(in_system(concept, LOINC))
    return {name for name, codes in OBSERVATIONS.items() if loinc & {*words(codes)}}


def is_brain(concept: object) -> bool:
    return bool(BRAIN_SITES & set(in_system(concept, SNOMED)))


def is_invasive_melanoma_morphology(concept: object) -> bool:
    """An ICD-O-3 morphology 872 to 879 with behaviour /3, written 8720/3 or 87203."""
    for system, code in codings(concept):
        bare = code.replace("/", "")
        is_morphology = system in ICDO3 and len(bare) == 5 and bare.isdigit()
        if is_morphology and "872" <= bare[:3] <= "879" and bare[4] == "3":
            return True
    return False
