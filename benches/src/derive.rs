//! The build time of the derive, compared with serde's own on the same structs.
//!
//! Both crates decode every struct from JSON; the one with `CaspioTable` uses 20 typed columns of
//! each as well. What both depend on is built before the clock starts.

use crate::generated;
use crate::metric::{Target, metric, time};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How many structs there are.
const TABLES: usize = 100;

/// How many fields each has.
const COLUMNS: usize = 30;

/// How many of the columns are used in a condition.
const USES: usize = 20;

/// How often a check is timed; builds take long enough to be timed once.
const CHECKS: usize = 3;

/// The types of the fields, in turn, with a condition on a column of each.
const TYPES: [(&str, &str); 10] = [
    ("i64", "gt(3)"),
    ("String", "eq(\"some text\")"),
    ("Option<String>", "is_not_null()"),
    ("Option<f64>", "lt(1.5)"),
    ("Option<i32>", "in_([1, 2, 3])"),
    ("bool", "is_true()"),
    ("Option<bool>", "eq(false)"),
    ("String", "starts_with(\"A\")"),
    ("Option<String>", "ne(\"other\")"),
    ("f64", "between(1, 9.5)"),
];

/// One of the crates that are compared.
#[derive(Clone, Copy)]
enum Kind {
    /// The structs alone.
    Bare,
    Serde,
    Caspio,
    /// Generated tables with serde's derives instead of ours.
    GeneratedSerde,
    /// Generated tables.
    Generated,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Bare,
        Self::Serde,
        Self::Caspio,
        Self::GeneratedSerde,
        Self::Generated,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Serde => "with_serde",
            Self::Caspio => "with_caspio",
            Self::GeneratedSerde => "generated_with_serde",
            Self::Generated => "generated",
        }
    }
}

/// Prints the figures.
pub(crate) fn run() {
    let crates = Crates::new();
    crates.build_dependencies();

    let serde = crates.build(Kind::Serde);
    let caspio = crates.build(Kind::Caspio);
    println!("derive.release: {serde:.1?} with serde, {caspio:.1?} with caspio");
    let ratio = caspio.as_secs_f64() / serde.as_secs_f64();
    metric("derive.release.ratio", ratio, "x", Target::AtMost(0.5));

    let serde = crates.build(Kind::GeneratedSerde);
    let caspio = crates.build(Kind::Generated);
    println!("derive.generated: {serde:.1?} with serde, {caspio:.1?} with caspio");
    let ratio = caspio.as_secs_f64() / serde.as_secs_f64();
    metric("derive.generated.ratio", ratio, "x", Target::AtMost(0.5));

    let mut extra: Vec<f64> = (0..CHECKS).map(|_| crates.check_extra()).collect();
    extra.sort_by(f64::total_cmp);
    metric(
        "derive.check.extra",
        extra[CHECKS / 2],
        "s",
        Target::AtMost(1.0),
    );
}

/// A workspace of its own for the crates.
struct Crates {
    folder: TempDir,
}

impl Crates {
    /// Writes the crates, with nothing in them yet.
    fn new() -> Self {
        let crates = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let workspace = workspace.canonicalize().expect("the workspace is there");
        let names = Kind::ALL.map(Kind::name);
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n");
        crates.write("Cargo.toml", &manifest);
        for kind in Kind::ALL {
            crates.write(
                &format!("{}/Cargo.toml", kind.name()),
                &manifest_of(kind, &workspace),
            );
            crates.write(&source_path(kind), "fn main() {}");
        }
        // The same versions of everything.
        std::fs::copy(workspace.join("Cargo.lock"), crates.path("Cargo.lock"))
            .expect("the workspace has a lock file");
        crates
    }

    fn build_dependencies(&self) {
        for command in [["build", "--release"].as_slice(), &["check"]] {
            self.cargo(command);
        }
    }

    /// How long a release build of the crate itself takes.
    fn build(&self, kind: Kind) -> Duration {
        self.renew(kind);
        time(|| self.cargo(&["build", "--release", "-p", kind.name()])).0
    }

    /// How many seconds longer a check takes than that of the structs alone.
    fn check_extra(&self) -> f64 {
        let [bare, caspio] = [Kind::Bare, Kind::Caspio].map(|kind| {
            self.renew(kind);
            time(|| self.cargo(&["check", "-p", kind.name()])).0
        });
        caspio.as_secs_f64() - bare.as_secs_f64()
    }

    fn cargo(&self, arguments: &[&str]) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(arguments)
            .args(["--quiet", "--offline"])
            .env("CARGO_TARGET_DIR", self.path("target"))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .status()
            .expect("cargo runs");
        assert!(status.success(), "cargo {arguments:?} failed");
    }

    /// Writes the crate's code, which is new to cargo each time.
    fn renew(&self, kind: Kind) {
        self.write(&source_path(kind), &source(kind));
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        let folder = path.parent().expect("a file is in a folder");
        std::fs::create_dir_all(folder).expect("the temporary folder is writable");
        std::fs::write(&path, text).expect("the temporary folder is writable");
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }
}

fn source_path(kind: Kind) -> String {
    format!("{}/src/main.rs", kind.name())
}

/// All crates depend on the same, without TLS, which neither uses.
fn manifest_of(kind: Kind, workspace: &Path) -> String {
    let caspio = workspace.join("caspio");
    format!(
        "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         caspio = {{ path = {:?}, default-features = false, features = [\"derive\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
        kind.name(),
        caspio.display().to_string(),
    )
}

fn source(kind: Kind) -> String {
    match kind {
        Kind::GeneratedSerde => return generated::by_serde(),
        Kind::Generated => return generated::by_caspio(),
        Kind::Bare | Kind::Serde | Kind::Caspio => {}
    }
    let mut text = "#![allow(dead_code)]\n".to_owned();
    if matches!(kind, Kind::Caspio) {
        text.push_str("use caspio::prelude::*;\n");
    }
    for table in 0..TABLES {
        write_struct(&mut text, kind, table);
    }
    write_main(&mut text, kind);
    text
}

fn write_struct(text: &mut String, kind: Kind, table: usize) {
    text.push_str(&match kind {
        Kind::Bare | Kind::Generated | Kind::GeneratedSerde => String::new(),
        Kind::Serde => {
            "#[derive(serde::Deserialize)]\n#[serde(rename_all = \"PascalCase\")]\n".to_owned()
        }
        Kind::Caspio => format!(
            "#[derive(CaspioTable)]\n#[caspio(table = \"T{table}\", rename_all = \"PascalCase\")]\n"
        ),
    });
    let _ = writeln!(text, "pub struct T{table} {{");
    for column in 0..COLUMNS {
        let (ty, _) = TYPES[column % TYPES.len()];
        let _ = writeln!(text, "    pub column_{table}_{column}: {ty},");
    }
    text.push_str("}\n");
    if matches!(kind, Kind::Caspio) {
        write_uses(text, table);
    }
}

/// A condition on the first columns of a table.
fn write_uses(text: &mut String, table: usize) {
    let uses: Vec<String> = (0..USES)
        .map(|column| {
            let (_, condition) = TYPES[column % TYPES.len()];
            format!("c.column_{table}_{column}.{condition}")
        })
        .collect();
    let _ = writeln!(
        text,
        "fn uses_{table}() -> Filter<T{table}> {{\n    let c = T{table}::COLUMNS;\n    {}\n}}",
        uses.join("\n        & "),
    );
}

/// Decodes every struct from JSON that the compiler does not know.
fn write_main(text: &mut String, kind: Kind) {
    text.push_str("fn main() {\n    let json = std::env::args().last().unwrap_or_default();\n");
    text.push_str("    let mut count = json.len();\n");
    for table in 0..TABLES {
        let _ = match kind {
            Kind::Bare | Kind::Generated | Kind::GeneratedSerde => Ok(()),
            Kind::Serde => writeln!(
                text,
                "    count += usize::from(serde_json::from_str::<T{table}>(&json).is_ok());",
            ),
            Kind::Caspio => writeln!(
                text,
                "    count += usize::from(caspio::codegen_support::decode_row::<T{table}>(&json).is_ok());\n\
                 \x20   count += uses_{table}().to_sql().len();",
            ),
        };
    }
    text.push_str("    println!(\"{count}\");\n}\n");
}
