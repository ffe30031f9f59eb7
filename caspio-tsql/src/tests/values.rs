//! Comparison, logic and arithmetic.

use super::{check, matching, value};

#[test]
fn text_compares_without_case_and_trailing_blanks() {
    check(
        matching,
        &[
            ("Name = 'BOB'", "2; 3"),
            ("Name = N'bob   '", "2; 3"),
            ("Name <> 'bob'", "1; 4"),
            ("Name = 'éLODIE'", "4"),
            ("Name = 'elodie'", ""),
            ("Name IN ('ANNA', 'Bob')", "1; 2; 3"),
            ("Name NOT IN ('ANNA', 'Bob')", "4"),
            ("Name BETWEEN 'a' AND 'c'", "1; 2; 3"),
            ("Name < 'F'", "1; 2; 3; 4"),
            ("Name > 'z'", ""),
            ("'anna' = Name", "1"),
        ],
    );
}

#[test]
fn a_backslash_before_a_line_break_continues_a_text() {
    check(
        matching,
        &[
            ("Name = 'B\\\nob'", "2; 3"),
            ("Name = N'B\\\r\nob'", "2; 3"),
            ("LEN('a\\\\\n\nb') = 4", "1; 2; 3; 4; 5"),
            ("LEN('a\\b') = 3", "1; 2; 3; 4; 5"),
        ],
    );
}

#[test]
fn like_supports_wildcards_sets_and_escapes() {
    check(
        matching,
        &[
            ("Name LIKE 'b%'", "2; 3"),
            ("Name LIKE 'BOB'", "2"),
            ("Name LIKE '_nn_'", "1"),
            ("Name LIKE '[a-b]%'", "1; 2; 3"),
            ("Name LIKE '[^a]%'", "2; 3; 4"),
            ("Name NOT LIKE 'b%'", "1; 4"),
            ("Name LIKE NULL", ""),
            ("Age LIKE '3%'", "1; 5"),
            (
                "EXISTS (SELECT 1 FROM Orders WHERE [Order Note] LIKE '50!%%' ESCAPE '!')",
                "1; 2; 3; 4; 5",
            ),
        ],
    );
}

#[test]
fn null_is_neither_equal_nor_unequal() {
    check(
        matching,
        &[
            ("Age = NULL", ""),
            ("Age <> NULL", ""),
            ("Age IS NULL", "4"),
            ("Name IS NOT NULL AND Age IS NOT NULL", "1; 2; 3"),
            ("NOT (Age > 20)", "2"),
            ("Age > 20 OR Age IS NULL", "1; 3; 4; 5"),
            ("Age IN (34, NULL)", "1; 5"),
            ("Age NOT IN (34, NULL)", ""),
            ("Tags IS NULL", "3; 5"),
        ],
    );
}

#[test]
fn yes_no_compares_with_one_and_zero() {
    check(
        matching,
        &[
            ("Active = 1", "1; 3; 5"),
            ("Active = 0", "2; 4"),
            ("Active = '1'", "1; 3; 5"),
            ("Active <> 1", "2; 4"),
            ("Active = 'true'", "1; 3; 5"),
            ("Active = true", "error: Invalid column name 'true'."),
            ("Active = false", "error: Invalid column name 'false'."),
            (
                "Active",
                "error: An expression of non-boolean type specified in a context where a \
                 condition is expected.",
            ),
        ],
    );
}

#[test]
fn numbers_compare_across_types_and_with_texts() {
    check(
        matching,
        &[
            ("PK_ID = '5'", "5"),
            ("PK_ID IN ('1', '2')", "1; 2"),
            ("Age > 33.5 AND Age < '40'", "1; 5"),
            ("Score = 1.5", "1"),
            ("Score >= '2.25'", "2"),
            ("Age != 34", "2; 3"),
            ("-Age = -34", "1; 5"),
            ("PK_ID % 2 = 1", "1; 3; 5"),
            ("Age BETWEEN 17 AND 34", "1; 2; 5"),
            ("Age NOT BETWEEN 17 AND 34", "3"),
            ("2 BETWEEN PK_ID AND Age", "1; 2"),
            (
                "PK_ID = 'x'",
                "error: Conversion failed when converting the nvarchar value 'x' to data type int.",
            ),
            (
                "Name = 5",
                "error: Conversion failed when converting the nvarchar value 'Anna' to data type int.",
            ),
        ],
    );
}

#[test]
fn money_compares_exactly() {
    check(
        matching,
        &[
            ("Balance = 12.5", "1"),
            ("Balance = '12.50'", "1"),
            ("Balance = '$12.50'", "1"),
            ("Balance = 99.9999", "4"),
            ("Balance > 99.99985", "4"),
            ("Balance >= 99.99991", ""),
            ("Balance = 99.99990", "4"),
            ("Balance < 0", "2"),
            ("Balance IN (0, 12.5, '99.9999')", "1; 3; 4"),
            ("Balance BETWEEN -0.5 AND 0.00001", "2; 3"),
            ("Balance > Score", "1; 4"),
        ],
    );
}

#[test]
fn dates_are_rounded_to_steps_of_a_datetime() {
    let stored = |text: &str| crate::stored_date(text.parse().expect("a date"));
    for (written, step) in [
        ("2022-01-24T20:30:51.991", "2022-01-24T20:30:51.990"),
        ("2022-01-24T20:30:51.992", "2022-01-24T20:30:51.993"),
        ("2022-01-24T20:30:51.994", "2022-01-24T20:30:51.993"),
        ("2022-01-24T20:30:51.995", "2022-01-24T20:30:51.997"),
        ("2022-01-24T20:30:51.9989999", "2022-01-24T20:30:51.997"),
        ("2022-12-31T23:59:59.999", "2023-01-01T00:00:00.000"),
        ("9999-12-31T23:59:59.999", "9999-12-31T23:59:59.997"),
        ("2022-01-24T20:30:51.607", "2022-01-24T20:30:51.607"),
    ] {
        assert_eq!(stored(written), step, "{written}");
    }
}

#[test]
fn dates_compare_with_texts_that_are_dates() {
    check(
        matching,
        &[
            ("Born = '1990-05-04'", "1"),
            ("Born = '19900504'", "1"),
            ("Born = '5/4/1990'", "1"),
            ("Born = '5/4/1990 6:00 PM'", "5"),
            ("Born = '2007-01-24T20:30:51.607'", "2"),
            ("Born >= '2007-01-24 20:30:51'", "2"),
            ("Born BETWEEN '1984-01-01' AND '1990-12-31'", "1; 4; 5"),
            ("Born < GETDATE()", "1; 2; 4; 5"),
            (
                "Born = 'soon'",
                "error: Conversion failed when converting date and/or time from character string.",
            ),
            (
                "Born = '1990-02-30'",
                "error: The conversion of a nvarchar data type to a datetime data type resulted in an out-of-range value.",
            ),
        ],
    );
}

#[test]
fn conditions_combine() {
    check(
        matching,
        &[
            ("Age = 34 AND Active = 1 OR PK_ID = 2", "1; 2; 5"),
            ("Age = 34 AND (Active = 0 OR PK_ID = 5)", "5"),
            ("NOT Active = 1 AND NOT PK_ID = 2", "4"),
            ("[PK_ID] = 1 /* the first */ -- of all", "1"),
            ("People.PK_ID = 1", "1"),
            ("PK_ID = 1 OR\n\tPK_ID = 2", "1; 2"),
        ],
    );
}

#[test]
fn arithmetic_follows_the_types() {
    check(
        value,
        &[
            ("5 / 2", "2"),
            ("-5 / 2", "-2"),
            ("-5 % 3", "-2"),
            ("5 / 2.0", "2.500000"),
            ("1 + 2 * 3 - 4", "3"),
            ("(1 + 2) * 3", "9"),
            ("Balance + 1", "$13.5"),
            ("Balance + 0.25", "12.7500"),
            ("Balance * 2", "$25"),
            ("2 * Balance", "$25"),
            ("Balance / 3", "$4.1666"),
            ("Balance * Balance", "$156.25"),
            ("Balance / Balance", "$1"),
            ("Balance * 1.1", "13.75000"),
            ("Balance * Score", "18.75"),
            ("-Balance", "$-12.5"),
            ("Age + Score", "35.5"),
            ("Age + NULL", "NULL"),
            ("Age + '1'", "35"),
            ("Active + 1", "2"),
            ("1 / 0", "error: Divide by zero error encountered."),
            ("9223372036854775807 + 1", "9223372036854775808"),
            (
                "Active + Active",
                "error: Operand data type bit is invalid for add operator.",
            ),
            (
                "Name * 2",
                "error: Conversion failed when converting the nvarchar value 'Anna' to data type int.",
            ),
            (
                "Name - Name",
                "error: Operand data type nvarchar is invalid for subtract operator.",
            ),
        ],
    );
}

#[test]
fn plus_concatenates_text_and_adds_to_dates() {
    check(
        value,
        &[
            ("'a' + 'b' + N'c'", "abc"),
            ("Name + '!'", "Anna!"),
            ("Name + NULL", "NULL"),
            ("'O''Brien'", "O'Brien"),
            ("Born + 1", "1990-05-05T00:00:00.000"),
            ("Born - 1.5", "1990-05-02T12:00:00.000"),
            ("'5' + 1", "6"),
            (
                "'a' + 1",
                "error: Conversion failed when converting the nvarchar value 'a' to data type int.",
            ),
        ],
    );
}

#[test]
fn case_has_the_highest_type_of_its_results() {
    check(
        value,
        &[
            ("CASE WHEN Age > 18 THEN 'adult' ELSE 'minor' END", "adult"),
            ("CASE Name WHEN 'ANNA' THEN 1 WHEN 'bob' THEN 2 END", "1"),
            ("CASE Age WHEN '34' THEN 'yes' END", "yes"),
            ("CASE WHEN 1 = 2 THEN 1 END", "NULL"),
            ("CASE WHEN 1 = 2 THEN 1 ELSE 2.5 END", "2.5"),
            ("CASE WHEN 1 = 1 THEN 1 ELSE 2.5 END", "1.0"),
            ("CASE WHEN 1 = 1 THEN Balance ELSE 0 END", "$12.5"),
            ("IIF(Age > 18, 'a', 'b')", "a"),
            ("IIF(Name = 'x' OR Name IS NULL, 1, 0)", "0"),
        ],
    );
}
