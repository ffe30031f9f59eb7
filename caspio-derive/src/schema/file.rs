//! Schema files, each read once for all structs.

use super::location::{Location, VARIABLE};
use caspio_schema::Schema;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

/// A file as it was read.
struct Known {
    modified: Option<SystemTime>,
    schema: Result<Arc<Schema>, String>,
    /// Whether the crate depends on the file.
    tracked: bool,
}

static FILES: LazyLock<Mutex<HashMap<PathBuf, Known>>> = LazyLock::new(Mutex::default);

/// Whether the crate depends on the environment variable.
static VARIABLE_TRACKED: Mutex<bool> = Mutex::new(false);

/// The schema in a file.
///
/// An error of a file that the environment names is reported once, not for every struct: for the others there is no
/// schema.
pub(super) fn load(location: &Location) -> Result<Option<Arc<Schema>>, String> {
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let modified = fs::metadata(&location.path)
        .and_then(|data| data.modified())
        .ok();
    if let Some(known) = files.get(&location.path)
        && known.modified == modified
    {
        return match &known.schema {
            Err(_) if location.by_environment => Ok(None),
            schema => schema.clone().map(Some),
        };
    }
    let schema = read(location).map(Arc::new);
    let known = Known {
        modified,
        schema: schema.clone(),
        tracked: false,
    };
    files.insert(location.path.clone(), known);
    schema.map(Some)
}

fn read(location: &Location) -> Result<Schema, String> {
    let written = location.described();
    let text = fs::read_to_string(&location.path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!(
            "there is no {written}, seen from the folder of Cargo.toml; \
             write one from the account first"
        ),
        _ => format!("the {written} cannot be read: {error}"),
    })?;
    Schema::from_json(&text).map_err(|error| format!("the {written}: {error}"))
}

/// Code that makes the crate depend on the file and on the environment variable, so that a change compiles the crate
/// again. One struct is enough for a crate, so it is empty for all others.
pub(crate) fn tracking(file: Option<&Path>, support: &TokenStream) -> TokenStream {
    let file = file.filter(|path| first_of(path)).and_then(Path::to_str);
    let file = file
        .map(Literal::string)
        .map(|path| quote!(const _: &[#support::u8] = #support::include_bytes!(#path);));
    let mut tracked = VARIABLE_TRACKED
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let variable = (!std::mem::replace(&mut *tracked, true)).then(
        || quote!(const _: #support::Option<&#support::str> = #support::option_env!(#VARIABLE);),
    );
    quote!(#file #variable)
}

/// Whether no struct has made the crate depend on the file yet.
fn first_of(path: &Path) -> bool {
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    files
        .get_mut(path)
        .is_some_and(|known| !std::mem::replace(&mut known.tracked, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = r#"{"caspio_schema": 1, "tables": [], "views": []}"#;

    fn location(name: &str, by_environment: bool) -> Location {
        let file = format!("caspio-derive-{}-{name}.json", std::process::id());
        Location {
            path: std::env::temp_dir().join(&file),
            written: file,
            by_environment,
        }
    }

    #[test]
    fn a_file_is_read_again_when_it_changed_and_not_before() {
        let location = location("changed", false);
        fs::write(&location.path, EMPTY).expect("a writable folder");
        let first = load(&location).expect("a schema").expect("a schema");
        let again = load(&location).expect("a schema").expect("a schema");
        assert!(Arc::ptr_eq(&first, &again));

        fs::write(&location.path, "{").expect("a writable folder");
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        let file = fs::File::options().write(true).open(&location.path);
        file.and_then(|file| file.set_modified(later))
            .expect("a writable file");
        assert!(load(&location).is_err());
        fs::remove_file(&location.path).expect("a file to remove");
    }

    #[test]
    fn an_error_of_the_environments_file_is_reported_once() {
        let (by_all, by_one) = (location("missing", true), location("gone", false));

        let error = load(&by_all).expect_err("no file");
        assert!(error.contains("CASPIO_SCHEMA"), "{error}");
        assert!(load(&by_all).expect("reported before").is_none());
        assert!(load(&by_one).is_err() && load(&by_one).is_err());
    }

    #[test]
    fn a_crate_is_made_to_depend_on_a_file_once() {
        let location = location("tracked", false);
        fs::write(&location.path, EMPTY).expect("a writable folder");
        load(&location).expect("a schema");
        let support = quote!(::caspio::codegen_support);

        let first = tracking(Some(&location.path), &support).to_string();
        let second = tracking(Some(&location.path), &support).to_string();

        assert!(first.contains("include_bytes"), "{first}");
        assert!(!second.contains("include_bytes"), "{second}");
        fs::remove_file(&location.path).expect("a file to remove");
    }
}
