//! What another program writes during the read of a case.

use crate::case::{Act, Case, How, Write};
use crate::random::Random;

/// Returns what is written meanwhile, often where a page ends; reads of groups compute all groups after each write.
pub(crate) fn writes(random: &mut Random, case: &mut Case, keys: &[i64]) -> Vec<Write> {
    if case.how == How::Collect {
        case.how = How::Stream(Vec::new());
    }
    let rows = keys.len() as u64;
    if case.how.is_short() && rows < 600 {
        let count = random.between(1, 4);
        let write = |_| Write {
            after: random.below(6) as usize,
            call: 0,
            act: act_by_key(random, keys),
        };
        return (0..count).map(write).collect();
    }
    if !case.how.is_long() || case.record_type.is_grouped() && rows > 1_000 {
        return Vec::new();
    }
    let page = match case.how {
        How::Page(size) => size.into(),
        How::More(limit) => limit.max(1),
        _ => case.page(),
    };
    if random.percent(50) {
        return writes_at_page_ends(random, rows, page);
    }
    let count = random.between(1, 8);
    let is_each_page = random.percent(30);
    let first = random.between(1, 3);
    let write = |number: u64| {
        let after = match random.below(3) {
            _ if is_each_page => page * (first + number),
            0 => page * random.between(1, rows / page + 1),
            1 => page * random.between(1, 3),
            _ => random.below(rows + 1),
        };
        Write {
            after: after as usize,
            call: 0,
            act: act(random, keys),
        }
    };
    (0..count).map(write).collect()
}

/// Returns a few writes of the last records of pages, before the next page is requested and during the calls for it.
fn writes_at_page_ends(random: &mut Random, rows: u64, page: u64) -> Vec<Write> {
    let pages = (rows / page).max(1);
    let mut after = page * random.between(1, pages);
    let count = random.between(1, 3);
    let mut write = || {
        if random.percent(30) {
            after = page * random.between(1, pages);
        }
        Write {
            after: after as usize,
            call: random.weighted(&[(4, 0), (3, 1), (3, 2), (2, 3), (1, 4)]),
            act: act_on_delivered(random),
        }
    };
    (0..count).map(|_| write()).collect()
}

fn act(random: &mut Random, keys: &[i64]) -> Act {
    match random.below(3) {
        0 => act_by_key(random, keys),
        _ => act_on_delivered(random),
    }
}

fn act_on_delivered(random: &mut Random) -> Act {
    let back = random.weighted(&[(6, 0), (1, 1), (1, 2)]);
    match random.below(6) {
        0 | 1 => Act::DeleteDelivered(back),
        2 if random.percent(40) => Act::Respell(back),
        2 => Act::Alike(back),
        _ => Act::Shift(back, random.pick(&[-3, -2, -1, 1, 1, 2, 3, 8])),
    }
}

fn act_by_key(random: &mut Random, keys: &[i64]) -> Act {
    match random.below(3) {
        0 => Act::Insert(key(random, keys) + random.below(5) as i64),
        1 => Act::Delete(key(random, keys)),
        _ => Act::Move(key(random, keys), random.between(1, 1_000)),
    }
}

/// Returns the key of a record, or of none.
pub(crate) fn key(random: &mut Random, keys: &[i64]) -> i64 {
    match keys {
        [] => 1,
        _ if random.percent(15) => random.between(1, 3_000_000_000) as i64,
        keys => random.pick(keys) + random.weighted(&[(9, 0), (1, 1)]),
    }
}
