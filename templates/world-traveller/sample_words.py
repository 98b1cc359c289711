"""Names, places, trips and sentences from which `make_sample` makes the sample records. All people are made up."""

from __future__ import annotations

#: (given names, family names) that go together.
PEOPLE: tuple[tuple[str, str], ...] = (
    (
        "Oliver Charlotte Jack Matilda Hugo Imogen Angus Beatrice Lachlan Georgina Rupert Philippa",
        "Whitfield|Abernathy|Langford|Pemberton|Hargreaves|Thistlewood|Buckley|Fairweather|Rowntree|Ashcroft|Kingsley|Dunmore",
    ),
    (
        "Linh Quang Thuy Duc Huong Bao Phuong Khanh",
        "Nguyen|Tran|Pham|Huynh|Dang|Bui|Truong|Vo",
    ),
    (
        "Wei Xiaoming Jing Haoran Yuting Zhiyuan Meiling Bowen",
        "Zhang|Wang|Chen|Huang|Zhou|Xu|Guo|Tang",
    ),
    (
        "Priya Arjun Kavita Rohan Deepika Vikram Sunita Harpreet Gurdeep Ananya",
        "Sharma|Patel|Iyer|Banerjee|Gill|Reddy|Kulkarni|Sandhu|Fernandes|Menon",
    ),
    (
        "Giuseppe Francesca Nikolaos Despina Marco Athena Salvatore Eleni",
        "Colosimo|Barbieri|Vlahos|Karagiannis|De Luca|Stavrou|Ferrante|Dimitriou",
    ),
    (
        "Fatima Yusuf Layla Omar Zeinab Tariq Samira Khalil",
        "Al-Masri|Rahimi|Khoury|Mansour|Sayegh|Farouk|Najjar|Hosseini",
    ),
    (
        "Siobhan Declan Aoife Fergus Niamh Cormac",
        "O'Sullivan|McCarthy|Brennan|Gallagher|MacDonald|O'Connell",
    ),
    (
        "Agnieszka Tomasz Svetlana Dragan Milena Zoltan Katarzyna Bojan",
        "Wojciechowski|Kaminska|Petrenko|Jovanovic|Horvat|Szabo|Novakova|Markovic",
    ),
    (
        "Tane Aroha Sione Losa Wiremu Mele",
        "Ngata|Tamihana|Fonoti|Taufa|Parekura|Latu",
    ),
    (
        "Chidi Amara Kwame Abena Tendai Zanele Mohamed Halima",
        "Okonkwo|Adeyemi|Mensah|Boateng|Moyo|Dlamini|Abdi|Warsame",
    ),
    (
        "Hiroshi Yumi Ji-woo Min-jun Somchai Kanya Rizal Putri",
        "Yamamoto|Kobayashi|Park|Choi|Srisai|Wongsakul|Hartono|Wijaya",
    ),
    (
        "Mateo Valentina Joaquim Luisa Santiago Camila Anneke Willem",
        "Ramirez|Quispe|da Silva|Teixeira|Fuentes|Vargas|van der Berg|de Vries",
    ),
    ("Jarrah Kirra Marlee Bindi", "Winmar|Yunupingu|Roberts|Bamblett"),
)

#: Suburb, state, postcode, area code of the land line.
PLACES: tuple[tuple[str, str, str, str], ...] = (
    ("Brunswick West", "VIC", "3055", "3"),
    ("Footscray", "VIC", "3011", "3"),
    ("St Kilda", "VIC", "3182", "3"),
    ("Box Hill", "VIC", "3128", "3"),
    ("Dandenong", "VIC", "3175", "3"),
    ("Geelong West", "VIC", "3218", "3"),
    ("Ballarat Central", "VIC", "3350", "3"),
    ("Sunshine", "VIC", "3020", "3"),
    ("Parramatta", "NSW", "2150", "2"),
    ("Cabramatta", "NSW", "2166", "2"),
    ("Marrickville", "NSW", "2204", "2"),
    ("Lakemba", "NSW", "2195", "2"),
    ("Newcastle", "NSW", "2300", "2"),
    ("Wollongong", "NSW", "2500", "2"),
    ("Chatswood", "NSW", "2067", "2"),
    ("Katoomba", "NSW", "2780", "2"),
    ("Byron Bay", "NSW", "2481", "2"),
    ("Dubbo", "NSW", "2830", "2"),
    ("Belconnen", "ACT", "2617", "2"),
    ("Dickson", "ACT", "2602", "2"),
    ("West End", "QLD", "4101", "7"),
    ("Sunnybank", "QLD", "4109", "7"),
    ("Toowoomba City", "QLD", "4350", "7"),
    ("Surfers Paradise", "QLD", "4217", "7"),
    ("Maroochydore", "QLD", "4558", "7"),
    ("Townsville City", "QLD", "4810", "7"),
    ("Cairns North", "QLD", "4870", "7"),
    ("Glenelg", "SA", "5045", "8"),
    ("Norwood", "SA", "5067", "8"),
    ("Mount Gambier", "SA", "5290", "8"),
    ("Fremantle", "WA", "6160", "8"),
    ("Subiaco", "WA", "6008", "8"),
    ("Joondalup", "WA", "6027", "8"),
    ("Broome", "WA", "6725", "8"),
    ("Sandy Bay", "TAS", "7005", "3"),
    ("Launceston", "TAS", "7250", "3"),
    ("Devonport", "TAS", "7310", "3"),
    ("Darwin City", "NT", "0800", "8"),
    ("Nightcliff", "NT", "0810", "8"),
    ("Alice Springs", "NT", "0870", "8"),
)
STREETS = (
    "Wattle Acacia Banksia Station Church Victoria Albert King George Elizabeth Railway Park High Mill Bridge "
    "Jacaranda Boronia Kurrajong Hakea Grevillea Beach Harbour Lake River Orchard Chapel Market Queen"
)
STREET_KINDS = ("Street", "Road", "Avenue", "Parade", "Lane", "Crescent")

#: Mobile numbers that ACMA keeps free for drama and fiction (https://www.acma.gov.au/phone-numbers-use-tv-shows-films-and-creative-works).
MOBILES = (
    "491570006 491570156 491570157 491570158 491570159 491570110 491570313 491570737 491571266 491571491 "
    "491571804 491572549 491572665 491572983 491573770 491573087 491574118 491574632 491575254 491575789 "
    "491576398 491576801 491577426 491577644 491578957 491578148 491578888 491579212 491579760 491579455"
)

ORGANISATIONS = (
    "Coral Sea Charters Pty Ltd",
    "Yarra Valley Coaches",
    "Redgum Walking Club",
    "St Brigid's College",
    "Blue Gum Books Pty Ltd",
    "Harbour City Rotary Club",
    "Outback Air Services Pty Ltd",
    "Tasman Ferries Ltd",
    "Daintree Lodge",
    "Goldfields Engineering Pty Ltd",
    "Southern Cross Choir",
    "Kakadu Guides Cooperative",
    "Murray River Houseboats",
    "Eastside Seniors Association",
    "Nullarbor Roadhouses Pty Ltd",
    "Fleurieu Cycling Tours",
    "Bass Strait Shipping Ltd",
    "Ningaloo Dive Centre",
)

#: Title and price per person in dollars.
TRIPS: tuple[tuple[str, int], ...] = (
    ("Coastal Walks of Tasmania, 7 days", 2190),
    ("Coastal Drives of Tasmania, 7 days", 2490),
    ("Great Ocean Road, 3 days", 780),
    ("Kimberley by Sea, 10 days", 8950),
    ("Red Centre and Uluru, 5 days", 2380),
    ("Kakadu in the Dry, 4 days", 1760),
    ("Daintree and Reef, 6 days", 2650),
    ("Ghan, Adelaide to Darwin", 3290),
    ("South Island of New Zealand, 12 days", 4120),
    ("Vietnam North to South, 14 days", 3580),
    ("Japan in Blossom, 11 days", 5640),
    ("Kerala and Goa, 13 days", 3990),
    ("Fiji Family Week", 2240),
    ("Rottnest Weekend", 640),
    ("Barossa by Bicycle, 4 days", 1350),
    ("Bali Yoga Retreat, 8 days", 1980),
)

#: Purpose: contact reasons, details, desired outcome, outcome. {trip} is a trip, {month} a month, {n} a number.
TALKS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "Enquiry": (
        (
            "New trip",
            "Asked whether {trip} runs in {month} and how many places are left; {n} would travel.",
            "Dates in {month} and the price",
            "Dates and prices given, will think it over.",
        ),
        (
            "Prices and availability",
            "Wants to know the single supplement for {trip} in {month}, and whether {n} rooms can be held.",
            "A price that holds for a week",
            "Price given, valid for a week.",
        ),
        (
            "Special assistance",
            "Asked for step-free rooms on {trip} in {month}; {n} nights concerned.",
            "Word from the hotels on step-free rooms",
            "All hotels but one have them, told so.",
        ),
    ),
    "Brochure request": (
        (
            "Brochure",
            "Asked for the brochure of {trip}; {n} copies, for {month}.",
            "Brochure {trip}",
            "Brochure {trip} sent, title read back.",
        ),
    ),
    "Quote": (
        (
            "New trip; Prices and availability",
            "Wants a quote for {trip} in {month} for {n} people, with transfers.",
            "Quote for {trip} by e-mail",
            "Quote sent and received.",
        ),
    ),
    "Booking": (
        (
            "New trip",
            "Booked {trip} for {n}; names spelt out as in the passports, number read back.",
            "Confirmation by e-mail",
            "Confirmation sent.",
        ),
    ),
    "Change": (
        (
            "Change to booking",
            "Wants to move {trip} to {month}; {n} travellers, same rooms.",
            "New date in {month} without a fee",
            "Moved, no fee, new confirmation sent.",
        ),
    ),
    "Cancellation": (
        (
            "Cancellation; Payment or refund",
            "Cannot travel in {month} and cancels {trip} for {n}; was told the fee.",
            "Refund less the fee",
            "Refund paid back to the account it came from.",
        ),
    ),
    "Payment": (
        (
            "Payment or refund",
            "Asked how to pay the second part of {trip} for {n}; payment link sent, due in {month}.",
            "",
            "Paid in full.",
        ),
    ),
    "Complaint": (
        (
            "Complaint; Delay or disruption",
            "The coach of {trip} was {n} hours late in {month} and nobody called.",
            "An apology and part of the price back",
            "Apologised, voucher accepted.",
        ),
        (
            "Complaint; Ticket or document",
            "The documents for {trip} came {n} days late in {month}.",
            "To know how it could happen",
            "Explained, and the routine was changed.",
        ),
    ),
    "Feedback": (
        (
            "Compliment",
            "Enjoyed {trip} in {month}; the guide knew all {n} of them by name.",
            "",
            "Thanked, passed on to the guide.",
        ),
    ),
    "Follow-up": (
        (
            "Personal details",
            "Called back as promised on {trip}; {n} passports will be renewed in {month}.",
            "",
            "Nothing left to do.",
        ),
    ),
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
STAFF = (
    "Amelia Tran",
    "Ben Okafor",
    "Chloe Papadopoulos",
    "Daniel Ng",
    "Farah Haddad",
    "Grace Walker",
    "Hemi Parata",
    "Isla Murray",
)
ACTIONS = (
    "Call to confirm that the brochure has arrived",
    "Send the quote with the new dates",
    "Ring the hotel about the step-free room",
    "Check that the refund has been paid",
    "Remind of the second payment",
    "Ask how the trip went",
    "Confirm the spelling of the names on the tickets",
    "Pass the compliment on to the guide",
)
