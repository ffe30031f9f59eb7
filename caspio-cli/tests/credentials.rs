//! Where credentials and tokens are from, where they are kept, and that no secret is ever shown.

mod support;

use std::fs;
use support::{SECRET, World};

fn login(world: &World, profile: &str) {
    let input = format!("{}\ntest-client-id\n{SECRET}\n", world.emulator.url());
    let ran = world.piped(&["login", "--profile", profile], &input);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

fn without_environment() -> World {
    let mut world = World::new();
    world.environment = false;
    world
}

#[test]
fn a_login_serves_later_runs_until_the_logout() {
    let world = without_environment();
    login(&world, "default");

    assert_eq!(world.ok(&["count", "Contacts"]), "200\n");
    assert!(world.ok(&["whoami"]).contains("from       profile default"));

    assert_eq!(world.ok(&["logout"]), "Forgot profile default.\n");
    let ran = world.run(&["count", "Contacts"]);
    assert_eq!(ran.code, Some(4));
    assert!(ran.stderr.contains("run `caspio login`"), "{}", ran.stderr);
    assert_eq!(world.run(&["logout"]).code, Some(3));
    let tokens = world
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
    let world = without_environment();
    let input = format!("{}\ntest-client-id\nwrong\n", world.emulator.url());

    let ran = world.piped(&["login"], &input);

    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("the client id or the client secret is wrong"),
        "{}",
        ran.stderr
    );
    assert_eq!(world.run(&["whoami"]).code, Some(4));
}

#[test]
fn a_missing_answer_is_told() {
    let world = without_environment();
    let ran = world.piped(&["login"], "b3poa\n");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("no client id was given"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_environment_comes_before_the_default_profile_and_after_a_named_one() {
    let mut world = without_environment();
    login(&world, "default");
    login(&world, "work");
    world.environment = true;

    assert!(world.ok(&["whoami"]).contains("the environment"));
    assert!(
        world
            .ok(&["whoami", "--profile", "work"])
            .contains("profile work")
    );
    let ran = world.run(&["whoami", "--profile", "play"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.stderr.contains("the profiles are default, work"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_secret_is_never_sent_to_another_account() {
    let world = without_environment();
    login(&world, "default");

    let ran = world.run(&["tables", "--profile", "default", "--account", "someoneelse"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let ran = world.run(&["tables", "--account", "someoneelse"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);

    assert!(
        world
            .ok(&["tables", "--account", &world.emulator.url()])
            .contains("Contacts")
    );
}

#[test]
fn one_token_serves_many_runs() {
    let world = World::new();
    for _ in 0..3 {
        world.ok(&["count", "Contacts"]);
    }
    assert_eq!(world.emulator.calls().total(), 3 + 1);

    world.emulator.revoke_tokens();
    world.ok(&["count", "Contacts"]);
    world.ok(&["count", "Contacts"]);
    // A refused call, a new token, the call again; then one call.
    assert!(
        world.emulator.calls().total() <= 4 + 3 + 1 + 1,
        "{}",
        world.emulator.calls().total()
    );
}

#[cfg(unix)]
#[test]
fn only_their_owner_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let world = without_environment();
    login(&world, "default");
    let mode =
        |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;

    for (path, _) in world.kept() {
        let lock = path.to_string_lossy().ends_with(".lock");
        assert!(
            lock || mode(&path) == 0o600,
            "{} has mode {:o}",
            path.display(),
            mode(&path)
        );
    }

    let file = world.path("config/credentials.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("changed");
    let ran = world.run(&["tables"]);
    assert!(
        ran.stderr.contains("others on this machine can read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn no_secret_is_in_any_output_or_in_any_other_file() {
    let mut world = without_environment();
    login(&world, "default");
    let mut outputs = String::new();
    let mut run = |world: &World, arguments: &[&str]| {
        let ran = world.run(arguments);
        outputs += &ran.stdout;
        outputs += &ran.stderr;
    };
    let file = world.path("orders.csv").display().to_string();
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
        run(&world, arguments);
    }
    world.environment = true;
    for arguments in commands {
        run(&world, arguments);
    }
    let is_token = |path: &std::path::Path| {
        let name = path.to_string_lossy();
        name.contains("tokens/") && name.ends_with(".json")
    };
    let token = world.kept().into_iter().find(|(path, _)| is_token(path));
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
        for (path, text) in world.kept() {
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
fn a_damaged_profile_file_is_told_without_its_content() {
    let world = without_environment();
    login(&world, "default");
    let file = world.path("config/credentials.json");
    let text = fs::read_to_string(&file).expect("there");
    fs::write(&file, &text[..text.len() - 3]).expect("written");

    let ran = world.run(&["tables"]);

    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("damaged") && !ran.stderr.contains(SECRET),
        "{}",
        ran.stderr
    );
}

#[cfg(not(feature = "keyring"))]
#[test]
fn a_keyring_that_was_not_built_in_is_told() {
    let world = World::new();
    let ran = world.run(&["login", "--keyring"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--features keyring"), "{}", ran.stderr);
}
