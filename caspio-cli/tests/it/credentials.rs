//! Where credentials and tokens come from and are stored, and that no secret is ever shown.

use crate::support::{SECRET, TestEnv};
use std::fs;

fn login(env: &TestEnv, profile: &str) {
    let input = format!("{}\ntest-client-id\n{SECRET}\n", env.emulator.url());
    let ran = env.piped(&["login", "--profile", profile], &input);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

fn without_environment() -> TestEnv {
    let mut env = TestEnv::new();
    env.environment = false;
    env
}

#[test]
fn a_login_is_used_until_the_logout() {
    let env = without_environment();
    login(&env, "default");

    assert_eq!(env.ok(&["count", "Contacts"]), "200\n");
    assert!(env.ok(&["whoami"]).contains("from       profile default"));

    assert_eq!(env.ok(&["logout"]), "Removed profile default.\n");
    let ran = env.run(&["count", "Contacts"]);
    assert_eq!(ran.code, Some(4));
    assert!(ran.stderr.contains("run `caspio login`"), "{}", ran.stderr);
    assert_eq!(env.run(&["logout"]).code, Some(3));
    let tokens = env
        .kept()
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|e| e == "json"));
    assert!(
        tokens
            .into_iter()
            .all(|(path, _)| !path.to_string_lossy().contains("tokens"))
    );
}

#[test]
fn wrong_credentials_are_not_saved() {
    let env = without_environment();
    let input = format!("{}\ntest-client-id\nwrong\n", env.emulator.url());

    let ran = env.piped(&["login"], &input);

    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("the client id or the client secret is wrong"),
        "{}",
        ran.stderr
    );
    assert_eq!(env.run(&["whoami"]).code, Some(4));
}

#[test]
fn a_missing_answer_is_named() {
    let env = without_environment();
    let ran = env.piped(&["login"], "b3poa\n");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("no client id was given"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_environment_comes_before_the_default_profile_and_after_a_named_one() {
    let mut env = without_environment();
    login(&env, "default");
    login(&env, "work");
    env.environment = true;

    assert!(env.ok(&["whoami"]).contains("the environment"));
    assert!(
        env.ok(&["whoami", "--profile", "work"])
            .contains("profile work")
    );
    let ran = env.run(&["whoami", "--profile", "play"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.stderr.contains("the profiles are default, work"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_secret_is_never_sent_to_another_account() {
    let env = without_environment();
    login(&env, "default");

    let ran = env.run(&["tables", "--profile", "default", "--account", "someoneelse"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let ran = env.run(&["tables", "--account", "someoneelse"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);

    assert!(
        env.ok(&["tables", "--account", &env.emulator.url()])
            .contains("Contacts")
    );
}

#[test]
fn a_token_is_reused_by_later_runs() {
    let env = TestEnv::new();
    for _ in 0..3 {
        env.ok(&["count", "Contacts"]);
    }
    assert_eq!(env.emulator.calls().total(), 3 + 1);

    env.emulator.revoke_tokens();
    env.ok(&["count", "Contacts"]);
    env.ok(&["count", "Contacts"]);
    // A refused call, a new token, the call again; then one call.
    assert!(
        env.emulator.calls().total() <= 4 + 3 + 1 + 1,
        "{}",
        env.emulator.calls().total()
    );
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_saved_files() {
    use std::os::unix::fs::PermissionsExt;
    let env = without_environment();
    login(&env, "default");
    let mode =
        |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;

    for (path, _) in env.kept() {
        let lock = path.to_string_lossy().ends_with(".lock");
        assert!(
            lock || mode(&path) == 0o600,
            "{} has mode {:o}",
            path.display(),
            mode(&path)
        );
    }

    let file = env.path("config/credentials.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("changed");
    let ran = env.run(&["tables"]);
    assert!(
        ran.stderr.contains("others on this machine can read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn no_secret_is_in_any_output_or_in_any_other_file() {
    let mut env = without_environment();
    login(&env, "default");
    let mut outputs = String::new();
    let mut run = |env: &TestEnv, arguments: &[&str]| {
        let ran = env.run(arguments);
        outputs += &ran.stdout;
        outputs += &ran.stderr;
    };
    let file = env.path("orders.csv").display().to_string();
    let commands: [&[&str]; 10] = [
        &["whoami"],
        &["whoami", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["tables"],
        &["count", "Nope"],
        &["count", "Contacts", "--where", "x y z", "--json"],
        &["export", "Orders", &file],
        &["usage"],
        &["logout", "--profile", "nobody"],
    ];
    for arguments in commands {
        run(&env, arguments);
    }
    env.environment = true;
    for arguments in commands {
        run(&env, arguments);
    }
    let is_token = |path: &std::path::Path| {
        let name = path.to_string_lossy();
        name.contains("tokens/") && name.ends_with(".json")
    };
    let token = env.kept().into_iter().find(|(path, _)| is_token(path));
    let token = token.expect("a token is kept").1;
    let token: serde_json::Value = serde_json::from_str(&token).expect("JSON");
    let mut secrets = vec![SECRET.to_owned()];
    let texts = token
        .as_object()
        .expect("members")
        .values()
        .filter_map(|value| value.as_str());
    secrets.extend(texts.filter(|text| text.len() > 30).map(str::to_owned));
    assert!(secrets.len() > 1, "the kept token is looked for as well");

    for secret in &secrets {
        assert!(!outputs.contains(secret.as_str()), "a secret was printed");
        for (path, text) in env.kept() {
            let own =
                path.ends_with("credentials.json") || path.to_string_lossy().contains("tokens/");
            assert!(
                own || !text.contains(secret.as_str()),
                "{} holds a secret",
                path.display()
            );
        }
    }
}

#[test]
fn a_damaged_profile_file_is_reported_without_its_content() {
    let env = without_environment();
    login(&env, "default");
    let file = env.path("config/credentials.json");
    let text = fs::read_to_string(&file).expect("there");
    fs::write(&file, &text[..text.len() - 3]).expect("written");

    let ran = env.run(&["tables"]);

    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("damaged") && !ran.stderr.contains(SECRET),
        "{}",
        ran.stderr
    );
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_build_without_keyring_reports_that() {
    let env = TestEnv::new();
    let ran = env.run(&["login", "--keyring"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--features keyring"), "{}", ran.stderr);
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_profile_is_still_there_if_its_secret_cannot_be_removed() {
    let env = without_environment();
    login(&env, "default");
    let file = env.path("config/credentials.json");
    let text = fs::read_to_string(&file).expect("there");
    let mut content: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let profile = content["profiles"]["default"]
        .as_object_mut()
        .expect("a profile");
    profile.remove("client_secret").expect("a secret");
    profile.insert("keyring".into(), serde_json::Value::Null);
    fs::write(&file, content.to_string()).expect("written");

    let ran = env.run(&["logout"]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("--features keyring"), "{}", ran.stderr);
    assert_eq!(
        fs::read_to_string(&file).expect("there"),
        content.to_string()
    );
}

#[test]
fn the_saved_profiles_are_listed() {
    let env = without_environment();
    assert_eq!(env.ok(&["profiles", "--json"]), "[]\n");
    login(&env, "work");
    login(&env, "default");

    let listed: serde_json::Value =
        serde_json::from_str(&env.ok(&["profiles", "--json"])).expect("JSON");

    let of = |at: usize, member: &str| listed[at][member].clone();
    assert_eq!(
        (of(0, "name"), of(0, "used")),
        ("default".into(), true.into())
    );
    assert_eq!(
        (of(1, "name"), of(1, "used")),
        ("work".into(), false.into())
    );
    assert!(env.ok(&["profiles"]).contains("work"));
}
