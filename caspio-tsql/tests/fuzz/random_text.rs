//! Random text from a loose grammar, and its mutations.

/// A random generator (xorshift), so that a seed means the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const ATOMS: &[&str] = &[
    "PK_ID",
    "A",
    "[B]",
    "N",
    "S",
    "T.T",
    "M",
    "Flag",
    "D",
    "Pass",
    "Tags",
    "Nobody",
    "u.A",
    "*",
    "1",
    "0",
    "-1",
    "2.5",
    "1e3",
    "99999999999999999999",
    "0.00001",
    "'x'",
    "N'é'",
    "''",
    "'5'",
    "'2024-02-29'",
    "'1/2/2024 3:04 PM'",
    "'$1,000.50'",
    "NULL",
    "GETDATE()",
    "'%[a-c_]%'",
    "@p",
    "$5",
    "true",
    "pk",
    "c1",
];
const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "%", "=", "<>", "!=", "<", "<=", ">", ">=", "AND", "OR", "LIKE",
    "NOT LIKE", "&", "||", "IS",
];
const CALLS: &[&str] = &[
    "LEN",
    "LEFT",
    "RIGHT",
    "SUBSTRING",
    "CHARINDEX",
    "PATINDEX",
    "REPLACE",
    "UPPER",
    "LTRIM",
    "CONCAT",
    "REVERSE",
    "REPLICATE",
    "STUFF",
    "SPACE",
    "TRIM",
    "ABS",
    "ROUND",
    "CEILING",
    "FLOOR",
    "POWER",
    "SQRT",
    "SIGN",
    "LOG",
    "EXP",
    "SQUARE",
    "ISNULL",
    "COALESCE",
    "NULLIF",
    "IIF",
    "YEAR",
    "DAY",
    "EOMONTH",
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "STDEV",
    "LAG",
    "NEWID",
    "CHAR",
    "STR",
    "QUOTENAME",
    "FORMAT",
    "CHOOSE",
    "GREATEST",
    "CONCAT_WS",
    "DATALENGTH",
    "DATEFROMPARTS",
    "EOMONTH",
    "ISNUMERIC",
    "STRING_AGG",
    "ISJSON",
    "sqlite_version",
    "LOWER",
];
const PARTS: &[&str] = &[
    "day", "month", "yy", "hour", "week", "ms", "quarter", "dw", "x",
];
const TYPES: &[&str] = &[
    "int",
    "bigint",
    "tinyint",
    "float",
    "money",
    "decimal(10,2)",
    "varchar(5)",
    "nvarchar(max)",
    "datetime",
    "date",
    "bit",
    "uniqueidentifier",
    "xml",
];

pub(crate) fn value(random: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return random.pick(ATOMS).to_owned();
    }
    let next = depth - 1;
    match random.below(18) {
        0..=3 => random.pick(ATOMS).to_owned(),
        4..=6 => {
            let operator = random.pick(&OPERATORS[..5]);
            format!("{} {operator} {}", value(random, next), value(random, next))
        }
        7 => format!("({})", value(random, next)),
        8 => format!("-{}", value(random, next)),
        9 => format!(
            "CASE WHEN {} THEN {} ELSE {} END",
            condition(random, next),
            value(random, next),
            value(random, next)
        ),
        10 => format!(
            "CASE {} WHEN {} THEN {} END",
            value(random, next),
            value(random, next),
            value(random, next)
        ),
        11 => {
            let call = random.pick(&["CAST", "TRY_CAST"]);
            format!("{call}({} AS {})", value(random, next), random.pick(TYPES))
        }
        12 => {
            let style = random.pick(&["", ", 101", ", 103", ", 120", ", 126", ", 2", ", 999"]);
            let call = random.pick(&["CONVERT", "TRY_CONVERT"]);
            format!(
                "{call}({}, {}{style})",
                random.pick(TYPES),
                value(random, next)
            )
        }
        13 => {
            let call = random.pick(&["DATEADD", "DATEDIFF", "DATEPART", "DATENAME"]);
            format!(
                "{call}({}, {}, {})",
                random.pick(PARTS),
                value(random, next),
                value(random, next)
            )
        }
        14 => format!("({})", select(random, next)),
        15 => {
            let call = random.pick(&[
                "ROW_NUMBER()",
                "RANK()",
                "SUM(A)",
                "MIN(S)",
                "LAG(D)",
                "NTILE(2)",
                "COUNT(*)",
            ]);
            format!(
                "{call} OVER (PARTITION BY {} ORDER BY {})",
                value(random, next),
                value(random, next)
            )
        }
        _ => {
            let call = random.pick(CALLS);
            let count = random.below(4);
            let arguments: Vec<_> = (0..count).map(|_| value(random, next)).collect();
            format!("{call}({})", arguments.join(", "))
        }
    }
}

pub(crate) fn condition(random: &mut Random, depth: usize) -> String {
    let next = depth.saturating_sub(1);
    let not = if random.below(4) == 0 { "NOT " } else { "" };
    match random.below(if depth == 0 { 5 } else { 12 }) {
        0..=3 => {
            let operator = random.pick(OPERATORS);
            format!("{} {operator} {}", value(random, next), value(random, next))
        }
        4 => format!("{} IS {not}NULL", value(random, next)),
        5 => format!(
            "{} {not}IN ({}, {})",
            value(random, next),
            value(random, next),
            value(random, next)
        ),
        6 => format!(
            "{} {not}BETWEEN {} AND {}",
            value(random, next),
            value(random, next),
            value(random, next)
        ),
        7 => format!("{} {not}IN ({})", value(random, next), select(random, next)),
        8 => format!("{not}EXISTS ({})", select(random, next)),
        9 => format!("NOT ({})", condition(random, next)),
        _ => {
            let operator = random.pick(&["AND", "OR"]);
            format!(
                "({} {operator} {})",
                condition(random, next),
                condition(random, next)
            )
        }
    }
}

fn select(random: &mut Random, depth: usize) -> String {
    let next = depth.saturating_sub(1);
    let mut sql = format!(
        "SELECT {}{} FROM {}",
        random.pick(&["", "", "DISTINCT ", "TOP 2 "]),
        value(random, next),
        random.pick(&[
            "T",
            "U u",
            "T AS u",
            "Hidden",
            "secret",
            "sqlite_master",
            "(SELECT A, S FROM T) u",
            "T x JOIN U u ON x.PK_ID = u.A"
        ]),
    );
    if random.below(2) == 0 {
        sql.push_str(&format!(" WHERE {}", condition(random, next)));
    }
    if random.below(6) == 0 {
        sql.push_str(&format!(" GROUP BY {}", value(random, next)));
    }
    if random.below(6) == 0 {
        sql.push_str(&format!(" ORDER BY {}", value(random, next)));
    }
    sql
}

/// Cuts, repeats, swaps and corrupts text.
pub(crate) fn mutated(random: &mut Random, text: String) -> String {
    const POLLUTION: &[&str] = &[
        "'",
        "\"",
        "[",
        "]",
        "(",
        ")",
        ";",
        "--",
        "/*",
        "*/",
        "\0",
        "é",
        "\u{1F600}",
        "?1",
        ":x",
        " FROM ",
        " UNION SELECT x FROM secret ",
        ", ",
        " AS ",
        "''",
        "0x41",
        "N'",
        ".",
        "#",
    ];
    let mut characters: Vec<_> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(characters.len() + 1);
        let to = (at + random.below(8)).min(characters.len());
        match random.below(4) {
            0 => drop(characters.drain(at..to)),
            1 => {
                let copy = characters[at..to].to_vec();
                let _ = characters.splice(at..at, copy);
            }
            2 => characters[at..to].reverse(),
            _ => {
                let _ = characters.splice(at..at, random.pick(POLLUTION).chars());
            }
        }
    }
    characters.into_iter().collect()
}
