//! Names for the sample; several need correct quoting.

pub(super) const FIRST: [&str; 24] = [
    "Ada",
    "Grace",
    "Linus",
    "Margaret",
    "Edsger",
    "Barbara",
    "Ken",
    "Radia",
    "Donald",
    "Frances",
    "Zoë",
    "José",
    "Søren",
    "Łukasz",
    "Mary-Jane",
    "D'Arcy",
    "Anne Marie",
    "李",
    "🙂 Smiley",
    "Jean",
    "Katherine",
    "Tim",
    "Hedy",
    "Alan",
];

pub(super) const LAST: [&str; 24] = [
    "Lovelace",
    "Hopper",
    "Torvalds",
    "Hamilton",
    "Dijkstra",
    "Liskov",
    "Thompson",
    "Perlman",
    "Knuth",
    "Allen",
    "O'Brien",
    "D'Angelo",
    "van der Berg",
    "Müller",
    "Åström",
    "Nuñez",
    "Smith-Jones",
    "\"Quote\"",
    "[Bracket]",
    "100% Sure",
    "Under_Score",
    "小林",
    "Bartik",
    "Turing",
];

pub(super) const CITIES: [(&str, &str, i64); 12] = [
    ("Springfield", "IL", 114_394),
    ("Portland", "OR", 652_503),
    ("St. John's", "NL", 110_525),
    ("Coeur d'Alene", "ID", 54_628),
    ("Zürich", "ZH", 443_037),
    ("São Paulo", "SP", 11_451_245),
    ("New York", "NY", 8_804_190),
    ("Winston-Salem", "NC", 249_545),
    ("Kyōto", "26", 1_463_723),
    ("Oslo", "03", 709_037),
    ("Austin", "TX", 961_855),
    ("Łódź", "LD", 670_642),
];

pub(super) const INTERESTS: [&str; 6] = [
    "Sailing",
    "Chess",
    "Rock 'n' Roll",
    "Cooking",
    "Déjà vu",
    "Reading",
];

pub(super) const GOODS: [&str; 10] = [
    "Lamp",
    "Chair",
    "Desk",
    "Clock",
    "Mug",
    "Notebook",
    "Pen",
    "Backpack",
    "Bottle",
    "12\" Ruler",
];

pub(super) const MATERIALS: [&str; 5] = ["Oak", "Steel", "Glass", "Wool", "Clay"];

pub(super) const STATUSES: [&str; 5] = ["New", "Paid", "Shipped", "Returned", "Cancelled"];
