//! Tests of what the guard knows about Yes/No columns and keys.

use super::*;
use crate::filter::Operator;
use crate::filter::literal::Literal;

const FIELDS: &[FieldInfo] = &[
    FieldInfo::new("PK_ID", "pk_id").of::<i64>("i64"),
    FieldInfo::new("Active", "active").of::<bool>("bool"),
    FieldInfo::new("Is done?", "done").of::<Option<bool>>("Option<bool>"),
    FieldInfo::new("Large", "large")
        .of::<Option<bool>>("Option<bool>")
        .read_only(),
    FieldInfo::new("Any", "any")
        .of::<bool>("bool")
        .expression("Name"),
];

fn refused_in(kind: ObjectKind, sql: &str) -> bool {
    refusal(&Expr::Raw(sql.to_owned()), kind, FIELDS).is_some()
}

#[test]
fn a_yes_no_column_has_two_values() {
    for sql in [
        "Active IN (0,1,NULL)",
        "Active IN (0, Age, 1)",
        "1 - Active = 0 OR ACTIVE = 0",
        "ABS(Active) <= 1 AND Active > -1",
        "CAST(Active AS int) IN (0, 1)",
        "[Is done?] = 1 OR \"is done?\" = 0",
        "[Is done?] IS NOT NULL",
        "PK_ID >= Active",
        "Active LIKE '_%'",
    ] {
        assert!(refused_in(ObjectKind::Table, sql), "{sql}");
    }
    for sql in [
        "Active = 1",
        "Active IN (1, Age)",
        "Active = 1 OR [Is done?] = 0",
        "Active >= 1",
        "Active IS NULL",
        "Active = 1 AND (Active = 0 OR Active = 1)",
        "[Any] IN (0,1)",
        "Age IN (0,1)",
        "Active NOT LIKE '_%'",
        "PK_ID > Active",
        "Large IS NOT NULL",
    ] {
        assert!(!refused_in(ObjectKind::Table, sql), "{sql}");
    }
    assert!(!refused_in(ObjectKind::View, "[Is done?] IS NOT NULL"));
    assert!(refused_in(ObjectKind::View, "[Is done?] IN (1,0)"));
}

#[test]
fn a_view_s_key_is_a_text_that_is_not_blank() {
    for sql in [
        "PK_ID <> ''",
        "PK_ID > ' '",
        "PK_ID >= '0'",
        "PK_ID NOT LIKE ''",
        "PK_ID LIKE '%_'",
        "PK_ID IS NOT NULL",
        "PK_ID NOT IN ('', '0')",
        "DATALENGTH(PK_ID) > 0",
        "PK_ID > 0",
    ] {
        assert!(refused_in(ObjectKind::View, sql), "{sql}");
    }
    for sql in [
        "PK_ID <= '9999999999'",
        "PK_ID > '05'",
        "PK_ID LIKE '_'",
        "PK_ID LIKE '%__%'",
        "PK_ID LIKE '1%'",
        "PK_ID = ''",
        "PK_ID IN ('', '3,5')",
    ] {
        assert!(!refused_in(ObjectKind::View, sql), "{sql}");
    }
}

#[test]
fn many_yes_no_columns_are_judged_in_little_time() {
    let each = |sign: &str| {
        let columns = (0..40)
            .map(|at| Expr::compare(format!("A{at}"), Operator::Eq, Literal::yes_no(at % 2 == 0)));
        let all = columns.reduce(|all, one| {
            if sign == "or" {
                all.or(one)
            } else {
                all.and(one)
            }
        });
        all.unwrap_or(Expr::NOTHING)
    };
    let refused = |condition: &Expr| refusal(condition, ObjectKind::Table, &[]);
    assert_eq!(refused(&each("or")), None);
    assert_eq!(refused(&each("and")), None);
    assert!(refused(&each("or").or(Expr::EVERYTHING)).is_some());
}
