"""Names of people and of companies, by country. None is anybody's: they are put together from lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`share` of the companies; `trades` and `forms` are the second and third word of a company's name."""

    share: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNTRIES = {
    "DE": Country(
        24,
        _words(
            "Anke Björn Carla Dirk Elena Felix Greta Holger Inga Jannik Katrin Lukas Meike Nils Petra Rolf Svenja Uwe"
        ),
        _words(
            "Albers Behrendt Claasen Dressler Engelke Fuhrmann Gerdes Harms Jacobs Köhler Lorenz Menzel Oltmann Rühl"
        ),
        _words("Logistik Handel Werkzeuge Bau Software Druck Gastro Medizin"),
        _words("GmbH GmbH AG KG"),
    ),
    "GB": Country(
        20,
        _words(
            "Alice Brian Chloe Daniel Edith Finn Georgia Harry Isla Jack Keira Louis Megan Nathan Olivia Poppy Rhys"
        ),
        _words(
            "Ashdown Barlow Copley Dunmore Eastwell Farrow Hartnoll Kettering Langdon Mossop Ormerod Pickford Wexley"
        ),
        _words("Freight Goods Tools Build Labs Print Kitchens Clinics"),
        _words("Ltd Ltd plc LLP"),
    ),
    "US": Country(
        14,
        _words("Aaron Brooke Carlos Dana Ethan Faith Grant Hailey Ivan Jasmine Kyle Lauren Marcus Naomi Owen Tiffany"),
        _words(
            "Alderson Brandt Calloway Delgado Everly Fontaine Hargrove Kimball Lattimore Nakamura Okoye Prescott Tran"
        ),
        _words("Freight Supply Tools Builders Software Media Foods Health"),
        _words("Inc Inc LLC Corp"),
    ),
    "FR": Country(
        12,
        _words("Adèle Baptiste Camille Damien Élise Fabien Gaëlle Hugo Inès Jules Karine Léo Margaux Noé Océane Théo"),
        _words("Aubertin Blanchet Carlier Delmas Estève Fauvel Guérin Lacombe Marchal Noiret Perrin Rousselle Vasseur"),
        _words("Transports Négoce Outillage Bâtiment Logiciels Édition Traiteur Santé"),
        _words("SARL SAS SA"),
    ),
    "NL": Country(
        9,
        _words(
            "Anouk Bas Carlijn Daan Esmée Fleur Gijs Hanneke Ilse Joris Koen Lieke Maarten Noor Pim Roos Sanne Thijs"
        ),
        _words("Aalders Boersma Coenen Dekkers Elzinga Hoekstra Kuipers Leeflang Molenaar Postma Rietveld Terpstra"),
        _words("Transport Handel Gereedschap Bouw Software Drukwerk Keuken Zorg"),
        _words("BV BV NV"),
    ),
    "SE": Country(
        7,
        _words("Astrid Björn Cecilia David Elsa Fredrik Gunilla Henrik Ida Johan Klara Linus Märta Oskar Saga Viktor"),
        _words("Alm Bergdahl Dahlin Ekvall Forslund Hedman Lindahl Norell Sjögren Stenvall Törnqvist Wallgren Åkesson"),
        _words("Frakt Handel Verktyg Bygg Mjukvara Tryck Kök Vård"),
        _words("AB"),
    ),
    "PL": Country(
        6,
        _words("Agnieszka Bartosz Celina Dawid Ewa Filip Grażyna Hubert Iwona Jakub Kinga Łukasz Marta Oliwia Rafał"),
        _words("Adamczyk Borkowski Chmiel Drozd Gajda Jasiński Kaczor Lipa Mazurek Nowacki Rogala Sikora Wrona Zięba"),
        _words("Transport Handel Narzędzia Budowa Systemy Druk Kuchnia Medyka"),
        _words("SA spółka"),
    ),
    "ES": Country(
        5,
        _words("Alba Bruno Carmen Diego Elena Gonzalo Inés Javier Lucía Marcos Nuria Óscar Pilar Rocío Sergio Vera"),
        _words(
            "Aranda Barrios Campos Durán Espinar Gallardo Ibarra Lozano Montes Peñalver Quintana Rivas Salcedo Vidal"
        ),
        _words("Transportes Comercio Herramientas Obras Sistemas Imprenta Cocina Salud"),
        _words("SL SL SA"),
    ),
    "IN": Country(
        3,
        _words("Aarav Bhavna Chetan Divya Esha Farhan Gauri Harish Ishita Kabir Lakshmi Manish Nandini Rohan Tara"),
        _words("Acharya Bhatt Chaudhary Deshpande Gokhale Iyer Kulkarni Menon Pillai Rastogi Sethi Trivedi Varma"),
        _words("Freight Traders Tools Constructions Systems Prints Foods Care"),
        _words("Pvt"),
    ),
}
STEMS = _words(
    "Alvora Brenwick Corvenna Dunmarra Elbrook Fennholm Gallowick Hestavik Ivaro Jorvell Kelmare Lunavik Merovia Nordal"
    " Orlunda Pelmora Quillby Rostavel Sandvara Tormello Ulvara Varenholm Westmara Yarrowby Zelmora Arkenby Bravella"
    " Caldavik Drumlane Esterild Farnholt Glimvara Holmedal Istavel Kastrell Lindavel Marwick Noveldra Ostravel"
)
ENDINGS = ("", "", " North", " & Co", " Group")
INDUSTRIES = (
    "Logistics",
    "Retail",
    "Manufacturing",
    "Construction",
    "Software",
    "Media",
    "Hospitality",
    "Healthcare",
)
"""In the order of the `trades` of a country: what a company is called goes with what it does."""
ROLES = ("Owner", "Finance lead", "Accountant", "Project lead", "Office manager", "Sales", "Operations")
