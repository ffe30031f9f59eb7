//! Exact decimals: precision and scale of results, comparisons, conversions.

use super::*;

#[test]
fn results_have_the_scale_of_sql_servers_rules() {
    check(
        value,
        &[
            ("1.1 + 2.25", "3.35"),
            ("1.10 - 1.1", "0.00"),
            ("1.1 * 1.1", "1.21"),
            ("1 / 3.0", "0.333333"),
            ("2 / -3.0", "-0.666666"),
            ("7.5 % 2", "1.5"),
            ("-(1.5)", "-1.5"),
            ("Age / 3.0", "11.333333"),
            ("Balance / 1.1", "11.3636363"),
            ("3000000000 / 2", "1500000000.000000"),
            ("CAST(1 AS decimal(38, 10)) / 3", "0.3333333333"),
            (
                "CAST(12345678901234567890 AS decimal(38, 10)) * 1.5",
                "18518518351851851835.00000000",
            ),
            ("Score + 0.25", "1.75"),
            ("AVG(1.5) OVER (PARTITION BY Age)", "1.500000"),
            ("SUM(0.1) OVER (PARTITION BY Age)", "0.1"),
            ("1.0 / 0", "error: Divide by zero error encountered."),
        ],
    );
}

#[test]
fn comparisons_are_exact() {
    check(
        matching,
        &[
            ("0.1 + 0.2 = 0.3", "1; 2; 3; 4; 5"),
            ("Age > 33.999999999999999999999", "1; 3; 5"),
            ("Age < 34.000000000000000000001 AND Age > 20", "1; 5"),
            ("Age IN (34.0, 17.5)", "1; 5"),
            ("Age * 1.5 BETWEEN 51 AND 51.0", "1; 5"),
            ("1.50 IN (1.5)", "1; 2; 3; 4; 5"),
            ("Balance = 12.5", "1"),
            ("Balance * 1.0 = 12.5", "1"),
            ("Score = 1.5", "1"),
            ("1.5 = ANY (SELECT 1.50)", "1; 2; 3; 4; 5"),
            ("Age * 1.0 IN (SELECT Age FROM People WHERE PK_ID = 2)", "2"),
        ],
    );
}

#[test]
fn conversions_keep_the_scale_and_refuse_what_does_not_fit() {
    const OVERFLOW: &str =
        "error: Arithmetic overflow error converting numeric to data type numeric.";
    check(
        value,
        &[
            ("CAST(CAST(5 AS decimal(5, 2)) AS varchar(10))", "5.00"),
            ("CAST(10 / 4.0 AS varchar(10))", "2.500000"),
            ("CAST('1.255' AS decimal(5, 2))", "1.26"),
            ("CAST(CAST(2.5 AS float) AS decimal(5, 0))", "3"),
            ("CAST(12345.67 AS decimal(5, 2))", OVERFLOW),
            ("TRY_CAST(12345.67 AS decimal(5, 2))", "NULL"),
            ("TRY_CAST('x' AS decimal(5, 2))", "NULL"),
            (
                "CAST('' AS decimal(5, 2))",
                "error: Error converting data type nvarchar to numeric.",
            ),
            ("CAST(-1.9 AS int)", "-1"),
            ("CAST(1.00005 AS money)", "$1.0001"),
            ("CAST(0.0 AS bit)", "0"),
            ("ROUND(1.005, 2)", "1.010"),
            ("ROUND(155.5, -1)", "160.0"),
            ("ABS(-1.50)", "1.50"),
            ("SIGN(-1.50)", "-1.00"),
            ("FLOOR(-1.5)", "-2"),
            ("CEILING(-1.5)", "-1"),
            ("ISNULL(CAST(NULL AS decimal(5, 1)), 1.25)", "1.3"),
            ("COALESCE(1, 2.5)", "1.0"),
            ("CASE WHEN 1 = 1 THEN 1 ELSE 2.25 END", "1.00"),
            ("NULLIF(1.0, 1)", "NULL"),
            ("GREATEST(1.5, 2)", "2.0"),
        ],
    );
}
