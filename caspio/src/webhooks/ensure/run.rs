//! Compares the account with the wanted webhooks, and writes what differs.

use super::compare::{label, sees_rest_writes};
use super::plan::{Located, Write, WriteKind, change, check_urls, creation, removals};
use super::report::{EnsureError, EnsureReport, EnsureStep, EnsureWarning};
use super::wanted::{WantedWebhook, check};
use crate::webhooks::definitions::Webhook;
use crate::webhooks::events::{LIST, check_secret, table_segment};
use crate::webhooks::handle::Webhooks;
use crate::work::Work;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

const OPERATION: &str = "webhooks.ensure";

pin_project! {
    /// Makes the account have the wanted webhooks when it is awaited. Created by [`Webhooks::ensure`].
    #[derive(Clone, Debug)]
    #[must_use = "nothing is compared or written until it is awaited"]
    pub struct Ensure {
        webhooks: Webhooks,
        wanted: Vec<WantedWebhook>,
        removes_events: bool,
        removed_prefix: Option<String>,
        is_dry_run: bool,
        #[pin]
        work: Work<'static, Result<EnsureReport, EnsureError>>,
    }
}

impl Webhooks {
    /// Makes the account have these webhooks with these events: creates what is missing, changes what differs, and
    /// leaves everything else as it is. A second time it only reads, if the service returns what was written: an event
    /// whose sources or template it returns in another form is written by each run. All sources, or none, are the
    /// default ones (inferred, fact `default-event-sources`).
    ///
    /// One call for the list of webhooks, one for the events of each wanted webhook that exists, and one for each
    /// write; on v4 one more, the first time that the client uses the id of a table.
    ///
    /// A webhook is recognized by its name. An event is recognized by its table, its kind, and the fields whose change
    /// it reports; one whose fields overlap with those of a wanted one is changed, because both cannot exist.
    ///
    /// ```no_run
    /// use caspio::prelude::*;
    /// use caspio::webhooks::{EventSettings, NewWebhook, WantedWebhook};
    ///
    /// # fn keep(name: &str, secret: &caspio::SecretString) {}
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let orders = WantedWebhook::new(NewWebhook::new("Orders", ["https://example.com/orders"]))
    ///     .event(EventSettings::inserted("Orders"))
    ///     .event(EventSettings::deleted("Orders"));
    /// let ensured = caspio.webhooks().ensure([orders]).remove_other_events().await;
    /// let report = match &ensured {
    ///     Ok(report) => report,
    ///     Err(failed) => &failed.report,
    /// };
    /// for (name, secret) in &report.secrets {
    ///     keep(name, secret); // no other response has it
    /// }
    /// for warning in &report.warnings {
    ///     eprintln!("{warning}");
    /// }
    /// ensured.map_err(|failed| failed.error)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`EnsureError`], which has what was written before, with the secrets of new webhooks. `Refused`, before anything
    /// is written: two of the wanted exclude each other, another webhook of the account has one of the URLs, or an
    /// event sets whether its messages have the secret, which v3 cannot.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, some writes may be done. The secret of a webhook that was created is lost.
    pub fn ensure(&self, wanted: impl IntoIterator<Item = WantedWebhook>) -> Ensure {
        Ensure {
            webhooks: self.clone(),
            wanted: wanted.into_iter().collect(),
            removes_events: false,
            removed_prefix: None,
            is_dry_run: false,
            work: Work::default(),
        }
    }
}

impl Ensure {
    /// Also removes the events of the wanted webhooks that are not wanted.
    pub fn remove_other_events(mut self) -> Self {
        self.removes_events = true;
        self
    }

    /// Also removes the webhooks that are not wanted and whose names begin with this text, first of all, because names
    /// and URLs are unique. Names with a prefix of the program's own keep the webhooks of others safe; an empty prefix
    /// is refused.
    pub fn remove_others_named(mut self, prefix: impl Into<String>) -> Self {
        self.removed_prefix = Some(prefix.into());
        self
    }

    /// Writes nothing; the report has what would be written.
    pub fn dry_run(mut self) -> Self {
        self.is_dry_run = true;
        self
    }

    async fn run(self) -> Result<EnsureReport, EnsureError> {
        let mut report = EnsureReport::default();
        match self.fill(&mut report).await {
            Ok(()) => Ok(report),
            Err(error) => {
                let error = match error.operation() {
                    Some(_) => error,
                    None => error.with_operation(OPERATION),
                };
                Err(EnsureError { error, report })
            }
        }
    }

    async fn fill(&self, report: &mut EnsureReport) -> Result<()> {
        check(&self.wanted)?;
        for wanted in &self.wanted {
            for event in &wanted.events {
                let checked = check_secret(&self.webhooks.client, event);
                checked.map_err(|error| error.with_resource(wanted.resource()))?;
            }
        }
        let prefix = self.removed_prefix.as_deref();
        if prefix.is_some_and(|prefix| prefix.trim().is_empty()) {
            let message = "an empty prefix would remove every webhook that is not wanted";
            return Err(Error::new(ErrorKind::Refused, message)
                .with_hint("begin the names of your webhooks with a text of their own"));
        }
        report.warnings = warnings(&self.wanted);
        let existing = self.webhooks.list().await?;
        let mut writes = removals(&existing, &self.wanted, prefix);
        check_urls(&existing, &self.wanted, &writes)?;
        for wanted in &self.wanted {
            let found = existing
                .iter()
                .find(|webhook| webhook.name.as_deref() == Some(wanted.name()));
            match found {
                Some(webhook) => {
                    report
                        .ids
                        .insert(wanted.name().to_owned(), webhook.id.clone());
                    writes.extend(self.changes(webhook, wanted).await?);
                }
                None => {
                    // A table that does not exist is noticed before anything is written, where ids are looked up.
                    self.segments(wanted).await?;
                    writes.extend(creation(wanted));
                }
            }
        }
        for write in writes {
            if !self.is_dry_run {
                self.make(&write, report).await?;
            }
            report.steps.push(EnsureStep {
                action: write.kind.action(),
                webhook: write.webhook,
                event: write.event,
            });
        }
        Ok(())
    }

    /// Returns the writes that make a webhook of the account as wanted.
    async fn changes(&self, webhook: &Webhook, wanted: &WantedWebhook) -> Result<Vec<Write>> {
        let segments = self.segments(wanted).await?;
        let segments = segments.iter().map(String::as_str);
        let located: Vec<Located<'_>> = wanted.events.iter().zip(segments).collect();
        let events = match located.is_empty() && !self.removes_events {
            true => Vec::new(),
            false => self.webhooks.events(&webhook.id).list().await?,
        };
        Ok(change(
            webhook,
            wanted,
            &located,
            &events,
            self.removes_events,
        ))
    }

    /// Returns what identifies the table of each event in requests.
    async fn segments(&self, wanted: &WantedWebhook) -> Result<Vec<String>> {
        let mut segments = Vec::with_capacity(wanted.events.len());
        for event in &wanted.events {
            segments.push(table_segment(&self.webhooks.client, &event.table, LIST).await?);
        }
        Ok(segments)
    }

    async fn make(&self, write: &Write, report: &mut EnsureReport) -> Result<()> {
        let webhooks = &self.webhooks;
        match &write.kind {
            WriteKind::CreateWebhook(new) => {
                let created = webhooks.create(new.clone()).await?;
                let name = &write.webhook;
                report.ids.insert(name.clone(), created.webhook.id);
                let secret = created.secret.map(|secret| (name.clone(), secret));
                report.secrets.extend(secret);
                Ok(())
            }
            WriteKind::UpdateWebhook(id, update) => webhooks.update(id, update.clone()).await,
            WriteKind::RemoveWebhook(id) => webhooks.delete(id).await,
            WriteKind::CreateEvent(settings) => {
                let Some(id) = report.ids.get(&write.webhook) else {
                    let message = "the webhook of an event was created without an id";
                    return Err(Error::new(ErrorKind::Protocol, message));
                };
                let created = webhooks.events(id).create(settings.clone()).await;
                created.map(drop)
            }
            WriteKind::UpdateEvent(webhook, id, settings) => {
                webhooks.events(webhook).update(id, settings.clone()).await
            }
            WriteKind::RemoveEvent(webhook, id) => webhooks.events(webhook).delete(id).await,
        }
    }
}

fn warnings(wanted: &[WantedWebhook]) -> Vec<EnsureWarning> {
    let mut warnings = Vec::new();
    for one in wanted {
        for event in one.events.iter().filter(|event| !sees_rest_writes(event)) {
            warnings.push(EnsureWarning::NotOnRestWrites {
                webhook: one.name().to_owned(),
                event: label(event),
            });
        }
    }
    warnings
}

impl Future for Ensure {
    type Output = Result<EnsureReport, EnsureError>;

    /// Compares, and writes.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || {
            let ensure = Self {
                webhooks: this.webhooks.clone(),
                wanted: this.wanted.clone(),
                removes_events: *this.removes_events,
                removed_prefix: this.removed_prefix.clone(),
                is_dry_run: *this.is_dry_run,
                work: Work::default(),
            };
            ensure.run().boxed()
        })
    }
}
