"""PATIENT CHARACTERISTICS, bullets 11 to 15: other illness, blood disorders, other cancers, viruses, travel."""

from __future__ import annotations

from functools import partial

from eligibility.protocols.nct00514085.laboratory import HEADING
from eligibility.rules.criterion import Attestable, Criterion
from eligibility.rules.kinds.conditions import NeverHad, NoneActive
from eligibility.rules.kinds.infections import NoKnownInfection
from eligibility.rules.kinds.judgement import Stated
from eligibility.rules.kinds.malignancy import NoMalignancyWithin

inclusion = partial(Criterion, type="inclusion", heading=HEADING)
exclusion = partial(Criterion, type="exclusion", heading=HEADING)

_COORDINATOR = Attestable("coordinator", validity=28)
_INVESTIGATOR = Attestable("investigator", validity=28)
_TRAIT = Attestable("coordinator", validity=28, investigator_on=("needs-judgement",))

_UNCONTROLLED = (
    exclusion(
        "no-uncontrolled-illness",
        place="patient/11",
        quote="No uncontrolled intercurrent illness or condition including, but not limited to, any of the following:",
        title="Uncontrolled other illness",
        text="No uncontrolled intercurrent illness other than the five judged below.",
        holds=Stated("no other intercurrent illness or condition is uncontrolled"),
        ask="Review the active conditions: is any of them uncontrolled?",
        ask_of="attestation",
        data="an investigator's statement; the active conditions are shown",
        attestable=_INVESTIGATOR,
    ),
    exclusion(
        "no-active-infection",
        place="patient/11.1",
        quote="Ongoing or active infection",
        title="Active infection",
        text="No ongoing or active infection. HIV and viral hepatitis are judged separately.",
        holds=NoneActive(("infection",), "infection"),
        ask="Confirm that there is no ongoing or active infection.",
        ask_of="attestation",
        data="infections on record, active on the day",
        attestable=_COORDINATOR,
    ),
    exclusion(
        "no-symptomatic-chf",
        place="patient/11.2",
        quote="Symptomatic congestive heart failure",
        title="Symptomatic heart failure",
        text="No symptomatic congestive heart failure.",
        holds=Stated("there is no symptomatic heart failure", quoting=("heart-failure",)),
        ask="Confirm that there is no symptomatic congestive heart failure.",
        ask_of="attestation",
        data="an investigator's statement; heart failure on record",
        attestable=_INVESTIGATOR,
    ),
    exclusion(
        "no-unstable-angina",
        place="patient/11.3",
        quote="Unstable angina pectoris",
        title="Unstable angina",
        text="No unstable angina pectoris; stable angina does not decide.",
        holds=NoneActive(("unstable-angina",), "unstable angina"),
        ask="Confirm that there is no unstable angina.",
        ask_of="attestation",
        data="unstable angina on record, active on the day",
        attestable=_INVESTIGATOR,
    ),
    exclusion(
        "no-cardiac-arrhythmia",
        place="patient/11.4",
        quote="Cardiac arrhythmia",
        title="Uncontrolled arrhythmia",
        text="No uncontrolled cardiac arrhythmia; a controlled one does not exclude.",
        holds=Stated("there is no uncontrolled cardiac arrhythmia", quoting=("arrhythmia",)),
        ask="Confirm that there is no uncontrolled cardiac arrhythmia.",
        ask_of="attestation",
        data="an investigator's statement; arrhythmia on record",
        attestable=_INVESTIGATOR,
    ),
    exclusion(
        "no-limiting-psychiatric-social",
        place="patient/11.5",
        quote="Psychiatric illness or social situation that would limit compliance with study requirements",
        title="Psychiatric or social limits",
        text="No psychiatric illness or social situation that would limit compliance with the study.",
        holds=Stated(
            "nothing psychiatric or social would limit compliance", quoting=("psychiatric",)
        ),
        ask="Can the patient comply with the study requirements?",
        ask_of="patient",
        data="a coordinator's statement; psychiatric conditions on record",
        attestable=_COORDINATOR,
    ),
)

_HAEMOLYSIS = (
    exclusion(
        "no-hemolytic-disorder",
        place="patient/12",
        quote="No history of hemolysis or a hemolytic disorder including, but not limited to, any of the following:",
        title="Other haemolytic disorder",
        text="No history of haemolysis or a haemolytic disorder other than the three below.",
        holds=NeverHad(("other-haemolytic",), "other haemolytic disorder"),
        ask="Clarify the suspected haemolytic disorder.",
        ask_of="chart",
        data="haemolytic disorders on record, at any time",
        attestable=_COORDINATOR,
        permanent=True,
    ),
    exclusion(
        "no-sickle-cell-anemia",
        place="patient/12.1",
        quote="Sickle cell anemia",
        title="Sickle cell anaemia",
        text="No history of sickle cell anaemia; a trait has to be judged.",
        holds=NeverHad(
            ("sickle-cell-disease",), "sickle cell anaemia", doubtful=("sickle-cell-trait",)
        ),
        ask="Sickle cell on record: confirm whether this is sickle cell anaemia.",
        ask_of="chart",
        data="sickle-cell disease and trait on record, at any time",
        attestable=_TRAIT,
        permanent=True,
    ),
    exclusion(
        "no-thalassemia",
        place="patient/12.2",
        quote="Thalassemia",
        title="Thalassaemia",
        text="No history of thalassaemia; a trait or thalassaemia minor has to be judged.",
        holds=NeverHad(("thalassaemia",), "thalassaemia", doubtful=("thalassaemia-trait",)),
        ask="Thalassaemia on record: does the investigator count it?",
        ask_of="chart",
        data="thalassaemia and its traits on record, at any time",
        attestable=_TRAIT,
        permanent=True,
    ),
    exclusion(
        "no-autoimmune-hemolytic-anemia",
        place="patient/12.3",
        quote="Autoimmune hemolytic anemia",
        title="Autoimmune haemolytic anaemia",
        text="No history of autoimmune haemolytic anaemia, drug-induced included.",
        holds=NeverHad(("autoimmune-haemolytic-anaemia",), "autoimmune haemolytic anaemia"),
        ask="Clarify the suspected autoimmune haemolysis.",
        ask_of="chart",
        data="autoimmune haemolytic anaemia on record, at any time",
        attestable=_COORDINATOR,
        permanent=True,
    ),
)

_NO_KNOWN_VIRUS = (
    NoKnownInfection("hiv", "HIV", lifelong=True, screening="hiv-screen")
    & NoKnownInfection(
        "hepatitis-b", "hepatitis B", decisive=("hbsag", "hbv-dna"), genome="hbv-dna"
    )
    & NoKnownInfection(
        "hepatitis-c",
        "hepatitis C",
        decisive=("hcv-rna",),
        screening="anti-hcv",
        genome="hcv-rna",
    )
)

ILLNESS = (
    *_UNCONTROLLED,
    *_HAEMOLYSIS,
    exclusion(
        "no-other-malignancy-5y",
        place="patient/13",
        quote="No history of other malignancies within the past 5 years except adequately treated nonmelanoma skin "
        "cancer, curatively treated carcinoma in situ of the cervix, or other solid tumors curatively treated with "
        "no evidence of disease",
        title="Other malignancy within 5 years",
        text="No other malignancy within the past 5 years, except adequately treated non-melanoma skin cancer, "
        "curatively treated carcinoma in situ of the cervix, or another solid tumour curatively treated with no "
        "evidence of disease.",
        holds=NoMalignancyWithin(
            5,
            of=("non-melanoma-skin-cancer", "cervix-in-situ"),
            never_exempt=("haematological-malignancy",),
            fails_while_active=("other-solid-tumour",),
            history=("history-of-cancer",),
        ),
        ask="Was the other cancer adequately or curatively treated, with no evidence of disease?",
        ask_of="attestation",
        data="invasive and in-situ cancers other than melanoma and metastases, with their ends",
        attestable=Attestable("investigator"),
    ),
    exclusion(
        "no-hiv-hbv-hcv",
        place="patient/14",
        quote="No known HIV, hepatitis B, or hepatitis C infection",
        title="HIV, hepatitis B or C",
        text="No known HIV, hepatitis B or hepatitis C infection; testing is not required.",
        holds=_NO_KNOWN_VIRUS,
        ask="Clarify the suspected infection: obtain HCV RNA or HBV DNA, or a confirmatory HIV test.",
        ask_of="lab",
        data="HIV and viral hepatitis on record; HBsAg, anti-HCV, HIV Ag/Ab, HCV RNA, HBV DNA of any age",
        attestable=Attestable(
            "coordinator",
            validity=28,
            investigator_on=(
                "conflicting",
                "unreadable",
                "partial-date",
                "provisional",
                "needs-confirmation",
                "needs-judgement",
            ),
        ),
    ),
    inclusion(
        "within-2-hour-drive",
        place="patient/15",
        quote="Patients must reside within a 2-hour drive from a participating center",
        title="Within a 2-hour drive",
        text="The home is within a 2-hour drive of a participating centre.",
        holds=Stated("the home is within a 2-hour drive of a participating centre"),
        ask="Confirm that the home is within a 2-hour drive of a participating centre.",
        ask_of="patient",
        data="address; a coordinator's statement",
        attestable=Attestable("coordinator"),
    ),
)
