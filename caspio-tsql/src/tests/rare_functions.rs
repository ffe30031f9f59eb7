//! Functions and forms that are rare in conditions and columns.

use super::*;

#[test]
fn texts_and_codes() {
    check(
        value,
        &[
            ("ASCII('A')", "65"),
            ("ASCII('€')", "128"),
            ("CHAR(128)", "€"),
            ("CHAR(300)", "NULL"),
            ("UNICODE('é')", "233"),
            ("CONCAT_WS('-', 'a', NULL, 1)", "a-1"),
            ("CONCAT_WS(NULL, 'a', 'b')", "ab"),
            ("QUOTENAME('a]b')", "[a]]b]"),
            ("QUOTENAME('abc', 'x')", "NULL"),
            (
                "TRANSLATE('2*[3+4]/{7-2}', '[]{}', '()()')",
                "2*(3+4)/(7-2)",
            ),
            ("STR(123.45, 2, 2)", "**"),
            ("STR(FLOOR(123.45), 8, 3)", " 123.000"),
            ("SOUNDEX('Robert')", "R163"),
            ("SOUNDEX('Ashcraft')", "A261"),
            ("SOUNDEX('Tymczak')", "T522"),
            ("DIFFERENCE('Green', 'Greene')", "4"),
            ("STUFF('abcdef', 2, 3, NULL)", "aef"),
            ("TRIM('ab' FROM 'BaXba')", "X"),
            ("DATALENGTH(Name)", "8"),
            ("DATALENGTH('ab ')", "3"),
            ("DATALENGTH(Age)", "4"),
            ("ISNUMERIC('1e3')", "1"),
            ("ISNUMERIC('$1,000')", "1"),
            ("ISNUMERIC('')", "0"),
            ("ISNUMERIC(NULL)", "0"),
            ("FORMAT(1234567.891, 'N')", "1,234,567.89"),
            ("FORMAT(-5, 'C')", "($5.00)"),
            ("FORMAT(0.256, 'P1')", "25.6%"),
            ("FORMAT(7, 'D3')", "007"),
            ("FORMAT(1234.5, '#,##0.##')", "1,234.5"),
            ("FORMAT(-0.004, '0.00')", "0.00"),
            ("FORMAT(Born, 'd')", "5/4/1990"),
            ("FORMAT(Born, 'dddd, dd MMM yy')", "Friday, 04 May 90"),
        ],
    );
    for text in [
        "FORMAT(1, 'E2')",
        "FORMAT(1, 'N', 'de-DE')",
        "FORMAT(1, Name)",
    ] {
        let error = value(text).expect_err(text);
        assert!(matches!(error, TsqlError::NotEmulated { .. }), "{error}");
    }
}

#[test]
fn choices_and_numbers() {
    check(
        value,
        &[
            ("CHOOSE(2, 'a', 'b')", "b"),
            ("CHOOSE(0, 'a', 'b')", "NULL"),
            ("GREATEST(1, NULL, 3)", "3"),
            ("LEAST('b', 'A')", "A"),
            ("LOG(8, 2)", "3.0"),
            ("DEGREES(PI())", "180.0"),
            ("RADIANS(180)", "3"),
            ("ATN2(0, 1)", "0.0"),
            ("1 + 2 & 3", "3"),
            ("1 & 2 + 3", "3"),
            ("6 ^ 3 | 8", "13"),
            ("~CAST(1 AS bit)", "0"),
            ("0x10 + 1", "17"),
            ("$1.5 * 2", "$3"),
            ("-$1.5", "$-1.5"),
            ("NULLIF(-NULL, 1)", "NULL"),
            (
                "NULLIF((NULL), 1)",
                "error: The type of the first argument to NULLIF cannot be the NULL constant because the type of the \
                 first argument has to be known.",
            ),
            ("CASE WHEN 1 = 1 THEN 5 ELSE 'x' END", "5"),
            (
                "CASE WHEN 1 = 1 THEN 'x' ELSE 5 END",
                "error: Conversion failed when converting the nvarchar value 'x' to data type int.",
            ),
            ("{fn UCASE('a')}", "A"),
            ("{fn NOW()}", "2024-02-29T12:30:00.000"),
            ("{d '2020-01-02'}", "2020-01-02T00:00:00.000"),
            ("{t '03:04:05'}", "2024-02-29T03:04:05.000"),
        ],
    );
}

#[test]
fn an_int_overflows_and_a_bigint_does_not() {
    const OVERFLOW: &str =
        "error: Arithmetic overflow error converting expression to data type int.";
    check(
        value,
        &[
            ("2147483647 + 1", OVERFLOW),
            ("-2147483647 - 2", OVERFLOW),
            ("Age * 100000000", OVERFLOW),
            ("CAST(2147483647 AS bigint) + 1", "2147483648"),
        ],
    );
}

#[test]
fn quantified_comparisons_have_three_values() {
    check(
        matching,
        &[
            ("Age > ALL (SELECT 30)", "1; 3; 5"),
            (
                "Age > ALL (SELECT Age FROM People WHERE 1 = 0)",
                "1; 2; 3; 4; 5",
            ),
            ("NOT Age > ALL (SELECT Age FROM People)", "1; 2; 3; 5"),
            (
                "Age = ANY (SELECT Age FROM People WHERE PK_ID < 3)",
                "1; 2; 5",
            ),
            ("NOT Age = SOME (SELECT 17)", "1; 3; 5"),
            ("Name !< 'bob' AND Name !> 'bob'", "2; 3"),
            ("Age IS DISTINCT FROM 34", "2; 3; 4"),
            ("Age IS NOT DISTINCT FROM NULL", "4"),
            (
                "EXISTS (SELECT 1 FROM dbo.Orders WITH (NOLOCK))",
                "1; 2; 3; 4; 5",
            ),
        ],
    );
}

#[test]
fn texts_of_a_group_are_joined() {
    let joined = |select: &str| {
        query(&QueryParts {
            select: Some(select),
            ..QueryParts::default()
        })
    };
    check(
        joined,
        &[
            (
                "STRING_AGG(Name, ', ') WITHIN GROUP (ORDER BY PK_ID DESC)",
                "Élodie, BOB , bob, Anna",
            ),
            (
                "STRING_AGG(Age, ',') WITHIN GROUP (ORDER BY PK_ID)",
                "34,17,40,34",
            ),
        ],
    );
}

#[test]
fn a_function_of_sql_server_that_is_not_known_is_not_called_unknown_to_it() {
    let known = value("HASHBYTES('MD5', Name)").expect_err("not known here");
    let unknown = value("HASHBITES(Name)").expect_err("no function");

    assert!(matches!(known, TsqlError::NotEmulated { .. }), "{known}");
    assert_eq!(
        unknown.to_string(),
        "'HASHBITES' is not a recognized built-in function name."
    );
}

#[test]
fn subqueries_are_combined_and_cut() {
    check(
        matching,
        &[
            (
                "PK_ID IN (SELECT 1 UNION ALL SELECT 2 UNION SELECT 1)",
                "1; 2",
            ),
            (
                "PK_ID IN (SELECT PK_ID FROM People EXCEPT SELECT Person_ID FROM Orders)",
                "3; 4; 5",
            ),
            (
                "PK_ID IN (SELECT 1 UNION SELECT PK_ID FROM People INTERSECT SELECT 4)",
                "1; 4",
            ),
            (
                "Name IN (SELECT 'ANNA' UNION SELECT Name FROM People WHERE PK_ID = 2)",
                "1; 2; 3",
            ),
            ("EXISTS (SELECT 'a' INTERSECT SELECT 'A ')", "1; 2; 3; 4; 5"),
            ("PK_ID IN (SELECT 1.5 UNION SELECT 2)", "2"),
            (
                "PK_ID IN (SELECT PK_ID FROM People ORDER BY PK_ID DESC OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY)",
                "3; 4",
            ),
            (
                "EXISTS (SELECT 1 UNION SELECT 1, 2)",
                "error: All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of \
                 expressions in their target lists.",
            ),
            (
                "PK_ID IN (SELECT PK_ID FROM People OFFSET 1 ROWS)",
                "error: Incorrect syntax near 'OFFSET'.",
            ),
        ],
    );
}
