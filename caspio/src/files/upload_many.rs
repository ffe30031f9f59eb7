//! Uploads of several files, new ones in few calls.

use super::folder::Folder;
use super::info::FileInfo;
use super::new_name::Names;
use super::upload::{Earlier, UPLOAD};
use super::uploaded::{IfExists, Outcome, UploadedFile};
use crate::dialect::{Storing, UploadedJson, uploaded};
use crate::transfer::Upload;
use caspio_core::{Error, ErrorKind, Idempotency, Response, Result};
use std::collections::{HashMap, HashSet};

/// The most files and bytes of one call. The service documents no limit; these keep a call that fails cheap.
const MOST_FILES: usize = 50;
const MOST_BYTES: u64 = 16 * 1024 * 1024;

impl Folder {
    /// Uploads several files, new ones in few calls, and returns the result of each, in their order.
    ///
    /// One call lists the folder (one for every 1,000 files); then each call uploads up to 50 files with 16 MiB
    /// together. A file that is larger, is a [stream](Upload::stream) or replaces another one takes a call of its own.
    /// If a call of several files fails and one of them may be the reason, each is uploaded on its own. Another error,
    /// such as that of a missing permission, is the error of each file of the call.
    ///
    /// That a call of which one file exists stores none on v3 and v4 is inferred, fact `existing-files`. If it does
    /// store some, they are reported as a `Conflict`.
    ///
    /// # Errors
    ///
    /// Those of [`upload`](Self::upload), each in the place of its file. A name that an earlier one of the files has is
    /// `Refused`.
    pub fn upload_many<I>(
        &self,
        uploads: I,
        if_exists: IfExists,
    ) -> impl Future<Output = Vec<Result<UploadedFile>>> + Send + use<I>
    where
        I: IntoIterator<Item = Upload>,
    {
        let this = self.clone();
        let uploads: Vec<_> = uploads.into_iter().collect();
        async move { run(&this, uploads, if_exists).await }
    }
}

/// A file with its place among the results.
struct Numbered {
    index: usize,
    upload: Upload,
}

/// The results so far, in the order of the files.
type Results = Vec<Option<Result<UploadedFile>>>;

async fn run(
    folder: &Folder,
    uploads: Vec<Upload>,
    if_exists: IfExists,
) -> Vec<Result<UploadedFile>> {
    let mut results: Results = uploads.iter().map(|_| None).collect();
    let new = match if_exists {
        IfExists::Replace => without_repeated(folder, uploads, &mut results),
        _ => plan(folder, uploads, if_exists, &mut results).await,
    };
    for batch in batches(new, if_exists) {
        send(folder, batch, if_exists, &mut results).await;
    }
    let missing = || folder.place().refused(UPLOAD, "the file was not uploaded");
    let each = results.into_iter();
    each.map(|result| result.unwrap_or_else(|| Err(missing())))
        .collect()
}

/// Returns the files that can be sent; the others have their result.
fn without_repeated(folder: &Folder, uploads: Vec<Upload>, results: &mut Results) -> Vec<Numbered> {
    let mut names = HashSet::new();
    let mut kept = checked(folder, uploads, results);
    kept.retain(|one| {
        let is_first = names.insert(one.upload.file_name().to_owned());
        if !is_first {
            let message = "an earlier one of the files has this name";
            let place = folder.place_of(&one.upload);
            results[one.index] = Some(Err(place.refused(UPLOAD, message)));
        }
        is_first
    });
    kept
}

/// Returns the files that the folder does not have; the others have their result, or a new name.
async fn plan(
    folder: &Folder,
    uploads: Vec<Upload>,
    if_exists: IfExists,
    results: &mut Results,
) -> Vec<Numbered> {
    let all = match if_exists {
        IfExists::NewName => checked(folder, uploads, results),
        _ => without_repeated(folder, uploads, results),
    };
    if all.is_empty() {
        return all;
    }
    let files = match folder.list().await {
        Ok(files) => files,
        Err(error) => {
            for one in all {
                results[one.index] = Some(Err(error.clone()));
            }
            return Vec::new();
        }
    };
    let mut names = Names::of(files.iter().map(|file| file.name.as_str()));
    let stored: HashMap<&str, &FileInfo> = files
        .iter()
        .map(|file| (file.name.as_str(), file))
        .collect();
    let mut new = Vec::with_capacity(all.len());
    for mut one in all {
        let name = one.upload.file_name();
        match (if_exists, stored.get(name)) {
            (IfExists::NewName, _) => {
                let free = names.free(name);
                one.upload = one.upload.named(free);
                new.push(one);
            }
            (_, None) => new.push(one),
            (IfExists::Skip, Some(file)) => {
                let kept = UploadedFile::of((*file).clone(), Outcome::Skipped);
                results[one.index] = Some(Ok(kept));
            }
            (_, Some(_)) => {
                let conflict =
                    Error::new(ErrorKind::Conflict, "the folder has a file of this name");
                let place = folder.place_of(&one.upload);
                results[one.index] = Some(Err(place.explain(UPLOAD, conflict)));
            }
        }
    }
    new
}

/// Returns the files whose names can be sent, also repeated ones.
fn checked(folder: &Folder, uploads: Vec<Upload>, results: &mut Results) -> Vec<Numbered> {
    let mut kept = Vec::with_capacity(uploads.len());
    for (index, upload) in uploads.into_iter().enumerate() {
        match upload.check() {
            Some(error) => {
                let error = folder.place_of(&upload).explain(UPLOAD, error);
                results[index] = Some(Err(error));
            }
            None => kept.push(Numbered { index, upload }),
        }
    }
    kept
}

/// Divides files into those of one call each.
fn batches(files: Vec<Numbered>, if_exists: IfExists) -> Vec<Vec<Numbered>> {
    let mut batches: Vec<Vec<Numbered>> = Vec::new();
    let mut open: Vec<Numbered> = Vec::new();
    let mut bytes = 0_u64;
    for file in files {
        let is_alone = if_exists == IfExists::Replace
            || file.upload.original().is_none()
            || file.upload.length() > MOST_BYTES;
        if is_alone {
            batches.push(vec![file]);
            continue;
        }
        if open.len() == MOST_FILES || bytes + file.upload.length() > MOST_BYTES {
            batches.push(std::mem::take(&mut open));
            bytes = 0;
        }
        bytes += file.upload.length();
        open.push(file);
    }
    if !open.is_empty() {
        batches.push(open);
    }
    batches
}

async fn send(folder: &Folder, batch: Vec<Numbered>, if_exists: IfExists, results: &mut Results) {
    if batch.len() == 1 {
        for one in batch {
            let stored = match if_exists {
                IfExists::Replace => folder.upload(one.upload, if_exists).await,
                _ => alone(folder, one.upload, if_exists, Earlier::None).await,
            };
            results[one.index] = Some(stored);
        }
        return;
    }
    let (indices, uploads): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|one| (one.index, one.upload)).unzip();
    match send_together(folder, &uploads).await {
        Ok(response) => {
            let reported = in_order(&response, &uploads);
            for ((index, upload), reported) in indices.into_iter().zip(uploads).zip(reported) {
                results[index] = Some(match reported {
                    Some(reported) => {
                        let place = folder.place_of(&upload);
                        let status = response.status().as_u16();
                        let name = upload.file_name();
                        let stored = folder.reported(reported, name, Outcome::Created, status);
                        stored.await.map_err(|error| place.explain(UPLOAD, error))
                    }
                    // The service stored no file that it does not report.
                    None => alone(folder, upload, if_exists, earlier(response.attempts())).await,
                });
            }
        }
        Err(error) => {
            let earlier = match error.kind() {
                ErrorKind::Conflict => earlier(error.attempts()),
                _ => Earlier::MayHaveStored,
            };
            for (index, upload) in indices.into_iter().zip(uploads) {
                let place = folder.place_of(&upload);
                results[index] = Some(match may_be_of_one(&error) || error.maybe_applied() {
                    true => alone(folder, upload, if_exists, earlier).await,
                    false => Err(place.explain(UPLOAD, error.clone())),
                });
            }
        }
    }
}

/// Whether one of the files may be the reason of an error: a name in use, a name, type or size that the service does
/// not accept, or a content that could not be read.
fn may_be_of_one(error: &Error) -> bool {
    let kinds = [ErrorKind::Conflict, ErrorKind::Refused, ErrorKind::Invalid];
    kinds.contains(&error.kind())
}

/// Whether a call of several files may have stored some that exist, if the service answered after so many attempts:
/// one that it refuses because a file exists stores none, fact `existing-files`, but the response to an earlier attempt
/// may be lost. Without one, a file that exists is that of another program, even if it is equal.
fn earlier(attempts: u32) -> Earlier {
    match attempts {
        0 | 1 => Earlier::None,
        _ => Earlier::MayHaveStored,
    }
}

async fn alone(
    folder: &Folder,
    upload: Upload,
    if_exists: IfExists,
    earlier: Earlier,
) -> Result<UploadedFile> {
    let place = folder.place_of(&upload);
    let added = folder.add_as(upload, if_exists, earlier).await;
    added.map_err(|error| place.explain(UPLOAD, error))
}

async fn send_together(folder: &Folder, uploads: &[Upload]) -> Result<Response> {
    folder.check(UPLOAD)?;
    let form = Upload::form_of_many(Storing::New.part(), uploads)?;
    let operations = folder.client.dialect().files();
    let operation = folder.upload_operation(&folder.place());
    let base = folder.client.base();
    let request = operations.upload(base, folder.id_text(), Storing::New, form, operation);
    let request = request.idempotency(Idempotency::Idempotent);
    folder.client.send(request).await
}

/// Returns what the response reports of each file: by its name, or by its place among those with other names.
fn in_order(response: &Response, uploads: &[Upload]) -> Vec<Option<UploadedJson>> {
    let names: HashSet<_> = uploads.iter().map(Upload::file_name).collect();
    let mut named = HashMap::new();
    let mut others = Vec::new();
    for one in uploaded(response.body()) {
        match &one.file.name {
            Some(name) if names.contains(name.as_str()) => drop(named.insert(name.clone(), one)),
            _ => others.push(one),
        }
    }
    let each = uploads.iter();
    let found: Vec<_> = each
        .map(|upload| named.remove(upload.file_name()))
        .collect();
    if others.len() != found.iter().filter(|one| one.is_none()).count() {
        return found;
    }
    let mut others = others.into_iter();
    let each = found.into_iter();
    each.map(|one| one.or_else(|| others.next())).collect()
}
