//! Tests of what the guard knows about the values of expressions and constants.

use super::*;
use crate::DateTime;

const FIELDS: &[FieldInfo] = &[
    FieldInfo::new("PK_ID", "pk_id").of::<i64>("i64"),
    FieldInfo::new("Age", "age").of::<Option<i32>>("Option<i32>"),
    FieldInfo::new("City", "city").of::<Option<String>>("Option<String>"),
    FieldInfo::new("At", "at").of::<Option<DateTime>>("Option<DateTime>"),
];

fn is_refused(sql: &str) -> bool {
    refusal(&Expr::Raw(sql.to_owned()), ObjectKind::Table, FIELDS).is_some()
}

#[test]
fn an_expression_has_one_value_whatever_it_is_compared_with() {
    for sql in [
        "YEAR(At) <> 2023 OR YEAR(At) <> 2024",
        "DATEPART(year, At) <> 2023 OR DATEPART(year, At) <> 2024",
        "DATEDIFF(day, At, GETDATE()) > 30 OR DATEDIFF(day, At, GETDATE()) < 60",
        "LEN(City) <> 5 OR LEN(City) <> 6",
        "LEN(City) > 5 OR LEN(City) < 8",
        "NOT (LEN(City) = 5 AND LEN(City) = 6)",
        "LEN(City) NOT BETWEEN 9 AND 3",
        "LEN(City) NOT IN (5) OR LEN(City) NOT IN (6, 7)",
        "ISNULL(Age, 0) <> 1 OR ISNULL(Age, 0) <> 2",
        "1 <> ABS(Age) OR ABS(Age) <> 2",
        "CAST(Score AS int) <> 1 OR CAST(Score AS int) <> 2",
        "LEN(City) = 0 OR LEN(City) > 0",
        "CHARINDEX('a', City) = 0 OR CHARINDEX('a', City) > 0",
        "Age % 2 <> 0 OR Age % 2 <> 1",
        "Age / 2 <> 5 OR Age / 2 <> 6",
        "Age - Score > 3 OR Age - Score < 5",
        "Age + Score <> 5 OR Age + Score <> 6",
    ] {
        assert!(is_refused(sql), "{sql}");
    }
    for sql in [
        "YEAR(At) <> 2023 AND YEAR(At) <> 2024",
        "YEAR(At) = 2023 OR YEAR(At) = 2024",
        "YEAR(At) IN (2023, 2024)",
        "LEN(City) > 5",
        "LEN(City) <> 5 OR LEN(Name) <> 6",
        "LEN(City) > 0",
        "LEN(City) BETWEEN 3 AND 9",
        "LEN(City) < 5 OR LEN(City) > 5",
        "ISNULL(Age, 0) = 0 OR ISNULL(Age, 0) > 18",
        "Age % 2 = 0 OR Age % 3 = 1",
        "Age - Score > 3 OR Score - Age > 3",
        "Age - Score < 3 OR Age - Score > 5",
        "DATEDIFF(day, At, GETDATE()) > 30 AND DATEDIFF(day, At, GETDATE()) < 60",
    ] {
        assert!(!is_refused(sql), "{sql}");
    }
}

#[test]
fn an_optional_parameter_is_judged_by_its_value() {
    for city in [
        "Rome",
        "St. Louis",
        "São Paulo",
        "Aix-en-Provence",
        "a@b.c",
        "O''Fallon",
        "2024-01-01",
    ] {
        for sql in [
            format!("'{city}' = '' OR City = '{city}'"),
            format!("'{city}' = 'any' OR City = '{city}'"),
            format!("ISNULL('{city}', '') = '' OR City = '{city}'"),
            format!("'{city}' IN ('any', 'each') OR City = '{city}'"),
            format!("NOT ('{city}' <> '') OR City = '{city}'"),
        ] {
            assert!(!is_refused(&sql), "{sql}");
        }
    }
    for sql in [
        "'' = '' OR City = ''",
        "'any' IN ('Any', 'each') OR City = 'any'",
        "'straße' = 'strasse' OR City = 'x'",
        "'ａ' = 'a' OR City = 'x'",
    ] {
        assert!(is_refused(sql), "{sql}");
    }
}

#[test]
fn from_names_a_table_in_a_subquery_only() {
    for sql in [
        "TRIM('.' FROM City) = 'abc'",
        "'Rome' IS DISTINCT FROM City",
        "'Rome' IS NOT DISTINCT FROM City",
        "PK_ID = 7 OR TRIM('.' FROM City) = 'abc'",
    ] {
        assert!(!is_refused(sql), "{sql}");
    }
    for sql in [
        "EXISTS (SELECT 1 FROM City)",
        "EXISTS (SELECT TRIM('.' FROM 'x') FROM City)",
    ] {
        assert!(is_refused(sql), "{sql}");
    }
}

#[test]
fn numbers_and_patterns_are_read_as_sql_server_reads_them() {
    for sql in [
        "PK_ID >= 3/2",
        "City LIKE 'Rome' OR City <> 'Rome' OR City IS NULL",
        "City LIKE '%_' OR City = '' OR City IS NULL",
        "City LIKE '%_%' OR City = '' OR City IS NULL",
    ] {
        assert!(is_refused(sql), "{sql}");
    }
    for sql in [
        "PK_ID >= 3.0/2",
        "PK_ID >= 4/2",
        "City LIKE 'Rome' OR City <> 'Paris' AND City <> 'Rome'",
        "City LIKE '%_'",
    ] {
        assert!(!is_refused(sql), "{sql}");
    }
}
