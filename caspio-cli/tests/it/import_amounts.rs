//! Amounts with a decimal comma, among which a point may separate thousands.

use crate::support::people::{count, people_env, reasons, summary, write};
use serde_json::json;

#[test]
fn among_decimal_commas_a_point_before_three_digits_is_not_taken_for_a_decimal_point() {
    let env = people_env();
    let rows = "Code;Balance;Score;Age\n\
        Rent;1.234;2.500;1.000\n\
        Power;1.234,56;3,5;2\n\
        Gas;99,90;7;1.000,0\n\
        Water;12.5;0.25;3\n\
        Cable;-1.234;8;4\n";
    write(&env, "a.csv", rows);

    for more in [&["--dry-run"][..], &[]] {
        let ran = env.run(&[&["import", "People", "a.csv", "--json"], more].concat());

        let result = summary(&ran);
        assert_eq!(
            (&result["inserted"], &result["refused"]),
            (&json!(1), &json!(4)),
            "{result}"
        );
        let name = if more.is_empty() {
            "a.refused.csv"
        } else {
            "a.dry-run.refused.csv"
        };
        let reasons = reasons(&env, name);
        for column in ["Balance", "Score", "Age"] {
            let reason = &reasons[&2];
            assert!(reason.contains(&format!("{column}: \"")), "{reason}");
        }
        assert!(
            reasons[&2].contains("\"1.234\" may be 1234"),
            "{}",
            reasons[&2]
        );
        assert!(reasons[&2].contains("line 3"), "{}", reasons[&2]);
        assert!(
            reasons[&6].contains("\"-1.234\" may be -1234"),
            "{}",
            reasons[&6]
        );
    }
    assert_eq!(count(&env, "People"), 1);
}

#[test]
fn without_a_decimal_comma_in_its_column_a_point_is_a_decimal_point() {
    let env = people_env();
    write(
        &env,
        "a.csv",
        "Code,Balance,Score,Notes\na,1.234,2.500,\"1,5\"\nb,2,0.125,\"3,5\"\n",
    );

    let ran = env.run(&["import", "People", "a.csv", "--json"]);

    assert_eq!(summary(&ran)["inserted"], json!(2), "{}", ran.stderr);
}
