//! Saved profiles: `credentials.json` in the user's folder for settings, which only its owner can read.

use super::StoredSecret;
use crate::error::{CliError, ExitCode};
use crate::folders;
use caspio::{Account, Settings};
use caspio_core::ClientCredentials;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// One profile: an account, and credentials of one of its web services profiles.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) account: String,
    pub(crate) client_id: String,
    #[serde(flatten)]
    pub(crate) secret: StoredSecret,
}

impl Profile {
    /// Returns its account and client id, with an empty secret.
    pub(crate) fn identity(&self) -> Result<Settings, CliError> {
        let credentials = ClientCredentials::new(&self.client_id, "");
        Ok(Settings::new(Account::new(&self.account)?, credentials))
    }
}

/// All saved profiles.
#[derive(Debug)]
pub(crate) struct ProfileFile {
    path: PathBuf,
    content: Content,
    /// Whether others on this machine can read the file.
    pub(crate) exposed: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    profiles: BTreeMap<String, Profile>,
}

impl ProfileFile {
    /// Reads the user's profiles, of which there may be none.
    pub(crate) fn open() -> Result<Self, CliError> {
        Self::at(folders::config()?.join("credentials.json"))
    }

    fn at(path: PathBuf) -> Result<Self, CliError> {
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => br#"{"profiles":{}}"#.into(),
            Err(error) => return Err(CliError::file("read", &path, &error)),
        };
        // The parser's message may quote the file, and with it a secret.
        let content = serde_json::from_slice(&text).map_err(|error| {
            let position = format!("line {}, column {}", error.line(), error.column());
            CliError::usage(format!("{} is damaged at {position}", path.display()))
                .with_hint("remove it and log in again")
        })?;
        let exposed = is_exposed(&path);
        Ok(Self {
            path,
            content,
            exposed,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Profile> {
        self.content.profiles.get(name)
    }

    /// Returns a profile with its name.
    pub(crate) fn named(&self, name: &str) -> Option<(&str, &Profile)> {
        let (name, profile) = self.content.profiles.get_key_value(name)?;
        Some((name, profile))
    }

    /// Returns all profiles with their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Profile)> {
        let profiles = self.content.profiles.iter();
        profiles.map(|(name, profile)| (name.as_str(), profile))
    }

    pub(crate) fn put(&mut self, name: &str, profile: Profile) -> Result<(), CliError> {
        self.change(|profiles| drop(profiles.insert(name.to_owned(), profile)))
    }

    pub(crate) fn remove(&mut self, name: &str) -> Result<(), CliError> {
        self.change(|profiles| drop(profiles.remove(name)))
    }

    /// Changes the profiles as they are now: another process may have changed the file since it was read.
    fn change(
        &mut self,
        change: impl FnOnce(&mut BTreeMap<String, Profile>),
    ) -> Result<(), CliError> {
        if let Some(folder) = self.path.parent() {
            folders::make_private(folder)?;
        }
        let path = folders::with_suffix(&self.path, ".lock");
        let lock =
            fs::File::create(&path).map_err(|error| CliError::file("write", &path, &error))?;
        // Some file systems do not support locks.
        let _ = lock.lock();
        self.content = Self::at(self.path.clone())?.content;
        change(&mut self.content.profiles);
        self.save()
    }

    fn save(&self) -> Result<(), CliError> {
        let text = serde_json::to_vec_pretty(&self.content).map_err(|_| {
            CliError::new(ExitCode::General, "the profiles cannot be written as JSON")
        })?;
        folders::replace_private(&self.path, &text)
    }
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> bool {
    false
}

/// Checks a profile's name, which is used on command lines.
pub(crate) fn check_name(name: &str) -> Result<&str, CliError> {
    let fits = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    if !name.is_empty() && name.chars().all(fits) {
        return Ok(name);
    }
    Err(
        CliError::usage(format!("{name:?} is not a valid profile name"))
            .with_hint("use letters, digits, `-`, `_` and `.`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(secret: &str) -> Profile {
        Profile {
            account: "b3poa".into(),
            client_id: "id".into(),
            secret: StoredSecret::File(secret.into()),
        }
    }

    #[test]
    fn a_saved_profile_is_read_back_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/credentials.json");
        let mut file = ProfileFile::at(path.clone()).expect("none yet");
        assert!(file.get("default").is_none());

        file.put("default", profile("s3cret")).expect("saved");

        let again = ProfileFile::at(path).expect("there");
        assert!(!again.exposed);
        let secret = again.get("default").expect("saved").secret.open("default");
        let secret = secret.expect("in the file");
        assert_eq!(
            caspio_core::secrecy::ExposeSecret::expose_secret(&secret),
            "s3cret"
        );
        assert!(!format!("{again:?}").contains("s3cret"));
    }

    #[test]
    fn two_processes_that_log_in_keep_each_other_s_profile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("credentials.json");
        let mut one = ProfileFile::at(path.clone()).expect("none yet");
        let mut other = ProfileFile::at(path.clone()).expect("none yet");

        one.put("one", profile("a")).expect("saved");
        other.put("other", profile("b")).expect("saved");

        let both = ProfileFile::at(path).expect("there");
        assert!(both.get("one").is_some() && both.get("other").is_some());
    }

    #[test]
    fn a_damaged_file_is_reported_without_its_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("credentials.json");
        fs::write(
            &path,
            r#"{"profiles":{"x":{"account":"a","client_secret":"s3cret""#,
        )
        .expect("written");

        let failure = ProfileFile::at(path).expect_err("damaged").to_string();

        assert!(
            failure.contains("damaged") && !failure.contains("s3cret"),
            "{failure}"
        );
    }

    #[test]
    fn names_that_would_be_paths_are_refused() {
        assert!(check_name("staging-2").is_ok());
        assert!(check_name("../x").is_err() && check_name("").is_err());
    }
}
