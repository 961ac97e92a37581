"""Invented people and the places where they live. Any likeness to a real person is chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A home within reach of one of the seven centres. `offset` is the standard-time UTC offset."""

    city: str
    province: str
    postal_code: str
    centre: str
    minutes: int
    zone: str = "America/Toronto"
    offset: str = "-05:00"


@dataclass(frozen=True, slots=True)
class Person:
    """Who a patient is: `number` makes the identifiers, `sex` is `female` or `male`."""

    number: int
    given: str
    family: str
    sex: str
    place: Place


def _west(city: str, postal_code: str, centre: str, minutes: int) -> Place:
    return Place(city, "BC", postal_code, centre, minutes, "America/Vancouver", "-08:00")


_EDMONTON, _WINNIPEG = ("America/Edmonton", "-07:00"), ("America/Winnipeg", "-06:00")

PLACES: Final = (
    Place("Edmonton", "AB", "T6E 0A1", "Cross Cancer Institute", 15, *_EDMONTON),
    _west("Surrey", "V3T 0A4", "Fraser Valley Cancer Centre", 10),
    _west("Burnaby", "V5H 0B2", "Vancouver Cancer Centre", 25),
    Place("Winnipeg", "MB", "R3C 0A6", "CancerCare Manitoba", 12, *_WINNIPEG),
    Place("Guelph", "ON", "N1H 0A9", "Juravinski Cancer Centre", 50),
    Place("Toronto", "ON", "M4W 0A3", "Odette Cancer Centre", 30),
    Place("Montréal", "QC", "H2X 0A7", "CHUM - Hôpital Notre-Dame", 10),
    Place("Red Deer", "AB", "T4N 0A8", "Cross Cancer Institute", 95, *_EDMONTON),
    _west("Abbotsford", "V2S 0B5", "Fraser Valley Cancer Centre", 45),
    _west("Squamish", "V8B 0A2", "Vancouver Cancer Centre", 65),
    Place("Steinbach", "MB", "R5G 0A4", "CancerCare Manitoba", 50, *_WINNIPEG),
    Place("St. Catharines", "ON", "L2R 0A5", "Juravinski Cancer Centre", 55),
    Place("Barrie", "ON", "L4N 0B1", "Odette Cancer Centre", 75),
    Place("Trois-Rivières", "QC", "G9A 0A3", "CHUM - Hôpital Notre-Dame", 95),
    Place("Hamilton", "ON", "L8P 0A2", "Juravinski Cancer Centre", 10),
    Place("Mississauga", "ON", "L5B 0C7", "Odette Cancer Centre", 35),
    Place("Laval", "QC", "H7N 0A9", "CHUM - Hôpital Notre-Dame", 25),
)

FAR_AWAY: Final = Place("Thunder Bay", "ON", "P7A 0A1", "none within two hours", 510)

WOMEN: Final = (
    ("Amélie", "Gagnon-Lévesque"), ("Priya", "Raghunathan"), ("Margaret", "Ferguson"),
    ("Wei-Lan", "Cheung"), ("Kateri", "Deer-Montour"), ("Olena", "Hnatiuk"),
    ("Harpreet", "Dhaliwal"), ("Geneviève", "Thibodeau"), ("Siobhan", "MacIsaac"),
    ("Nukilik", "Aglukark-Pauloosie"), ("Thi Mai", "Nguyen"), ("Rosalind", "Okafor"),
    ("Fatemeh", "Karimi-Rad"), ("Marie-Josée", "Bélanger"), ("Winona", "Cardinal-Bull"),
    ("Eilidh", "Sutherland"), ("Xiulan", "Zhao"), ("Noor", "Al-Hashimi"),
    ("Solveig", "Thorlakson"), ("Anjali", "Deshpande"), ("Clémence", "Robichaud"),
    ("Maria Luz", "Santos-Villanueva"), ("Dorothy", "Penner-Friesen"), ("Shauna", "Whitecalf"),
    ("Ilse", "Wiebe"), ("Gurleen", "Sandhu"), ("Josephine", "Adjei-Mensah"),
    ("Béatrice", "Ouellet"), ("Yuki", "Nakashima"), ("Charlotte", "Pemberton"),
    ("Leocadia", "Wawrzyniak"), ("Aiyana", "Sinclair-Bear"), ("Hélène", "Charbonneau"),
    ("Bronwen", "Prydderch"), ("Lakshmi", "Venkataraman"), ("Mei", "Kwan-Lau"),
    ("Delphine", "Arsenault"), ("Ruth", "Abramovitz"), ("Tanis", "Laliberté"),
    ("Ingrid", "Sveinson"),
)  # fmt: skip

MEN: Final = (
    ("Étienne", "Desrochers"), ("Gordon", "MacAllister"), ("Jaswinder", "Grewal"),
    ("Chun-Hei", "Lam"), ("Elijah", "Moosomin-Cote"), ("Bohdan", "Kowalchuk"),
    ("Rajiv", "Subramanian"), ("Luc", "Tremblay-Fortin"), ("Callum", "Drummond"),
    ("Ezekiel", "Ittusardjuat-Kunuk"), ("Quang", "Tran"), ("Emeka", "Obiora"),
    ("Dariush", "Farahani"), ("Benoît", "Lachapelle"), ("Dakota", "Standing-Ready"),
    ("Alasdair", "Munro"), ("Jian", "Qiu"), ("Omar", "Haddad-Nasser"), ("Bjarni", "Eyolfson"),
    ("Sunil", "Chatterjee"), ("Fabien", "Comeau"), ("Ramon", "Dela Cruz-Bautista"),
    ("Peter", "Reimer-Dueck"), ("Wesley", "Papequash"), ("Dietrich", "Klassen-Toews"),
    ("Manjit", "Brar"), ("Kwabena", "Asante-Boateng"), ("Rémi", "Plourde"),
    ("Kenji", "Morimoto"), ("Nigel", "Featherstone"), ("Zbigniew", "Mazurkiewicz"),
    ("Thomas", "Crowfoot-Manyhorses"), ("Yves", "Archambault"), ("Owain", "Cadwallader"),
    ("Venkat", "Ramaswamy"), ("Kar-Wing", "Yip"), ("Normand", "Theriault"),
    ("Saul", "Rabinovitch"), ("Clément", "Beaulieu"), ("Ragnar", "Gudmundson"),
    ("Tariq", "Siddiqui"), ("Archibald", "Nicholson"), ("Hamza", "Benali"),
    ("Viktor", "Petrenko"), ("Alphonse", "Doiron"), ("Isaac", "Kakegamic-Fiddler"),
    ("Darryl", "Hutchings"), ("Arjun", "Malhotra"), ("Wing-Fai", "Tsang"),
    ("Gilles", "Vaillancourt"), ("Iain", "Farquharson"), ("Mateo", "Ibarra-Lozano"),
    ("Cornelius", "Loewen"), ("Joseph", "Nolan-Tootoosis"), ("Lars", "Halvorsen"),
    ("Adeyemi", "Balogun"), ("Pascal", "Guérette"), ("Hugh", "Carruthers"),
    ("Dinesh", "Wickramasinghe"), ("Xavier", "Pellerin"), ("Moishe", "Feldstein"),
    ("Rolf", "Baumgartner"), ("Angus", "MacEachern"), ("Léopold", "Savoie"),
    ("Tomasz", "Zielinski"), ("Kamal", "Bhattarai"), ("Desmond", "Achebe-Clarke"),
    ("Raymond", "Littlechild-Fox"), ("Hiroshi", "Tanabe-Ross"), ("Gaspard", "Lafrenière"),
)  # fmt: skip


def person(number: int, sex: str, nth: int) -> Person:
    """Return the `nth` invented person (from 0) of that sex, `number` in the catalogue.

    Past the end of a list the names come round again with a second family name.
    """
    names = WOMEN if sex == "female" else MEN
    given, family = names[nth % len(names)]
    if nth >= len(names):
        turn = nth // len(names)
        family = f"{family.split('-')[0]}-{names[(nth + 7 * turn) % len(names)][1].split('-')[0]}"
    return Person(number, given, family, sex, PLACES[number % len(PLACES)])
