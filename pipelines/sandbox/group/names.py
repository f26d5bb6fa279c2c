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

EU_BUYERS = (
    ("DE", "Seidelbast Handels GmbH", "Bremen"), ("BE", "Maretak Import BV", "Gent"),
    ("DE", "Windrose Gartenbedarf GmbH", "Leipzig"), ("BE", "Zandloper Distributie NV", "Mechelen"),
)  # fmt: skip

OVERSEAS = (
    ("US", "Larkspur Analytics Inc.", "400 Alder Street", "97201", "Portland"),
    ("US", "Cottonwood Pet Supply LLC", "18 Mill Road", "05401", "Burlington"),
    ("US", "Harborlight Trading Co.", "77 Pier Avenue", "04101", "Portland"),
    ("GB", "Thistledown Aviaries Ltd", "3 Orchard Lane", "YO1 7HH", "York"),
    ("CA", "Maple Hollow Garden Inc.", "250 Birch Crescent", "K1A 0B1", "Ottawa"),
    ("US", "Prairie Finch Outfitters LLC", "9 Depot Street", "68102", "Omaha"),
    ("CH", "Murmeltal Vogelbedarf AG", "Seeweg 14", "6003", "Luzern"),
    ("US", "Blue Mesa Feeders Inc.", "620 Canyon Drive", "87501", "Santa Fe"),
)  # fmt: skip

# Suppliers: name, town, zip code, what they sell (see group.purchases).
SUPPLIERS = (
    ("Pandbeheer Torenzicht", "Utrecht", "3511"), ("Wolkenrand Hosting", "Zwolle", "8011"),
    ("Reisbureau Spoorlijn", "Amersfoort", "3811"), ("Papierhandel Veldkers", "Leiden", "2311"),
    ("Zaadhandel Goudveld", "Breda", "4811"), ("Telecom Zwaluwstaart", "Arnhem", "6811"),
    ("Verzekeringen Kompasroos", "Haarlem", "2011"), ("Timmerwerkplaats Houtduif", "Deventer", "7411"),
)  # fmt: skip

EU_SUPPLIERS = (
    ("DE", "Nebelhorn Cloud GmbH", "Hannover"), ("BE", "Lindeblad Software BV", "Leuven"),
    ("DE", "Vogelsang Futtermittel GmbH", "Kassel"),
)  # fmt: skip

PAYMENT_PROVIDER = ("Penningduif Betalingen", "Utrecht", "3511")

# Consumers elsewhere: country, town, zip code, street.
CONSUMERS_ABROAD = (
    ("DE", "Oldenburg", "26121", "Lindenweg"), ("BE", "Brugge", "8000", "Rozenstraat"),
    ("FR", "Lille", "59000", "Rue des Tilleuls"), ("DE", "Aachen", "52062", "Bergstraße"),
    ("BE", "Hasselt", "3500", "Dorpsplein"),
)  # fmt: skip
OVERSEAS_CONSUMERS = (
    ("US", "Madison", "53703", "Maple Street"), ("CH", "Chur", "7000", "Gartenweg"),
    ("NO", "Bergen", "5003", "Fjellveien"), ("GB", "Norwich", "NR1 3QU", "Chapel Row"),
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
