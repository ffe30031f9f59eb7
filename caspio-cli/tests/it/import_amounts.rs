//! Amounts with a decimal comma, among which a point may separate thousands.

use crate::support::people::{count, people_env, read, reasons, summary, write};
use serde_json::json;

#[test]
fn among_decimal_commas_a_point_before_three_digits_is_not_read_as_a_decimal_point() {
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

#[test]
fn commas_between_thousands_are_not_decimal_commas() {
    let env = people_env();
    let rows = "Code,Balance,Score\n\
        a,\"1,234\",0.125\n\
        b,0.125,\"12,345\"\n\
        c,999.125,1.500\n\
        d,1.500,2\n";
    write(&env, "a.csv", rows);

    let ran = env.run(&["import", "People", "a.csv", "--json"]);

    let result = summary(&ran);
    assert_eq!(
        (&result["inserted"], &result["refused"]),
        (&json!(2), &json!(2)),
        "{result}"
    );
    let reasons = reasons(&env, "a.refused.csv");
    assert!(reasons.keys().eq([&2, &3]), "{reasons:?}");
}

#[test]
fn a_fraction_after_a_zero_is_kept_among_decimal_commas() {
    let env = people_env();
    write(
        &env,
        "a.csv",
        "Code;Balance\na;0.125\nb;3,5\nc;1.234\nd;-0.500\n",
    );

    let ran = env.run(&["import", "People", "a.csv", "--json"]);

    let reasons = reasons(&env, "a.refused.csv");
    assert!(reasons.keys().eq([&3, &4]), "{reasons:?} {}", ran.stderr);
}

#[test]
fn an_ambiguous_number_is_refused_again_until_it_is_changed() {
    let env = people_env();
    let rows = "Code;Balance;Score\nRent;1.234;2.500\nPower;1.234,56;3,5\nGas;99,90;7\n";
    write(&env, "a.csv", rows);
    env.run(&["import", "People", "a.csv"]);

    // The rows with commas are corrected, and one of the two numbers of the first row.
    let refused = read(&env, "a.refused.csv");
    let refused = refused.replace("\"1.234,56\",\"3,5\"", "1234.56,3.5");
    let refused = refused.replace("Gas,\"99,90\"", "Gas,99.90");
    let refused = refused.replace("Rent,1.234,2.500", "Rent,1.234,2500");
    write(&env, "a.refused.csv", &refused);
    let mut file = "a.refused.csv".to_owned();
    for _ in 0..2 {
        let ran = env.run(&["import", "People", &file, "--json"]);

        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        assert_eq!(count(&env, "People"), 2);
        let result = summary(&ran);
        file = result["refused_file"].as_str().expect("a file").to_owned();
        let reasons = reasons(&env, &file);
        let reason = reasons.values().next().expect("a reason");
        assert!(
            reason.starts_with("AMBIGUOUS: Balance: \"1.234\" may be 1234"),
            "{reason}"
        );
        assert!(!reason.contains("Score"), "{reason}");
    }
    let refused = read(&env, &file).replace("Rent,1.234,", "Rent,1.2340,");
    write(&env, &file, &refused);
    let ran = env.run(&["import", "People", &file, "--json"]);

    assert_eq!(summary(&ran)["inserted"], json!(1), "{}", ran.stderr);
}

#[test]
fn an_ambiguous_number_is_sent_when_its_reason_is_removed() {
    let env = people_env();
    write(&env, "a.csv", "Code;Balance\nRent;1.234\nGas;99,90\n");
    env.run(&["import", "People", "a.csv"]);

    write(
        &env,
        "a.refused.csv",
        "Code,Balance,Line,Reason\nRent,1.234,2,\n",
    );
    let ran = env.run(&["import", "People", "a.refused.csv", "--json"]);

    assert_eq!(summary(&ran)["inserted"], json!(1), "{}", ran.stderr);
}
