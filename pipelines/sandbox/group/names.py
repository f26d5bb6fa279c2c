"""Names to draw from: invented companies, common Dutch first and last names, streets and towns."""

from __future__ import annotations

COMPANIES = (
    "Wilgenhof Bakkerij", "Drukkerij Lindegracht", "Rietland Advocaten", "Installatiebureau Daniëls",
    "Café Zoë & René", "Boekhandel Ünal", "Ravelijn Architecten", "Klaproos Kinderopvang", "Stuifduin Events",
    "Noordwal Logistiek", "Polderzicht Makelaars", "Heideroos Wonen", "Kompaskade Reizen", "Zilvermeeuw Verzekeringen",
    "Sluiswachter Techniek", "Windvaan Energie", "Tuincentrum De Beemd", "Bergvliet Notarissen",
    "Grachtenlicht Fotografie", "Kaasmakerij Van Oord", "Dijkwacht Beveiliging", "Molenwiek Accountants",
    "Oeverzwaluw Zorg", "Kasteelhoeve Catering", "Scheepswerf Zilveranker", "Vlinderstruik Bloemen", "Bosrand Camping",
    "Duinpan Sport", "Brugzicht Tandartsen", "Hoefslag Transport", "Loodgietersbedrijf Gülşen", "Zonneweide Solar",
    "Veenkade Schilders", "Eikenlaan Interieur", "Havenkwartier Horeca", "Terpstra & Ĳssel Bouw", "Waterlelie Wellness",
    "Korenbloem Molenaars", "Steenuil Uitgevers", "Rozenhof Uitvaart", "Elzenbos Hout", "Lisdodde Landschap",
    "Meeuwenoog Optiek", "Fysiotherapie Maasoever",
)  # fmt: skip

EU_COMPANIES = (
    ("DE", "Birkenfeld Beratung GmbH", "Münster"), ("DE", "Küstenlicht Systeme GmbH", "Oldenburg"),
    ("BE", "Heuvelrug Consult BV", "Hasselt"), ("BE", "Scheldebocht Partners NV", "Antwerpen"),
)  # fmt: skip

FIRST_NAMES = (
    "Sanne", "Daan", "Fatima", "Jeroen", "Noor", "Bram", "Aïcha", "Ruben", "Femke", "Youssef", "Lotte", "Thijs",
    "Milan", "Esmée", "Joost", "Iris", "Kaan", "Maud", "Sjoerd", "Renée", "Wouter", "Anouk", "Björn", "Chloé",
)  # fmt: skip

LAST_NAMES = (
    "de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "El Amrani", "Mulder", "de Groot", "Yılmaz", "van Dijk",
    "Hendriks", "Smit", "Dekker", "Brouwer", "van der Meer", "Koster", "Prins", "Postma", "Scholten", "Verbeek",
)  # fmt: skip

STREETS = (
    "Lindelaan", "Havenstraat", "Molenweg", "Nieuwe Gracht", "Stationsplein", "Dorpsstraat", "Kerkpad", "Singel",
    "Zandweg", "Parallelweg", "Beukenhof", "Kade",
)  # fmt: skip

TOWNS = (
    ("Utrecht", "3511"), ("Zwolle", "8011"), ("Haarlem", "2011"), ("Arnhem", "6811"), ("Breda", "4811"),
    ("Groningen", "9711"), ("Leiden", "2311"), ("Deventer", "7411"), ("Amersfoort", "3811"), ("Middelburg", "4331"),
)  # fmt: skip
