//! Generating code from a `build.rs`.

use crate::error::Error;
use crate::generator::Generator;
use crate::output::replace;
use std::path::{Path, PathBuf};

impl Generator<'_> {
    /// Writes everything as one file into cargo's `OUT_DIR`, and makes cargo run the `build.rs` again
    /// when the schema file changes. Returns the file's path.
    ///
    /// `schema_file` is the file that the schema was read from, relative to the package. `name` is the
    /// file to write: `caspio.rs`. The program includes it with
    /// `mod caspio { include!(concat!(env!("OUT_DIR"), "/caspio.rs")); }`. The file is generated
    /// completely each time; nothing is merged.
    ///
    /// ```no_run
    /// use caspio_codegen::Generator;
    /// use caspio_schema::Schema;
    ///
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let file = "caspio.schema.json";
    ///     let schema = Schema::load(file)?;
    ///     Generator::new(&schema).all().write_to_out_dir(file, "caspio.rs")?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`generate_one_file`](Self::generate_one_file); `OUT_DIR` is not set, as outside of a
    /// `build.rs`; the file cannot be written.
    pub fn write_to_out_dir(
        &self,
        schema_file: impl AsRef<Path>,
        name: &str,
    ) -> Result<PathBuf, Error> {
        let dir = std::env::var_os("OUT_DIR").ok_or_else(|| {
            Error::new("OUT_DIR is not set: call this from a `build.rs`, which cargo runs")
        })?;
        let path = PathBuf::from(dir).join(name);
        let text = self.generate_one_file()?;
        // Cargo reads its instructions from the standard output of a `build.rs`.
        #[allow(clippy::print_stdout)]
        {
            println!("cargo:rerun-if-changed={}", schema_file.as_ref().display());
        }
        if std::fs::read_to_string(&path).is_ok_and(|is| is == text) {
            return Ok(path);
        }
        replace(&path, &text)?;
        Ok(path)
    }
}
