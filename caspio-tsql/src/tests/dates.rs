//! `date`, `time` and `smalldatetime` as types.

use super::*;

#[test]
fn dates_times_and_minutes_have_texts_of_their_own() {
    check(
        value,
        &[
            ("CAST(CAST(Born AS date) AS varchar(20))", "1990-05-04"),
            (
                "'on ' + CONVERT(varchar(10), EOMONTH(Born))",
                "on 1990-05-31",
            ),
            (
                "CAST(CAST('20:30:51' AS time) AS varchar(20))",
                "20:30:51.0000000",
            ),
            (
                "CAST(CAST('20:30:51.6' AS time(0)) AS varchar(20))",
                "20:30:52",
            ),
            (
                "CONVERT(varchar(20), CAST(Born AS date), 101)",
                "05/04/1990",
            ),
            (
                "CONVERT(varchar(20), CAST(Born AS date), 100)",
                "May  4 1990",
            ),
            (
                "CAST('2024-01-01 10:00:30' AS smalldatetime)",
                "2024-01-01T10:01:00.000",
            ),
            (
                "CAST(CAST(Born AS date) AS datetime)",
                "1990-05-04T00:00:00.000",
            ),
            (
                "COALESCE(CAST(NULL AS date), Born)",
                "1990-05-04T00:00:00.000",
            ),
            (
                "CASE WHEN CAST(Born AS date) = '1990-05-04' THEN 'y' END",
                "y",
            ),
            (
                "CONVERT(varchar(10), DATEADD(day, 1, CAST(Born AS date)))",
                "1990-05-05",
            ),
            ("CAST('24-Jan-2022' AS datetime)", "2022-01-24T00:00:00.000"),
            (
                "CAST(DATEFROMPARTS(2024, 2, 29) AS varchar(10))",
                "2024-02-29",
            ),
            (
                "CAST(TIMEFROMPARTS(1, 2, 3, 0, 0) AS varchar(20))",
                "01:02:03",
            ),
            (
                "SMALLDATETIMEFROMPARTS(2024, 2, 29, 1, 2)",
                "2024-02-29T01:02:00.000",
            ),
            ("DATEFROMPARTS(2024, NULL, 1)", "NULL"),
        ],
    );
}

#[test]
fn a_date_has_no_arithmetic_and_no_hours() {
    check(
        value,
        &[
            (
                "CAST(Born AS date) + 1",
                "error: Operand type clash: date is incompatible with int",
            ),
            (
                "EOMONTH(Born) - CAST(Born AS date)",
                "error: Operand data type date is invalid for subtract operator.",
            ),
            (
                "CAST(Born AS date) + Born",
                "error: The data types date and datetime are incompatible in the add operator.",
            ),
            (
                "CAST(CAST(Born AS date) AS int)",
                "error: Explicit conversion from data type date to int is not allowed.",
            ),
            (
                "CAST(1 AS date)",
                "error: Explicit conversion from data type int to date is not allowed.",
            ),
            (
                "DATEADD(hour, 1, CAST(Born AS date))",
                "error: The datepart hour is not supported by date function dateadd for data type date.",
            ),
            (
                "DATEPART(day, CAST(Born AS time))",
                "error: The datepart day is not supported by date function datepart for data type time.",
            ),
            (
                "DATEDIFF(hour, CAST('2024-01-01' AS date), '2024-01-01T05:00')",
                "5",
            ),
        ],
    );
}
