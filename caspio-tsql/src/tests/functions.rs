//! The functions.

use super::{check, value};

#[test]
fn nulls_are_replaced() {
    check(
        value,
        &[
            ("ISNULL(NULL, 5)", "5"),
            ("ISNULL(Name, 'x')", "Anna"),
            ("ISNULL(Age, '7')", "34"),
            ("COALESCE(NULL, NULL, 3)", "3"),
            ("COALESCE(NULL, 1, 2.5)", "1.0"),
            ("NULLIF(Name, 'ANNA')", "NULL"),
            ("NULLIF(Age, 1)", "34"),
        ],
    );
}

#[test]
fn texts() {
    check(
        value,
        &[
            ("LEN('abc  ')", "3"),
            ("LEN(N'\u{1F600}')", "2"),
            ("LEN(123)", "3"),
            ("LEFT('abcdef', 2)", "ab"),
            ("RIGHT('abcdef', 2)", "ef"),
            ("SUBSTRING('abcdef', 2, 3)", "bcd"),
            ("SUBSTRING('abcdef', 0, 3)", "ab"),
            ("SUBSTRING('abc', 2, 99)", "bc"),
            ("CHARINDEX('D', 'abcdef')", "4"),
            ("CHARINDEX('a', 'abca', 2)", "4"),
            ("CHARINDEX('x', 'abc')", "0"),
            ("PATINDEX('%[0-9]%', 'ab3')", "3"),
            ("REPLACE('aBcabc', 'b', 'x')", "axcaxc"),
            ("UPPER('é') + LOWER('É')", "Éé"),
            ("LTRIM('  a ') + '|'", "a |"),
            ("RTRIM('  a ') + '|'", "  a|"),
            ("TRIM('  a ') + '|'", "a|"),
            ("CONCAT('a', NULL, 1, 2.5)", "a12.5"),
            ("REVERSE('abc')", "cba"),
            ("REPLICATE('ab', 3)", "ababab"),
            ("'[' + SPACE(3) + ']'", "[   ]"),
            ("STUFF('abcdef', 2, 3, 'X')", "aXef"),
            ("STUFF('abc', 9, 1, 'X')", "NULL"),
            (
                "LEFT('abc', -1)",
                "error: Invalid length parameter passed to the LEFT or SUBSTRING function.",
            ),
        ],
    );
}

#[test]
fn numbers() {
    check(
        value,
        &[
            ("ABS(-5)", "5"),
            ("ABS(-2.5)", "2.5"),
            ("ABS(Balance)", "$12.5"),
            ("ROUND(2.567, 2)", "2.570"),
            ("ROUND(2.567, 2, 1)", "2.560"),
            ("ROUND(1250, -2)", "1300"),
            ("ROUND(Balance, 0)", "$13"),
            ("CEILING(2.1)", "3"),
            ("FLOOR(-2.1)", "-3"),
            ("CEILING(Balance)", "$13"),
            ("FLOOR(Balance)", "$12"),
            ("FLOOR(7)", "7"),
            ("POWER(2, 10)", "1024"),
            ("POWER(2.0, 0.5)", "1.4"),
            ("SQRT(16)", "4.0"),
            ("SIGN(-3)", "-1"),
            (
                "SQRT(-1)",
                "error: An invalid floating point operation occurred.",
            ),
        ],
    );
}

#[test]
fn dates() {
    check(
        value,
        &[
            ("GETDATE()", "2024-02-29T12:30:00.000"),
            ("GETUTCDATE()", "2024-02-29T12:30:00.000"),
            ("CURRENT_TIMESTAMP", "2024-02-29T12:30:00.000"),
            ("DATEADD(day, -7, GETDATE())", "2024-02-22T12:30:00.000"),
            ("DATEADD(month, 1, '2024-01-31')", "2024-02-29T00:00:00.000"),
            ("DATEADD(yy, 1, '2024-02-29')", "2025-02-28T00:00:00.000"),
            ("DATEADD(hour, 36, '2024-01-01')", "2024-01-02T12:00:00.000"),
            ("DATEDIFF(day, '2024-01-01T23:59', '2024-01-02')", "1"),
            ("DATEDIFF(month, '2024-01-31', '2024-02-01')", "1"),
            ("DATEDIFF(year, '2023-12-31', '2024-01-01')", "1"),
            ("DATEDIFF(week, '2024-01-06', '2024-01-07')", "1"),
            ("DATEDIFF(minute, '2024-01-01', '2024-01-02')", "1440"),
            ("DATEPART(weekday, '2024-02-29')", "5"),
            ("DATEPART(quarter, '2024-02-29')", "1"),
            ("DATEPART(dy, '2024-02-29')", "60"),
            ("DATEPART(week, '2024-01-07')", "2"),
            ("DATENAME(month, '2024-02-29')", "February"),
            ("DATENAME(dw, '2024-02-29')", "Thursday"),
            ("YEAR(Born)", "1990"),
            ("MONTH('2024-02-29') + DAY('2024-02-29')", "31"),
            ("EOMONTH('2024-02-10')", "2024-02-29T00:00:00.000"),
            ("EOMONTH('2024-02-10', 1)", "2024-03-31T00:00:00.000"),
            ("DATEADD(day, 1, NULL)", "NULL"),
            (
                "DATEADD(fortnight, 1, Born)",
                "error: Invalid parameter 1 specified for dateadd.",
            ),
        ],
    );
}

#[test]
fn conversions() {
    check(
        value,
        &[
            ("CAST('5' AS int) + 1", "6"),
            ("CAST(2.9 AS int)", "2"),
            ("CAST(Balance AS int)", "13"),
            ("CAST('2024-02-29' AS datetime)", "2024-02-29T00:00:00.000"),
            (
                "CAST('2024-02-29 10:00' AS date)",
                "2024-02-29T00:00:00.000",
            ),
            ("CAST(Age AS varchar(1))", "3"),
            ("CAST(Age AS nvarchar(10)) + '!'", "34!"),
            ("CAST('12.34567' AS money)", "$12.3457"),
            ("CAST(1.005 AS decimal(10, 2))", "1.01"),
            ("CAST('1.25' AS float)", "1.25"),
            ("CAST(2 AS bit)", "1"),
            ("CONVERT(varchar(10), Born, 101)", "05/04/1990"),
            ("CONVERT(varchar, Born, 102)", "1990.05.04"),
            ("CONVERT(varchar, Born, 103)", "04/05/1990"),
            ("CONVERT(varchar, Born, 110)", "05-04-1990"),
            ("CONVERT(varchar, Born, 111)", "1990/05/04"),
            ("CONVERT(varchar(8), Born, 112)", "19900504"),
            ("CONVERT(varchar, Born, 120)", "1990-05-04 00:00:00"),
            ("CONVERT(varchar, Born, 121)", "1990-05-04 00:00:00.000"),
            ("CONVERT(varchar, Born, 126)", "1990-05-04T00:00:00"),
            ("CONVERT(varchar, Born, 23)", "1990-05-04"),
            ("CONVERT(varchar, Born)", "May  4 1990 12:00AM"),
            (
                "CONVERT(datetime, '04/05/1990', 103)",
                "1990-05-04T00:00:00.000",
            ),
            ("CONVERT(varchar, Balance)", "12.50"),
            (
                "CONVERT(varchar, CAST(1234567.891 AS money), 1)",
                "1,234,567.89",
            ),
            ("CONVERT(varchar, Score)", "1.5"),
            ("TRY_CAST('x' AS int)", "NULL"),
            ("TRY_CONVERT(datetime, 'soon')", "NULL"),
            ("TRY_CAST('7' AS int)", "7"),
            (
                "CAST('x' AS int)",
                "error: Conversion failed when converting the nvarchar value 'x' to data type int.",
            ),
            (
                "CAST(3000000000 AS int)",
                "error: Arithmetic overflow error converting expression to data type int.",
            ),
            (
                "CAST(1 AS xml)",
                "error: The type xml is T-SQL that this emulator does not know. SQL Server has it; what Caspio answers \
                 is not emulated.",
            ),
        ],
    );
}
