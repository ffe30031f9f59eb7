//! Tests of what the guard knows about functions, products and texts.

use super::*;
use crate::filter::literal::Literal;
use crate::{Column, Date, DateTime};

pub(super) const FIELDS: &[FieldInfo] = &[
    FieldInfo::new("PK_ID", "pk_id").of::<i64>("i64"),
    FieldInfo::new("Age", "age").of::<Option<i32>>("Option<i32>"),
    FieldInfo::new("Phone", "phone").of::<Option<i64>>("Option<i64>"),
    FieldInfo::new("City", "city").of::<Option<String>>("Option<String>"),
    FieldInfo::new("At", "at").of::<Option<DateTime>>("Option<DateTime>"),
];

pub(super) fn is_refused(sql: &str) -> bool {
    refusal(&Expr::Raw(sql.to_owned()), ObjectKind::Table, FIELDS).is_some()
}

#[test]
fn a_function_with_a_certain_result_is_judged() {
    for sql in [
        // Null exactly where the column is.
        "LEN(City) IS NOT NULL OR City IS NULL",
        "City IS NOT NULL OR UPPER(RTRIM(City)) IS NULL",
        "Age + Size IS NOT NULL OR Age IS NULL OR Size IS NULL",
        "ISNULL(City, '') IS NOT NULL",
        "COALESCE(City, Name, 'x') IS NOT NULL",
        "LEN(PK_ID) IS NOT NULL",
        "CAST(Age AS varchar(9)) IS NULL OR Age IS NOT NULL",
        // Products.
        "PK_ID * PK_ID > 0",
        "Age * Age >= 0",
        "(Age - Size) * (Age - Size) >= 0",
        "PK_ID * LEN(City) >= 0",
        "PK_ID * PK_ID * PK_ID >= 1",
        "SQUARE(PK_ID) > 0",
        "ISNULL(Size, 0) * 0 = 0",
        "ROUND(PK_ID, 0) = PK_ID",
        "ROUND(PK_ID, 2) > 0",
        // Functions of constants.
        "PK_ID > LEN('')",
        "PK_ID > LEN('  ')",
        "PK_ID >= LEN(' a ') - 1",
        "PK_ID > FLOOR(0.5)",
        "PK_ID >= CEILING(0.5)",
        "PK_ID > ABS(0)",
        "UPPER(City) LIKE UPPER('%')",
        "City LIKE CONCAT('%', RTRIM('  '), '%')",
        "City LIKE '%' + LTRIM('') + '%'",
        "City LIKE ISNULL('%', 'x')",
        // What is equal to the column.
        "UPPER(City) = City",
        "City = City + ''",
        "'' + City = LOWER((City))",
        "RTRIM(City) >= City",
        "(PK_ID) > 0",
        "UPPER(City) <> 'a' OR City <> 'b'",
        "LOWER(City) IN ('a') OR City NOT IN ('A')",
        // The values that a function can have.
        "CHARINDEX('', Name) >= 0",
        "PATINDEX('%%', Name) >= 0",
        "CHARINDEX('a', Name) + 1 > 0",
        "YEAR(Due) > 0 AND MONTH(Due) <= 12",
        "ISNUMERIC(Name) IN (0, 1) OR ISNUMERIC(Name) > -1",
        "CONVERT(varchar, PK_ID) <> ''",
        "CAST(PK_ID AS nvarchar(20)) LIKE '_%'",
        // The numbers of a field of 32 bits.
        "Age <> 3000000000",
        "Age >= -2147483648 OR Age IS NULL",
        // The same value, however it is computed.
        "DIFFERENCE(City, Name) = DIFFERENCE(City, Name)",
        "DIFFERENCE(City, Name) > 3 OR DIFFERENCE(City, Name) <= 3",
    ] {
        assert!(is_refused(sql), "{sql}");
    }
}

#[test]
fn a_function_of_another_result_is_not_judged() {
    for sql in [
        "LEN(City) IS NOT NULL",
        "LEN(City) IS NOT NULL OR Name IS NULL",
        "LEN(City) IS NULL OR Name IS NOT NULL",
        "NULLIF(City, '') IS NOT NULL OR City IS NULL",
        "TRY_CAST(City AS int) IS NOT NULL OR City IS NULL",
        "ISNULL(City, Name) IS NOT NULL",
        "Age / Size IS NOT NULL OR Age IS NULL OR Size IS NULL",
        "ASCII(City) IS NOT NULL OR City IS NULL",
        "ASCII(City) >= 0",
        "PK_ID * Age > 0",
        "ROUND(PK_ID, -1) = PK_ID",
        "ROUND(PK_ID, -1) > 0",
        "ROUND(PK_ID, Age) > 0",
        "ROUND(PK_ID, 0, 1) > 0",
        "PK_ID * PK_ID > 1",
        "Age * Age > 0",
        "Age * Size >= 0",
        "(Age - 1) * (Age + 1) >= 0",
        "PK_ID > LEN('a')",
        "PK_ID > LEN('\u{130}')",
        "PK_ID > FLOOR(1.5)",
        "PK_ID > CEILING(0.5)",
        "City LIKE CONCAT('%', Name)",
        "City LIKE City + '%'",
        "City LIKE RTRIM(City)",
        "City = City + 'a'",
        "City = LTRIM(City)",
        "City = TRIM(City)",
        "City = REVERSE(City)",
        "DATALENGTH(UPPER(City)) = DATALENGTH(City)",
        "UPPER(City) <> 'a' OR Name <> 'b'",
        "CHARINDEX('', City) > 0",
        "PATINDEX('%%', City) > 0",
        "CHARINDEX('a', City) > -1 AND City = 'a'",
        "YEAR(Due) > 2024",
        "MONTH(Due) < 12",
        "ISNUMERIC(City) IN (0)",
        "CAST(PK_ID AS varchar) <> '5'",
        "CAST(PK_ID AS varchar) = '05' OR CAST(PK_ID AS varchar) <> '5'",
        "CAST(Size AS varchar) <> ''",
        "Phone <> 3000000000",
        "Size <> 3000000000",
        "Age <> 2147483647",
        "Age <> 2.5",
        "Age % 2 <= 1",
        "Age IN (1, 2) OR Age > 2 OR Age < 1",
        "UPPER(PK_ID) >= '5' OR PK_ID < 5",
        "LOWER(Age) >= '5' OR Age < 5",
        "UPPER(PK_ID) >= 'a'",
        "Age <> 5 OR Age IS NULL",
        "DIFFERENCE(City, Name) = DIFFERENCE(Name, City)",
        "DIFFERENCE(City, Name) > 3 OR DIFFERENCE(City, Name) < 3",
    ] {
        assert!(!is_refused(sql), "{sql}");
    }
}

#[test]
fn a_collation_and_random_values_are_not_judged() {
    for sql in [
        "UPPER(City) = City COLLATE Latin1_General_CS_AS",
        "UPPER(City) COLLATE Latin1_General_BIN = City COLLATE Latin1_General_BIN",
        "City COLLATE Latin1_General_CS_AS = 'a' OR City COLLATE Latin1_General_CS_AS <> 'A'",
        "City COLLATE Latin1_General_CS_AS IN ('a') OR NOT (City COLLATE Latin1_General_CS_AS IN ('A'))",
        "ABS(CHECKSUM(NEWID())) % 10 = 0",
        "CHECKSUM(NEWID(), PK_ID) = CHECKSUM(NEWID(), PK_ID)",
        "CHECKSUM(NEWID()) > 5 OR CHECKSUM(NEWID()) <= 5",
        "RAND(CHECKSUM(NEWID())) < 0.1",
    ] {
        assert!(!is_refused(sql), "{sql}");
    }
    assert!(is_refused("RAND() >= 0 OR PK_ID > 0"));
    assert!(is_refused("RAND() < 2"));
}

#[test]
fn texts_that_a_column_may_take_for_equal_are_not_judged() {
    for sql in [
        // A column of another type, or a collation, treats these as equal.
        "Due <> '2024-01-01' OR Due <> '2024-01-01T00:00:00'",
        "Due <> '2024-01-01T00:00:00' OR Due <> '2024-01-01T00:00:00.001'",
        "Due <> '2024-01-01' OR Due <> '2024-01-01 '",
        "Due <> '' OR Due <> '1900-01-01'",
        "City <> 'Zoe' OR City <> 'Zo\u{eb}'",
        "City <> 'Stra\u{df}e' OR City <> 'Strasse'",
        "Code <> '5' OR Code <> '5.0'",
        "Code = '05' OR Code <> '5'",
        // Their order is not that of their characters, or that of numbers.
        "City > 'z' OR City < '\u{e9}'",
        "City > 'co-op' OR City < 'coop'",
        "Code > '5' OR Code < '10'",
        "Due > '2024-01-01 13:00' OR Due < '2024-01-01T12:00'",
    ] {
        assert!(!is_refused(sql), "{sql}");
    }
    for sql in [
        "City <> 'Z\u{fc}rich' OR City <> 'Gen\u{e8}ve'",
        "City <> '5' OR City <> '10'",
        "City <> 'a-b' OR City <> 'c-d'",
        "City > '10' OR City < '5'",
        "Due > '2024-01-01' OR Due < '2024-01-02T12:00:00'",
        "Due <> '2024-01-01' OR Due <> '2024-01-02'",
    ] {
        assert!(is_refused(sql), "{sql}");
    }
}

#[test]
fn typed_conditions_of_texts_and_numbers_are_judged() {
    const CITY: Column<(), Option<String>> = Column::new("City");
    const AGE: Column<(), Option<i32>> = Column::new("Age");
    const SCORE: Column<(), Option<f64>> = Column::new("Score");
    const DUE: Column<(), Option<DateTime>> = Column::new("Due");
    let refused = |condition: &Expr| refusal(condition, ObjectKind::Table, FIELDS).is_some();
    for always in [
        !(CITY.eq("a") & CITY.eq("b")),
        !CITY.between("z", "a"),
        !CITY.between("9", "10"),
        AGE.ne(3_000_000_000_i64) | AGE.is_null(),
        AGE.ge(i32::MIN) | AGE.is_null(),
        !AGE.in_([3_000_000_000_i64]),
        AGE.le(i32::MAX) | AGE.is_null(),
        AGE.gt(i64::MIN),
        AGE.between(i32::MIN, i32::MAX),
        SCORE.le(f64::MAX) | SCORE.is_null(),
        SCORE.between(f64::MIN, f64::MAX),
        DUE.ge(Date::constant(1753, 1, 1)) | DUE.is_null(),
        DUE.le(Date::MAX),
        DUE.between(Date::constant(1753, 1, 1), Date::MAX),
        !DUE.lt(Date::constant(1753, 1, 1)),
        DUE.lt(DateTime::constant(9999, 12, 31, 23, 59, 59, 999_000_000)),
    ] {
        assert!(refused(&always.clone().into_expr()), "{always:?}");
    }
    for other in [
        !(CITY.eq("a") & AGE.eq(5)),
        !CITY.between("a", "z"),
        AGE.ne(30) | AGE.is_null(),
        AGE.gt(i32::MIN),
        AGE.between(i32::MIN, 30),
        SCORE.lt(f64::MAX),
        SCORE.le(1e300),
        DUE.gt(Date::constant(1753, 1, 1)),
        DUE.between(Date::constant(1753, 1, 2), Date::MAX),
        DUE.lt(Date::MAX),
        DUE.eq(Date::MAX),
    ] {
        assert!(!refused(&other.clone().into_expr()), "{other:?}");
    }
    let unknown = Expr::compare(
        "Other",
        crate::filter::Operator::Ne,
        Literal::integer(3_000_000_000_i64),
    );
    assert!(!refused(&unknown));
}
