"""What the demo's shops sell. The help articles speak of these sizes, sockets and prices: change both or neither."""

from typing import NamedTuple


class Piece(NamedTuple):
    """A variant: stock number, what sets it apart, price, and how many are left; a gift card never runs out."""

    sku: str
    name: str
    price: str
    stock: int | None


class Good(NamedTuple):
    external_id: str
    name: str
    kind: str
    picture: str
    description: str
    material: str
    pieces: list[Piece]


def _good(external_id: str, name: str, kind: str, picture: str, description: str, material: str, *pieces: str) -> Good:
    """Each piece is written as "sku|name|price|stock"."""
    read = []
    for piece in pieces:
        sku, name_of_piece, price, stock = piece.split("|")
        read.append(Piece(sku, name_of_piece, price, int(stock) if stock else None))
    return Good(external_id, name, kind, picture, description, material, read)


LUMEN_AND_LOOM = [
    _good(
        "LAMP-01", "Fjord table lamp", "Lamps", "table-lamp",
        "Blown glass on an oak foot, 40 cm high, socket E27. No two are quite alike. Cable of 2 m with a switch.",
        "Glass, oak, fabric cable", "FJ-CLR|clear|89.00|14", "FJ-SMK|smoke|94.00|3",
    ),
    _good(
        "LAMP-02", "Pier reading lamp", "Lamps", "reading-lamp",
        "An arm of unlacquered brass that bends three ways. Built-in LED of 6 W, 2700 K; dims by touch. 52 cm high.",
        "Brass or steel, built-in LED", "PR-BRS|brass|129.00|6", "PR-BLK|black|119.00|11",
    ),
    _good(
        "LAMP-03", "Paper moon pendant", "Lamps", "pendant",
        "Washi paper on a steel ring, sent folded flat. Socket E27, cable of 1.5 m, ceiling rose in the box.",
        "Washi paper, steel", "PM-40|40 cm|48.00|22", "PM-60|60 cm|64.00|0",
    ),
    _good(
        "LAMP-04", "Cane pendant", "Lamps", "pendant",
        "Woven by hand in Liguria. It throws a fine pattern on the ceiling. Socket E27, cable of 1.5 m.",
        "Cane, steel", "CN-35|35 cm|92.00|8", "CN-50|50 cm|118.00|4",
    ),
    _good(
        "LAMP-05", "Heron floor lamp", "Lamps", "floor-lamp",
        "150 cm high, in three parts with an Allen key. Dimmer at the foot switch, globe bulb E27 in the box.",
        "Brass or steel, linen shade", "HN-BRS|brass|269.00|3", "HN-BLK|black|249.00|5",
    ),
    _good(
        "LAMP-06", "Quay wall lamp", "Lamps", "wall-lamp",
        "For porches and bathrooms, IP44. Connected in the wall, bulb E14 in the box.",
        "Powder-coated aluminium, glass", "QY-WHT|white|79.00|12", "QY-GRA|graphite|79.00|9",
    ),
    _good(
        "LAMP-07", "Pebble bedside lamp", "Lamps", "bedside-lamp",
        "A stoneware foot with a linen shade, 28 cm high. Bulb E14 in the box, cable of 2 m with a switch.",
        "Stoneware, linen", "PB-SND|sand|69.00|17", "PB-MSS|moss|69.00|0",
    ),
    _good(
        "LAMP-08", "Beacon cordless lamp", "Lamps", "cordless-lamp",
        "Shines for 9 to 48 hours without a cable. Charges by USB-C, IP44, 24 cm high. The battery can be replaced.",
        "Aluminium, built-in LED", "BC-SND|sand|59.00|26", "BC-MSS|moss|59.00|15", "BC-INK|ink|59.00|19",
    ),
    _good(
        "LAMP-09", "Spindle clamp lamp", "Lamps", "reading-lamp",
        "Clamps to shelves and tables up to 4 cm thick. Socket E27, cable of 2 m with a switch.",
        "Oak, steel", "SP-OAK|oak|84.00|7",
    ),
    _good(
        "SHAD-01", "Linen lampshade", "Lampshades", "shade",
        "For lamps with the socket E27; the ring is in the box. Also the spare shade for Heron (45 cm).",
        "Linen, steel", "LS-25|25 cm|32.00|20", "LS-35|35 cm|42.00|13", "LS-45|45 cm|54.00|6",
    ),
    _good(
        "BULB-01", "Warm bulb E27", "Bulbs", "bulb",
        "LED, 8 W, 806 lumens, 2700 K, CRI 95, frosted. Dims to a tenth.",
        "Glass, LED", "WB-1|one|9.90|240", "WB-4|pack of four|34.00|61",
    ),
    _good(
        "BULB-02", "Small bulb E14", "Bulbs", "bulb",
        "LED, 4 W, 350 lumens, 2700 K, CRI 95, frosted. Dims to a tenth.",
        "Glass, LED", "SB-1|one|8.90|180", "SB-4|pack of four|30.00|44",
    ),
    _good(
        "BULB-03", "Globe bulb E27", "Bulbs", "bulb",
        "LED, 6 W, 600 lumens, 2700 K, CRI 95, a globe of 95 mm. Dims to a tenth.",
        "Glass, LED", "GB-1||14.90|75",
    ),
    _good(
        "PART-01", "Fabric cable set", "Parts", "cable",
        "Two metres of cable with plug and switch, for table lamps with E27 or E14.",
        "Copper, fabric", "CB-LIN|linen|24.00|30", "CB-BLK|black|24.00|28",
    ),
    _good(
        "PART-02", "LED dimmer plug", "Parts", "dimmer",
        "Goes between the wall socket and the lamp, for 3 to 60 W.",
        "Polycarbonate", "DP-1||29.00|22",
    ),
    _good(
        "PART-03", "Ceiling rose", "Parts", "rose",
        "With hook, strain relief and clamps; 10 cm wide.",
        "Steel", "CR-WHT|white|16.00|18", "CR-BRS|brass|16.00|10",
    ),
    _good(
        "PART-04", "Beacon battery", "Parts", "battery",
        "With new felt for the foot. The change takes five minutes and a Torx T8.",
        "Lithium-ion, wool felt", "BB-1||16.00|40",
    ),
    _good(
        "TEXT-01", "Heather wool blanket", "Blankets", "blanket",
        "Lambswool from one small mill in Donegal, 130 x 180 cm, with a short fringe.",
        "Lambswool", "HW-GRY|grey|119.00|9", "HW-RST|rust|119.00|5",
    ),
    _good(
        "TEXT-02", "Linen cushion", "Cushions", "cushion",
        "Washed linen cover with a feather inlay, 50 x 50 cm, zip at the side.",
        "Linen, feathers", "LC-SND|sand|39.00|31", "LC-INK|ink|39.00|18", "LC-MSS|moss|39.00|12",
    ),
    _good(
        "TEXT-03", "Wool cushion", "Cushions", "cushion",
        "The cloth of the Heather blankets, with a feather inlay, 50 x 50 cm.",
        "Lambswool, feathers", "WC-GRY|grey|45.00|14", "WC-RST|rust|45.00|0",
    ),
    _good(
        "TEXT-04", "Cushion inlay", "Cushions", "cushion",
        "Recycled polyester, for covers of 45 to 50 cm.",
        "Recycled polyester", "CI-50|50 x 50 cm|14.00|36",
    ),
    _good(
        "TEXT-05", "Waffle towel", "Bath", "towel",
        "Light cotton that is dry by noon.",
        "Cotton", "WT-50|50 x 100 cm|16.00|58", "WT-70|70 x 140 cm|24.00|44",
    ),
    _good(
        "TEXT-06", "Bath mat", "Bath", "towel",
        "Thick cotton, 50 x 80 cm, washable at 60 °C.",
        "Cotton", "BM-SND|sand|32.00|21", "BM-INK|ink|32.00|16",
    ),
    _good(
        "TEXT-07", "Linen bed set", "Bed linen", "bed-linen",
        "Duvet cover with coconut buttons and pillowcases of 65 x 65 cm, washed once.",
        "Linen", "BS-14|single, 140 x 200 cm, chalk|149.00|10", "BS-20|double, 200 x 200 cm, chalk|189.00|7",
        "BS-24|king, 240 x 220 cm, chalk|219.00|2",
    ),
    _good(
        "TEXT-08", "Linen fitted sheet", "Bed linen", "bed-linen",
        "For mattresses up to 30 cm high.",
        "Linen", "FS-90|90 x 200 cm|79.00|11", "FS-140|140 x 200 cm|95.00|9", "FS-160|160 x 200 cm|105.00|6",
        "FS-180|180 x 200 cm|115.00|5",
    ),
    _good(
        "TEXT-09", "Linen pillowcase", "Bed linen", "bed-linen",
        "With an envelope closing.",
        "Linen", "PC-65|65 x 65 cm|29.00|24", "PC-50|50 x 75 cm|29.00|18", "PC-80|80 x 80 cm|29.00|15",
    ),
    _good(
        "TEXT-10", "Linen curtain", "Curtains", "curtain",
        "One panel, 140 cm wide, with a tape for hooks or rings.",
        "Linen", "CU-250|140 x 250 cm|89.00|12", "CU-300|140 x 300 cm|99.00|8",
    ),
    _good(
        "TEXT-11", "Meadow rug", "Rugs", "rug",
        "Woven by hand in the Alentejo, from the wool of two breeds of sheep.",
        "Wool", "MR-80|80 x 150 cm|179.00|6", "MR-170|170 x 240 cm|459.00|2",
    ),
    _good(
        "TEXT-12", "Felt underlay", "Rugs", "rug",
        "Keeps a rug in place, also on floors with heating.",
        "Recycled wool felt", "FU-80|80 x 150 cm|29.00|15", "FU-170|170 x 240 cm|79.00|4",
    ),
    _good(
        "TEXT-13", "Cotton throw", "Blankets", "blanket",
        "Loosely woven, 150 x 200 cm, for the evenings of May and September.",
        "Cotton", "CT-SND|sand|69.00|19", "CT-INK|ink|69.00|13",
    ),
    _good(
        "TEXT-14", "Highland alpaca throw", "Blankets", "blanket",
        "Undyed alpaca from one farm in Scotland, 130 x 200 cm.",
        "Alpaca", "HA-FWN|fawn|169.00|4",
    ),
    _good(
        "TEXT-15", "Patchwork quilt", "Blankets", "quilt",
        "Sewn in Lyon from the offcuts of our linen, 220 x 240 cm, filled with cotton.",
        "Linen, cotton", "PQ-220||229.00|3",
    ),
    _good(
        "TEXT-16", "Linen tablecloth", "Table", "tablecloth",
        "With a hem of 4 cm and mitred corners.",
        "Linen", "TC-250|140 x 250 cm|79.00|10", "TC-300|160 x 300 cm|95.00|6",
    ),
    _good(
        "TEXT-17", "Linen napkins", "Table", "tablecloth",
        "Four napkins, 45 x 45 cm.",
        "Linen", "LN-SND|sand|36.00|22", "LN-RST|rust|36.00|14",
    ),
    _good(
        "TEXT-18", "Tea towels", "Table", "towel",
        "Two towels of half-linen with a loop, 50 x 70 cm.",
        "Linen, cotton", "TT-2||22.00|40",
    ),
    _good(
        "TABL-01", "Stoneware mug", "Table", "mug",
        "Thrown by hand in La Borne, holds 30 cl, for the dishwasher.",
        "Stoneware", "SM-OAT|oat|18.00|70", "SM-SEA|sea|18.00|52",
    ),
    _good(
        "TABL-02", "Olive wood board", "Table", "board",
        "One piece of olive wood, oiled, about 35 cm long.",
        "Olive wood", "OB-35||42.00|12",
    ),
    _good(
        "TABL-03", "Carafe with cork", "Table", "carafe",
        "Holds one litre and fits a fridge door.",
        "Glass, cork", "CC-1L||27.50|20",
    ),
    _good(
        "CARE-01", "Wool wash soap", "Care", "soap",
        "For wool and alpaca, with lanolin, enough for ten blankets.",
        "Plant soap, lanolin", "WS-250|250 ml|14.00|33",
    ),
    _good(
        "CARE-02", "Wool comb", "Care", "comb",
        "Takes off pilling without cutting the wool.",
        "Beech, steel", "WO-1||9.00|27",
    ),
    _good(
        "CARE-03", "Cedar hanger set", "Care", "hanger",
        "Five hangers of red cedar; keeps moths away.",
        "Cedar", "CH-5||22.00|33",
    ),
    _good(
        "GIFT-01", "Gift card", "Gift cards", "gift-card",
        "Sent by e-mail within the hour, valid for three years.",
        "", "GC-25|25 EUR|25.00|", "GC-50|50 EUR|50.00|", "GC-100|100 EUR|100.00|", "GC-200|200 EUR|200.00|",
    ),
]  # fmt: skip

SMALL_HOURS = [
    _good(
        "SH-01", "Firefly night light", "Night lights", "night-light",
        "Glows amber for a night, 12 cm high. Charges by USB-C, dims by a turn of the cap.",
        "Maple, silicone", "FF-AMB|amber|34.00|18", "FF-RSE|rose|34.00|9",
    ),
    _good(
        "SH-02", "Harbour night light", "Night lights", "night-light",
        "A small lighthouse that turns itself off after 30 minutes.",
        "Stoneware", "HB-1||46.00|7",
    ),
    _good(
        "SH-03", "Lambswool cot blanket", "Blankets", "blanket",
        "Woven in Donegal, 75 x 100 cm, washable in the wool programme.",
        "Lambswool", "LB-OAT|oat|54.00|12", "LB-SKY|sky|54.00|0",
    ),
    _good(
        "SH-04", "Muslin cloths", "Blankets", "towel",
        "Three cloths, 70 x 70 cm, washable at 60 °C.",
        "Organic cotton", "MC-3||21.00|30",
    ),
    _good(
        "SH-05", "Cloud mobile", "Nursery", "pendant",
        "Seven clouds of felt on a ring of ash. It hangs from a hook that takes 5 kg.",
        "Wool felt, ash", "CM-1||62.00|5",
    ),
    _good(
        "SH-06", "Sleeping bag", "Nursery", "bed-linen",
        "From 6 to 24 months in two sizes, warmth 2.5 tog, with a zip that opens from below.",
        "Cotton, wool", "SB-90|90 cm|69.00|11", "SB-110|110 cm|74.00|6",
    ),
]  # fmt: skip
