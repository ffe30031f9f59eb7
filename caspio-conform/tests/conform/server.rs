//! An emulator, and a run of probes against it through a layer.

use caspio::http_client::{HttpService, ReqwestService};
use caspio::{Account, Client, RateLimiter, RetryPolicy};
use caspio_conform::{Choice, Plan, Prober, Recorder, Report};
use caspio_emulator::Emulator;
use std::sync::Arc;

/// Probes that read a sample table and a sample view, and write to tables of their own.
pub(crate) fn everything() -> Choice {
    let mut choice = Choice::of_every_version();
    choice.table = Some("Contacts".to_owned());
    choice.view = Some("Active_Contacts".to_owned());
    choice.scratch = Some("Probe".to_owned());
    choice
}

/// Starts an emulator with the sample data.
pub(crate) async fn emulator() -> Emulator {
    Emulator::builder().start().await.expect("an emulator")
}

/// Runs a plan; `layer` is put between the emulator and the recorder.
pub(crate) async fn run(
    emulator: &Emulator,
    plan: &Plan,
    layer: impl FnOnce(Arc<dyn HttpService>) -> Arc<dyn HttpService>,
) -> Report {
    let account = Account::new(&emulator.url()).expect("an account");
    let service = ReqwestService::for_account(&account).expect("a service");
    let recorder = Recorder::new();
    let service = recorder.around(layer(Arc::new(service)));
    let limiter = RateLimiter::unlimited();
    let client = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .http_service(service.clone())
        .rate_limiter(limiter.clone())
        .retry(RetryPolicy::none())
        .max_calls(plan.calls())
        .build()
        .expect("a client");
    let prober = Prober::new(client, recorder, service, limiter).expect("a prober");
    prober.run(plan, |_| {}).await.expect("a run")
}
