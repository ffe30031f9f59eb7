//! Reports with keys of the handle's type.

use super::report::{BulkFailure, BulkReport, Done};
use crate::record::Key;
use crate::target::Target;
use crate::write::insert::{not_a_key, typed_key};

impl BulkReport<Key> {
    /// The report with keys of the handle's type, in the order of the rows. A key of another type becomes a failure.
    pub(super) fn typed<K: TryFrom<Key>>(self, target: &Target) -> BulkReport<K> {
        let mut typed = BulkReport {
            inserted: self.inserted,
            updated: self.updated,
            unchanged: self.unchanged,
            deleted: self.deleted,
            missing: self.missing,
            held_back: self.held_back,
            dry_run: self.dry_run,
            len: self.len,
            repeated: self.repeated,
            done: Vec::with_capacity(self.done.len()),
            missing_keys: Vec::with_capacity(self.missing_keys.len()),
            failed: Vec::with_capacity(self.failed.len()),
        };
        for Done {
            index,
            key,
            written,
        } in self.done
        {
            match typed_key(key, target) {
                Ok(key) => typed.add_done(index, key, written),
                Err(key) => typed.fail(Some(index), None, not_a_key(&key, target, "processed")),
            }
        }
        for key in self.missing_keys {
            // Its failure is added above: every missing key of a delete counts as done.
            typed.missing_keys.extend(typed_key(key, target).ok());
        }
        for BulkFailure { index, key, error } in self.failed {
            // The error names the key.
            let key = key.and_then(|key| typed_key(key, target).ok());
            typed.fail(index, key, error);
        }
        typed.sort();
        typed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ObjectKind;

    #[test]
    fn a_key_of_another_type_is_a_failure() {
        let target = Target::new(ObjectKind::Table, "Items");
        let mut report = BulkReport::new(2);
        report.add_updated(0, Key::Text("1,2".to_owned()), Ok(()));
        report.add_updated(1, Key::Id(3), Ok(()));

        let report = report.typed::<i64>(&target);

        assert_eq!(report.keys().collect::<Vec<_>>(), [&3]);
        let [failure] = report.failed() else {
            panic!("{report:?}")
        };
        assert_eq!(failure.index, Some(0));
        assert!(failure.error.maybe_applied());
        let keys: Vec<Option<&i64>> = report.results().map(std::result::Result::ok).collect();
        assert_eq!(keys, [None, Some(&3)]);
    }

    #[test]
    fn a_number_is_a_key_of_a_view() {
        let target = Target::new(ObjectKind::View, "Open_Items");
        let mut report = BulkReport::new(1);
        report.add_updated(0, Key::Id(3), Ok(()));

        let keys = report.typed::<String>(&target).into_result();

        assert_eq!(keys.expect("every row"), ["3"]);
    }
}
