//! Replaces a file in one step: a reader, also one after a crash, sees the old content or the new.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who may read a written file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody who may read the file that is replaced; without one, everybody whom the system permits by default.
    /// Only Unix systems enforce it.
    Default,
    /// Only the file's owner, from the moment the file exists. Only Unix systems enforce it.
    OwnerOnly,
}

/// Replaces a file with one that has this content.
///
/// # Errors
///
/// The file cannot be written. The old one is unchanged, and no temporary file is left.
pub fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    write(create(path, access)?, content)
}

/// Replaces a file, as [`replace`] does, by a temporary file with a given name.
///
/// A process that is killed leaves the temporary file, which the next one can then find and remove. No other
/// process may replace the file at the same time.
///
/// # Errors
///
/// The file cannot be written. The old one is unchanged, and no temporary file is left.
pub fn replace_through(
    temporary: &Path,
    path: &Path,
    content: &[u8],
    access: Access,
) -> io::Result<()> {
    let path = resolved(path)?;
    let _ = fs::remove_file(temporary);
    write(create_at(temporary.to_owned(), &path, access)?, content)
}

fn write((mut file, temporary): (File, Temporary), content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.sync_all()?;
    // Windows does not rename a file that is open.
    drop(file);
    let path = temporary.path.clone();
    temporary.rename()?;
    sync_folder(&path);
    Ok(())
}

/// Writes the new name to the disk, without which a power failure could bring the old file back.
fn sync_folder(path: &Path) {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        // Some file systems cannot do it.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Removes the temporary files that killed processes left when they replaced `path`, if they are older than `age`.
pub fn remove_leftovers(path: &Path, age: Duration) {
    for leftover in leftovers(path, age) {
        let _ = fs::remove_file(leftover);
    }
}

/// Returns the temporary files that processes left, or still use, to replace `path`, if they are older than `age`.
#[must_use]
pub fn leftovers(path: &Path, age: Duration) -> Vec<PathBuf> {
    let (Some(name), Some(folder)) = (path.file_name(), path.parent()) else {
        return Vec::new();
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let prefix = format!(".{}.", name.to_string_lossy());
    let is_leftover = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let number = name
            .strip_prefix(&prefix)
            .and_then(|rest| rest.strip_suffix(".tmp"));
        let is_ours = number.is_some_and(|number| {
            number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        let written = entry.metadata().and_then(|metadata| metadata.modified());
        is_ours && written.is_ok_and(|time| time.elapsed().is_ok_and(|passed| passed > age))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let leftovers = entries.filter(is_leftover);
    leftovers.map(|entry| entry.path()).collect()
}

/// Creates a temporary file in the folder of `path`, to be written, closed and renamed to it.
///
/// # Errors
///
/// `path` names no file, or something other than a file, such as a device; or its folder cannot be written to.
pub fn create(path: &Path, access: Access) -> io::Result<(File, Temporary)> {
    let path = resolved(path)?;
    create_at(temporary_path(&path)?, &path, access)
}

/// Returns the file that a path leads to, which may not exist: a link to it stays a link when the file is replaced.
///
/// # Errors
///
/// The path leads to something other than a file: a folder, or a device such as `/dev/null`, which must not be
/// replaced.
pub fn resolved(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && path.is_symlink() => fs::canonicalize(path),
        Ok(metadata) if metadata.is_file() => Ok(path.to_owned()),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a file that can be replaced",
        )),
        Err(error) if path.is_symlink() => match error.kind() {
            io::ErrorKind::NotFound => Ok(end_of_links(path)),
            _ => Err(error),
        },
        Err(_) => Ok(path.to_owned()),
    }
}

/// Returns the path that a link leads to, where no file is.
fn end_of_links(link: &Path) -> PathBuf {
    let mut path = link.to_owned();
    while let Ok(next) = fs::read_link(&path) {
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    path
}

fn create_at(temporary: PathBuf, path: &Path, access: Access) -> io::Result<(File, Temporary)> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    restrict(&mut options, access);
    #[cfg(unix)]
    let kept = kept_mode(path, access);
    #[cfg(unix)]
    if let Some(mode) = kept {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    }
    let file = options.open(&temporary)?;
    #[cfg(unix)]
    if let Some(mode) = kept {
        // The mode of `open` is reduced by the umask.
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    }
    let temporary = Temporary {
        path: temporary,
        target: path.to_owned(),
    };
    Ok((file, temporary))
}

/// The permissions of the file that is replaced.
#[cfg(unix)]
fn kept_mode(path: &Path, access: Access) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    if access == Access::OwnerOnly {
        return None;
    }
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(metadata.permissions().mode() & 0o777 | 0o600)
}

/// Limits who can read a file that these options create.
pub fn restrict(options: &mut OpenOptions, access: Access) {
    #[cfg(unix)]
    if access == Access::OwnerOnly {
        std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = (options, access);
}

/// A temporary file next to the one that it will replace. It is removed if it is dropped without
/// [`rename`](Self::rename).
#[derive(Debug)]
pub struct Temporary {
    /// Empty once it is renamed.
    path: PathBuf,
    target: PathBuf,
}

impl Temporary {
    /// Returns the path of the temporary file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Renames it to the file it was created for, replacing the one that is there.
    ///
    /// # Errors
    ///
    /// The file cannot be replaced. The old one is unchanged, and the temporary file is removed.
    pub fn rename(mut self) -> io::Result<()> {
        fs::rename(&self.path, &self.target)?;
        self.path.clear();
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A hidden name in the same folder: a rename is one step only within a file system. The number is random
/// because other processes, on other machines too, may replace the same file at the same time.
fn temporary_path(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut temporary = OsString::from(".");
    // A name may have 255 bytes, which leaves no room for more.
    if name.len() <= 200 {
        temporary.push(name);
    }
    let number = RandomState::new().build_hasher().finish();
    temporary.push(format!(".{number:016x}.tmp"));
    Ok(path.with_file_name(temporary))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|one| one.expect("read").file_name()).collect()
    }

    #[test]
    fn replaces_content_and_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");

        replace(&path, b"old", Access::Default).expect("written");
        replace(&path, b"new", Access::OwnerOnly).expect("replaced");

        assert_eq!(fs::read(&path).expect("read"), b"new");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_file_with_the_longest_name_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a".repeat(255));

        replace(&path, b"new", Access::Default).expect("written");

        assert_eq!(fs::read(&path).expect("read"), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_stays_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        for mode in [0o600, 0o640, 0o664] {
            fs::write(&path, "old").expect("written");
            fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("set");

            replace(&path, b"new", Access::Default).expect("replaced");

            let now = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(now & 0o777, mode);
        }
    }

    #[test]
    fn named_temporary_file_of_a_killed_process_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        let temporary = folder.path().join("a.json.tmp");
        fs::write(&temporary, "of a killed process").expect("written");

        replace_through(&temporary, &path, b"new", Access::Default).expect("written");

        assert_eq!(fs::read(&path).expect("read"), b"new");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn dropped_temporary_file_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        fs::write(&path, "old").expect("written");

        let (mut file, temporary) = create(&path, Access::Default).expect("created");
        file.write_all(b"new").expect("written");
        drop((file, temporary));

        assert_eq!(fs::read(&path).expect("read"), b"old");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn owner_only_file_has_mode_600() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret.json");

        replace(&path, b"secret", Access::OwnerOnly).expect("written");

        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&file, "old").expect("written");
        std::os::unix::fs::symlink("a", &link).expect("a link");

        replace(&link, b"new", Access::Default).expect("replaced");

        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::read(&file).expect("read"), b"new");
        // A socket is used for a device: a test must not be able to replace one.
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("bound");
        assert!(replace(&socket, b"new", Access::Default).is_err());
        assert!(!fs::metadata(&socket).expect("there").is_file());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_that_does_not_exist_stays_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("data")).expect("a folder");
        for (target, link) in [
            ("data/a", "first"),
            ("first", "second"),
            ("circle", "circle"),
        ] {
            std::os::unix::fs::symlink(target, path(link)).expect("a link");
        }

        replace(&path("second"), b"new", Access::Default).expect("written");

        assert_eq!(fs::read(path("data/a")).expect("read"), b"new");
        assert!(path("first").is_symlink() && path("second").is_symlink());
        assert!(replace(&path("circle"), b"new", Access::Default).is_err());
        assert!(path("circle").is_symlink());
    }

    #[test]
    fn leftovers_of_killed_processes_are_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        for name in [
            "a.json",
            ".a.json.0123456789abcdef.tmp",
            ".b.json.0123456789abcdef.tmp",
            ".a.json.x.tmp",
        ] {
            fs::write(folder.path().join(name), "x").expect("written");
        }

        remove_leftovers(&path, Duration::from_secs(60));
        assert_eq!(names(folder.path()).len(), 4, "they may be in use");
        remove_leftovers(&path, Duration::ZERO);

        let mut left = names(folder.path());
        left.sort();
        assert_eq!(
            left,
            [".a.json.x.tmp", ".b.json.0123456789abcdef.tmp", "a.json"]
        );
    }

    #[test]
    fn path_without_a_file_name_is_an_error() {
        assert!(replace(Path::new("/"), b"", Access::Default).is_err());
    }
}
