//! Runs an import or export task and waits for its end.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::ErrorKind;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // It runs a task, so it uses an emulator only.
    let connection = caspio_examples::emulate().await?;
    let tasks = connection.caspio.tasks();
    for task in tasks.list().await? {
        let name = task.name.unwrap_or_default();
        let frequency = task.frequency.unwrap_or_default();
        println!("{name}: {frequency}");
    }

    let import = tasks.named("Orders Import").await?;
    let run = import
        .run_and_wait()
        .first_wait(Duration::from_millis(200))
        .deadline(Duration::from_secs(1800));
    match run.await {
        Ok(_) => println!("\nthe import has ended"),
        Err(error) if error.kind() == ErrorKind::Conflict => println!("\nit runs already"),
        // The task was started, or may have been: do not run it again before you have looked at it.
        Err(error) if error.maybe_applied() => println!("\nit is not known to have ended: {error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
