//! The findings of `caspio doctor`.

use crate::support::TestEnv;
use caspio_emulator::{ApiProfile, Rights};

#[test]
fn doctor_accepts_a_healthy_account() {
    let env = TestEnv::new();
    env.snapshot("doctor", &["doctor"]);
    env.snapshot("doctor_quick_json", &["doctor", "--quick", "--json"]);
}

#[test]
fn doctor_reports_problems_with_remedies() {
    let granted = ApiProfile::new("few", "rights")
        .grant("City", Rights::READ)
        .grant("Orders", Rights::INSERT);
    let env = TestEnv::of(caspio_emulator::Emulator::builder().profile(granted));
    let with = |id: &str, secret: &str| {
        let mut command = env.command(&["doctor"]);
        command
            .env("CASPIO_CLIENT_ID", id)
            .env("CASPIO_CLIENT_SECRET", secret);
        command.output().expect("the program runs")
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();

    let few = with("few", "rights");
    assert!(
        text(&few.stdout).contains("ok       table City: can be read"),
        "{}",
        text(&few.stdout)
    );
    let wrong = with("few", "wrong");
    assert_eq!(wrong.status.code(), Some(4), "{}", text(&wrong.stderr));
    assert!(
        text(&wrong.stdout).contains("failed   connection"),
        "{}",
        text(&wrong.stdout)
    );
    assert!(text(&wrong.stdout).contains("-> the client id or the client secret is wrong"));
}

#[test]
fn doctor_without_settings_explains_how_to_set_them() {
    let mut env = TestEnv::new();
    env.environment = false;
    env.snapshot("doctor_no_settings", &["doctor"]);
}
