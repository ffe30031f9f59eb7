//! The targets in `fuzz`, with random changes of their seeds. That of imports has a test in its own crate.

use crate::bytes::{change_bytes, repeat_part, replace_value};
use crate::random::Random;
use crate::setting;
use std::fs;
use std::panic::{self, AssertUnwindSafe};

const CASES: u64 = 500;

/// Makes a function of a target, as the crate `fuzz` makes a program of it.
#[macro_export]
macro_rules! target {
    ($run:ident) => {
        pub(crate) const TARGET: fn(&[u8]) = $run;
    };
}

macro_rules! targets {
    ($($target:ident $file:literal),*) => {$(
        #[path = $file]
        mod $target;
    )*

        $(#[test]
        fn $target() {
            run(stringify!($target), $target::TARGET);
        })*
    };
}

targets! {
    conditions "../../fuzz/fuzz_targets/conditions.rs",
    errors "../../fuzz/fuzz_targets/errors.rs",
    fields "../../fuzz/fuzz_targets/fields.rs",
    loopback "../../fuzz/fuzz_targets/loopback.rs",
    positions "../../fuzz/fuzz_targets/positions.rs",
    records "../../fuzz/fuzz_targets/records.rs",
    schema_file "../../fuzz/fuzz_targets/schema_file.rs",
    token_file "../../fuzz/fuzz_targets/token_file.rs",
    tokens "../../fuzz/fuzz_targets/tokens.rs"
}

fn run(name: &str, target: fn(&[u8])) {
    let seeds = seeds(name);
    for seed in &seeds {
        attempt(target, seed, name);
    }
    let only = setting("CASPIO_TEST_SEED");
    let start = only.or(setting("CASPIO_TEST_START")).unwrap_or(0);
    let cases = match only {
        Some(_) => 1,
        None => setting("CASPIO_TEST_CASES").unwrap_or(CASES),
    };
    for seed in start..start + cases {
        let input = changed(&seeds, &mut Random::of(&[seed]));
        attempt(target, &input, &format!("CASPIO_TEST_SEED={seed}"));
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/../fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(folder).expect("a folder of seeds");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).expect("a seed"))
        .collect()
}

fn attempt(target: fn(&[u8]), input: &[u8], case: &str) {
    let ended = panic::catch_unwind(AssertUnwindSafe(|| target(input)));
    assert!(
        ended.is_ok(),
        "{case}: see above; the input is b\"{}\"",
        input.escape_ascii()
    );
}

/// Returns a seed after some changes.
fn changed(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = random.pick(seeds);
    for _ in 0..random.between(1, 4) {
        match random.below(6) {
            0 => input.truncate(random.below(input.len() as u64 + 1) as usize),
            1 => repeat_part(&mut input, random),
            2 => replace_value(&mut input, random),
            3 => splice(&mut input, &random.pick(seeds), random),
            _ => change_bytes(&mut input, random),
        }
    }
    input
}

/// Replaces a part by a part of another input.
fn splice(input: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let mut part = |length: usize| {
        let end = length as u64 + 1;
        let (one, two) = (random.below(end) as usize, random.below(end) as usize);
        one.min(two)..one.max(two)
    };
    let (to, from) = (part(input.len()), part(other.len()));
    input.splice(to, other[from].iter().copied());
}
