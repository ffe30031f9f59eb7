//! The emulator under the reads, and the table in it.

use crate::case::Case;
use crate::world::{Row, World};
use caspio::prelude::*;
use caspio::{ApiVersion, RateLimiter};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};

/// An emulator whose table has the records of one world at a time.
pub(crate) struct Bed {
    pub(crate) emulator: Emulator,
    clients: [Client; 3],
    filled: Option<World>,
    pub(crate) table: Vec<Row>,
}

impl Bed {
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::builder()
            .empty()
            .start()
            .await
            .expect("the emulator starts");
        let field = FieldDef::new;
        let table = TableDef::new("Rows")
            .field(field("Name", DataType::Text255))
            .field(field("Code", DataType::Text255))
            .field(field("Note", DataType::Text64000))
            .field(field("Qty", DataType::Integer))
            .field(field("Count", DataType::Integer))
            .field(field("Amount", DataType::Currency))
            .field(field("Value", DataType::Number))
            .field(field("At", DataType::DateTime))
            .field(field("Flag", DataType::YesNo))
            .field(field("Guid", DataType::Guid))
            .field(field("Auto", DataType::Autonumber))
            .field(field("Known", DataType::Integer).formula("ISNULL(Qty, -1)"));
        emulator.create_table(table).expect("a table");
        let fields = crate::world::Column::ALL.into_iter().skip(1);
        let view = fields.fold(ViewDef::new("Live", "Rows"), |view, column| {
            view.field(&format!("Rows.{}", column.name()))
        });
        emulator
            .create_view(view.filter("Flag = 1"))
            .expect("a view");
        let clients = [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4].map(|version| {
            let client = Client::builder()
                .account(emulator.url())
                .credentials(emulator.client_id(), emulator.client_secret())
                .api_version(version)
                .rate_limiter(RateLimiter::unlimited());
            client.build().expect("a client")
        });
        Self {
            emulator,
            clients,
            filled: None,
            table: Vec::new(),
        }
    }

    pub(crate) fn client(&self, case: &Case) -> &Client {
        &self.clients[usize::from(case.version) - 2]
    }

    /// Fills the table with the records of a world, if it has others.
    pub(crate) fn fill(&mut self, world: &World) {
        if self.filled.as_ref() == Some(world) {
            return;
        }
        self.emulator
            .delete("Rows", "PK_ID > 0")
            .expect("no records");
        self.table = world.rows();
        let records = self.table.iter().map(|row| row.to_json(true));
        self.emulator.restore("Rows", records).expect("the records");
        self.filled = Some(world.clone());
    }

    /// Makes the next case fill the table again.
    pub(crate) fn forget(&mut self) {
        self.filled = None;
    }

    /// Returns how many calls read records so far: as the emulator counts them, and as the client does.
    ///
    /// The emulator may receive the calls of a dropped stream later, so each read is charged with the
    /// smaller of the two.
    pub(crate) fn calls(&self, case: &Case) -> Calls {
        let meter = self.client(case).meter().snapshot();
        Calls {
            received: self.emulator.calls().records_reads(),
            sent: meter.calls - meter.token_calls,
        }
    }
}

/// Two counts of the same calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calls {
    received: u64,
    sent: u64,
}

impl Calls {
    pub(crate) fn since(self, before: Self) -> u64 {
        (self.received - before.received).min(self.sent - before.sent)
    }
}
