"""Names and places of people who do not exist, and telephone numbers that are kept free for fiction."""

from __future__ import annotations

__all__ = ["FAMILY_NAMES", "GIVEN_NAMES", "ORGANISATIONS", "PHONES", "PLACES", "STREETS"]

#: Words with spaces between them.
GIVEN_NAMES = (
    "Amina Bertil Chiara Dilan Eirik Farida Goran Hana Idris Jonna Kofi Leila Matteo Nadia Oscar Paloma "
    "Quentin Rania Stefan Tala Ulrik Violeta Wanjiru Ximena Yannick Zofia"
)
FAMILY_NAMES = (
    "Abernethy Boateng Castellano Dvorak Eklund Farrugia Grimaldi Hosokawa Ivanova Jimenez Kavanagh Lindqvist "
    "Mbeki Navarro Oyelaran Petridis Quispe Rosenthal Szabo Takahashi Ulloa Vasquez Whitlock Yilmaz Zielinski"
)
ORGANISATIONS = (
    "Blue Heron Books",
    "Corner Street Bakery",
    "Fernhill Primary School",
    "Granite Cycling Club",
    "Harbour Light Choir",
    "Lantern Theatre",
    "Millbrook Nursery",
    "Orchard Lane Dental",
    "Riverbend Rowing Club",
    "Tall Trees Joinery",
)
PLACES = ("Ashgrove", "Millbrook", "Fernhill", "Riverbend", "Oakdale", "Westhaven")
STREETS = ("Wattle Street", "Mill Lane", "Harbour Road", "Orchard Avenue", "Station Street")
#: By region, how a number for fiction looks and how many there are: ACMA (Australia), Ofcom (United Kingdom),
#: and the 555-01xx numbers of North America.
PHONES = {
    "AU": ("+6125550{:04d}", 9000),
    "GB": ("+442079460{:03d}", 1000),
    "US": ("+120255501{:02d}", 100),
    "CA": ("+161355501{:02d}", 100),
}
