"""Who shops in the demo. Streets are invented; phone numbers are of the ranges that regulators keep for fiction."""

from typing import NamedTuple


class Country(NamedTuple):
    """What a country makes of a parcel: price, free limit and working days by standard and by express."""

    name: str
    hub: str
    shipping: str
    free_from: int
    days: tuple[int, int]
    express: str
    express_days: int


_NEAR = ("6.90", 90, (3, 4), "16.90", 2)
_SOUTH = ("7.90", 100, (3, 5), "16.90", 2)
_NORTH = ("9.90", 120, (4, 6), "19.90", 2)
_CUSTOMS = ("14.90", 180, (4, 7), "24.90", 3)

COUNTRIES = {
    "FR": Country("France", "Lyon", "4.90", 75, (2, 3), "9.90", 1),
    "BE": Country("Belgium", "Liège", *_NEAR),
    "DE": Country("Germany", "Frankfurt", *_NEAR),
    "LU": Country("Luxembourg", "Bettembourg", *_NEAR),
    "NL": Country("Netherlands", "Utrecht", *_NEAR),
    "AT": Country("Austria", "Vienna", *_SOUTH),
    "ES": Country("Spain", "Zaragoza", *_SOUTH),
    "IT": Country("Italy", "Milan", *_SOUTH),
    "PT": Country("Portugal", "Porto", *_SOUTH),
    "DK": Country("Denmark", "Taulov", *_NORTH),
    "FI": Country("Finland", "Vantaa", *_NORTH),
    "IE": Country("Ireland", "Dublin", *_NORTH),
    "PL": Country("Poland", "Poznań", *_NORTH),
    "SE": Country("Sweden", "Malmö", *_NORTH),
    "CH": Country("Switzerland", "Basel", *_CUSTOMS),
    "GB": Country("United Kingdom", "East Midlands", *_CUSTOMS),
    "NO": Country("Norway", "Oslo", *_CUSTOMS),
}


class Person(NamedTuple):
    name: str
    email: str
    language: str
    country: str
    street: str
    town: str
    phone: str = ""


MARIA = Person("Maria Lund", "maria@demo.example", "en", "DK", "Tangvej 12, 2. tv", "8000 Aarhus C")
OMAR = Person("Omar Haddad", "omar@demo.example", "es", "ES", "Calle de los Telares 8, 3º B", "46003 Valencia")

LUMEN_AND_LOOM = [
    MARIA,
    OMAR,
    Person("Kim Park", "kim@demo.example", "en", "IE", "22 Tern Street", "Dublin 7", "+353 20 911 2045"),
    Person("Inès Moreau", "ines.moreau@courrier.example", "fr", "FR", "9 rue des Gabares", "44000 Nantes",
           "+33 6 39 98 14 07"),
    Person("Théo Lambert", "theo.lambert@courrier.example", "fr", "FR", "31 quai des Foulons", "67000 Strasbourg",
           "+33 6 39 98 22 61"),
    Person("Awa Diop", "awa.diop@boite.example", "fr", "FR", "4 traverse du Figuier", "13007 Marseille",
           "+33 6 39 98 73 30"),
    Person("Luc Peeters", "luc.peeters@poste.example", "fr", "BE", "Rue du Vieux Lavoir 17", "4000 Liège"),
    Person("Chloé Rochat", "chloe.rochat@poste.example", "fr", "CH", "Chemin des Noisetiers 5", "1005 Lausanne"),
    Person("Jonas Brandt", "jonas.brandt@briefe.example", "de", "DE", "Spinnereiweg 14", "04229 Leipzig",
           "+49 176 04069 118"),
    Person("Miriam Aksoy", "miriam.aksoy@briefe.example", "de", "DE", "Am Kürbisgarten 3", "50825 Köln",
           "+49 221 4710 342"),
    Person("Friederike Hollenbach", "f.hollenbach@hafenpost.example", "de", "DE", "Reepergang 40", "24103 Kiel"),
    Person("Farid Rahimi", "farid.rahimi@hafenpost.example", "de", "DE", "Bootsbauerstraße 21", "20359 Hamburg",
           "+49 40 66969 207"),
    Person("Lukas Steiner", "lukas.steiner@briefe.example", "de", "AT", "Färbergasse 8/12", "8010 Graz"),
    Person("Anneliese Frei", "anneliese.frei@poste.example", "de", "CH", "Lindenhalde 2", "3012 Bern"),
    Person("Hiroshi Tanaka", "hiroshi.tanaka@mail.example", "en", "DE", "Immergrünweg 77", "40233 Düsseldorf",
           "+49 176 04069 640"),
    Person("Lucía Ferrer", "lucia.ferrer@correo.example", "es", "ES", "Carrer de la Llançadora 5, 2n", "17004 Girona"),
    Person("Javier Otxoa", "javier.otxoa@correo.example", "es", "ES", "Calle Ferrería 19, 1º izq.", "48005 Bilbao"),
    Person("María del Carmen Fernández-Quiroga de la Torre", "mcarmen.fqt@correo.example", "es", "ES",
           "Plaza del Alfarero 3, portal 2, 4º C", "41003 Sevilla"),
    Person("Valentina Rojas", "valentina.rojas@buzon.example", "es", "ES", "Calle del Telar Viejo 44, bajo",
           "28012 Madrid"),
    Person("Priya Raman", "priya.raman@letters.example", "en", "GB", "6 Weavers Row", "Leeds LS6 2QT",
           "+44 7700 900381"),
    Person("Callum Reid", "callum.reid@letters.example", "en", "GB", "Flat 3/1, 118 Herringbone Street",
           "Glasgow G41 3YR", "+44 7700 900144"),
    Person("Aoife Brennan", "aoife.brennan@post.example", "en", "IE", "Currach Lodge, Mill Road", "Galway H91 X2Y4",
           "+353 20 915 0037"),
    Person("Ngozi Eze", "ngozi.eze@mail.example", "en", "NL", "Wolkammersgracht 9", "3511 Utrecht"),
    Person("Giulia Conti", "giulia.conti@lettere.example", "en", "IT", "Via dei Filatori 26", "40125 Bologna"),
    Person("Tiago Moura", "tiago.moura@cartas.example", "en", "PT", "Rua do Tear 51, 1.º dto.", "4700-312 Braga"),
    Person("Elin Sandström", "elin.sandstrom@brev.example", "en", "SE", "Repslagarbacken 7", "413 01 Göteborg",
           "+46 70 174 06 31"),
    Person("Mikko Laine", "mikko.laine@posti.example", "en", "FI", "Kutojankuja 4 B 18", "33100 Tampere"),
    Person("Agnieszka Zając", "agnieszka.zajac@listy.example", "en", "PL", "ul. Tkacka 15/6", "50-062 Wrocław"),
    Person("Sigrid Haugen", "sigrid.haugen@brev.example", "en", "NO", "Naustbakken 11", "5003 Bergen"),
    Person("Elena Vasile", "elena.vasile@poste.example", "fr", "LU", "12, rue du Rouet", "1618 Luxembourg"),
]  # fmt: skip

SMALL_HOURS = [
    Person("Niamh Doyle", "niamh.doyle@post.example", "en", "IE", "3 Sandpiper Close", "Wexford Y35 K8P1",
           "+353 20 913 4410"),
    Person("Oluwaseun Adeyemi", "seun.adeyemi@letters.example", "en", "GB", "40 Lantern Lane", "Bristol BS3 4TN",
           "+44 7700 900726"),
    Person("Katrin Vogel", "katrin.vogel@briefe.example", "de", "DE", "Zaunkönigpfad 6", "12435 Berlin",
           "+49 30 23125 083"),
    MARIA,
]  # fmt: skip
