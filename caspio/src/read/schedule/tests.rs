//! Reads of random tables in a model of the service, which answers in any order.

use super::*;
use crate::read::key_range::KeyRange;
use crate::read::page_request::Answer;
use crate::record::Key;
use futures::FutureExt;
use sync_wrapper::SyncWrapper;

/// How many random reads are tried; `CASPIO_TEST_CASES` changes it.
const CASES: u64 = 1_000;

#[test]
fn random_reads_are_complete_and_in_order_and_within_their_calls() {
    let cases = std::env::var("CASPIO_TEST_CASES").map_or(CASES, |cases| {
        cases.parse().expect("CASPIO_TEST_CASES is a number")
    });
    for seed in 1..=cases {
        let mut random = Random::new(seed);
        let keys = random.table();
        let page = random.one_of([1, 2, 3, 7, 10, 60, 100, 1000]);
        let most = 2 + random.below(15) as usize;
        let limit = (random.below(4) == 0).then(|| 1 + random.below(keys.len() as u64 + 10));
        let wanted = limit.map_or(keys.len(), |limit| keys.len().min(limit as usize));

        let mut read = Read::new(&keys, page, most, limit);
        read.reports_totals = random.below(2) == 0;
        let (read, calls) = read.run(&mut random);

        let case = format!(
            "case {seed}: {} keys, page {page}, {most} at once",
            keys.len()
        );
        assert!(read == keys[..wanted], "{case}: {} of {wanted}", read.len());
        let pages = wanted.div_ceil(page.into());
        let permitted = 1.15 * pages as f64 + 1.0;
        assert!(
            calls as f64 <= permitted,
            "{case}: {calls} calls for {pages} pages"
        );
    }
}

fn sparse_then_dense() -> Vec<i64> {
    (1..=2_500_000)
        .filter(|key| *key > 2_400_000 || key % 30 == 0)
        .collect()
}

#[test]
fn eight_calls_at_once_are_over_six_times_faster_also_on_an_unevenly_dense_table() {
    let sparse_then_dense = sparse_then_dense();
    let last = 2_500_001;
    let dense_then_sparse: Vec<i64> = sparse_then_dense
        .iter()
        .rev()
        .map(|key| last - key)
        .collect();

    let tables = [sparse_then_dense, dense_then_sparse];
    for (keys, reports_totals) in tables.iter().flat_map(|keys| [(keys, false), (keys, true)]) {
        let mut read = Read::new(keys, 1000, 8, None);
        read.reports_totals = reports_totals;
        let rounds = read.run_in_rounds();

        let pages = keys.len() / 1000;
        assert!(pages > 6 * rounds, "{rounds} rounds for {pages} pages");
    }
}

#[test]
fn eight_calls_at_once_are_over_seven_times_faster_also_on_unevenly_dense_tables() {
    let sparse_then_dense = sparse_then_dense();
    let of_purged = (1..=100_000).map(|record| record * 50);
    let of_thinned = (1..=50_000).map(|record| 5_000_000 + record * 3);
    let purged_then_thinned_then_whole: Vec<i64> = of_purged
        .chain(of_thinned)
        .chain(5_150_001..=5_200_000)
        .collect();

    for keys in [&sparse_then_dense, &purged_then_thinned_then_whole] {
        let (time, calls) = average_of_reads_with_totals(keys);

        let pages = keys.len() as f64 / 1000.0;
        let faster = TIME_OF_PAGE * (pages + 1.0) / time;
        assert!(faster >= 7.1, "{faster:.2} times");
        assert!(calls <= 1.06 * pages, "{calls} calls for {pages} pages");
    }
}

#[test]
fn eight_calls_at_once_are_six_times_faster_where_records_were_deleted_at_random() {
    let mut random = Random::new(1);
    let half: Vec<i64> = (1..=200_000).filter(|_| random.below(2) == 0).collect();

    let (time, calls) = average_of_reads_with_totals(&half);

    let pages = half.len() as f64 / 1000.0;
    let faster = TIME_OF_PAGE * (pages + 1.0) / time;
    assert!(faster >= 6.0, "{faster:.2} times");
    assert!(calls <= 1.09 * pages, "{calls} calls for {pages} pages");
}

/// How long a page takes on average in a read of one call at a time.
const TIME_OF_PAGE: f64 = 1.0 + LONGER / 2.0 + TO_TAKE;
/// How much longer than the shortest call the longest one takes, and how long a page takes in the client, in times
/// of the shortest call.
const LONGER: f64 = 0.06;
const TO_TAKE: f64 = 0.01;

/// Returns the average time and number of calls of several reads with eight calls at once.
fn average_of_reads_with_totals(keys: &[i64]) -> (f64, f64) {
    const READS: usize = 8;
    let (mut time, mut calls) = (0.0, 0);
    for seed in 1..=READS {
        let mut read = Read::new(keys, 1000, 8, None);
        read.reports_totals = true;
        time += read.run_in_time(&mut Random::new(seed as u64));
        calls += read.calls;
    }
    (time / READS as f64, calls as f64 / READS as f64)
}

/// One read of a table by its schedule.
struct Read<'k> {
    keys: &'k [i64],
    page: u16,
    most: usize,
    limit: Option<u64>,
    reports_totals: bool,
    schedule: Schedule,
    delivered: Vec<i64>,
    calls: usize,
}

impl<'k> Read<'k> {
    fn new(keys: &'k [i64], page: u16, most: usize, limit: Option<u64>) -> Self {
        Self {
            keys,
            page,
            most,
            limit,
            reports_totals: false,
            schedule: Schedule::new(KeySegment::default(), limit.is_some()),
            delivered: Vec::new(),
            calls: 0,
        }
    }

    /// Runs the read with responses in a random order.
    fn run(mut self, random: &mut Random) -> (Vec<i64>, usize) {
        while !self.schedule.is_empty() {
            self.start();
            let running = self.schedule.count(PageRequest::is_running) as u64;
            self.answer(random.below(running) as usize);
            self.deliver();
        }
        (self.delivered, self.calls)
    }

    /// Runs the read with all calls in progress answered at once, and returns how often that was.
    fn run_in_rounds(&mut self) -> usize {
        let mut rounds = 1;
        while !self.schedule.is_empty() {
            self.start();
            while self.schedule.count(PageRequest::is_running) > 0 {
                self.answer(0);
            }
            self.deliver();
            rounds += 1;
        }
        assert!(self.delivered == self.keys);
        rounds
    }

    /// Runs the read with calls that take nearly the same time, and returns how long it takes.
    fn run_in_time(&mut self, random: &mut Random) -> f64 {
        let mut now = 0.0;
        // When the call for the segment after a key ends.
        let mut ends: Vec<(f64, Option<i64>)> = Vec::new();
        while !self.schedule.is_empty() {
            self.start();
            for request in self.schedule.requests_mut() {
                let low = request.segment.low();
                if request.is_running() && ends.iter().all(|(_, running)| *running != low) {
                    let latency = 1.0 + LONGER * random.below(1000) as f64 / 1000.0;
                    ends.push((now + latency, low));
                }
            }
            ends.sort_by(|a, b| b.0.total_cmp(&a.0));
            let (end, low) = ends.pop().expect("a running call");
            let is_ended = |request: &&mut PageRequest| request.segment.low() == low;
            let request = self.schedule.requests_mut().find(is_ended);
            request.expect("the call's segment").call = Call::Answered(answer());
            now = end.max(now) + TO_TAKE;
            self.deliver();
        }
        assert!(self.delivered == self.keys);
        now
    }

    /// Plans by the total of the first page, or reads the range of keys.
    fn plan(&mut self) {
        let total = self.keys.len() as u64;
        if let (true, [low, .., high]) = (self.reports_totals, &self.delivered[..]) {
            let (low, high, count) = (*low, *high, self.delivered.len() as u64);
            let range = KeyRange { low, high, count };
            let (page, most) = (self.page, self.most);
            if let Some(planner) = RangePlanner::from_page(range, total, page, self.limit, most) {
                return self.schedule.plan(planner);
            }
        }
        self.calls += 1;
        if let (Some(low), Some(high)) = (self.keys.first(), self.keys.last()) {
            let range = KeyRange {
                low: *low,
                high: *high,
                count: self.keys.len() as u64,
            };
            let planner = RangePlanner::new(range, self.page, self.limit);
            self.schedule.plan(planner);
        }
    }

    fn left(&self) -> u64 {
        self.limit.unwrap_or(u64::MAX) - self.delivered.len() as u64
    }

    fn start(&mut self) {
        self.examine();
        let most = if self.schedule.is_planned() {
            self.most
        } else {
            1
        };
        let pages_left = self.left().div_ceil(self.page.into());
        let pages_left = usize::try_from(pages_left).unwrap_or(usize::MAX);
        while let Some(index) = self.schedule.next(most, pages_left) {
            let left = u16::try_from(self.left()).unwrap_or(u16::MAX);
            let request = self.schedule.request_mut(index);
            request.size = if index == 0 {
                left.min(self.page)
            } else {
                self.page
            };
            request.call = Call::Running(SyncWrapper::new(futures::future::pending().boxed()));
            self.calls += 1;
        }
    }

    fn answer(&mut self, running: usize) {
        let mut requests = self
            .schedule
            .requests_mut()
            .filter(|request| request.is_running());
        let request = requests.nth(running).expect("a call in progress");
        request.call = Call::Answered(answer());
    }

    fn deliver(&mut self) {
        while let Some((page, _)) = self.schedule.take_answered() {
            let (keys, last, total) = self.content(&page);
            let left = usize::try_from(self.left()).unwrap_or(usize::MAX);
            self.delivered.extend(&keys[..keys.len().min(left)]);
            if self.left() == 0 {
                self.schedule = Schedule::empty();
                return;
            }
            let following = page.following(keys.len(), total);
            self.schedule.advance(&page, keys.len(), last, following);
            if !self.schedule.is_planned() && !self.schedule.is_empty() {
                self.plan();
            }
            self.examine();
        }
    }

    fn examine(&mut self) {
        let mut index = 0;
        while self.schedule.is_planned() && index < self.schedule.len() {
            let request = self.schedule.request(index);
            if request.is_answered() && !request.is_examined {
                let (keys, last, total) = self.content(&request.page());
                let count = keys.len();
                self.schedule.examine(index, PageEnd { count, last, total });
            }
            index += 1;
        }
    }

    /// Returns the keys of a page, the last of them, and how many its segment has if that is reported.
    fn content(&self, page: &PageInfo) -> (&'k [i64], Option<Cursor>, Option<u64>) {
        let low = page.segment.low().unwrap_or(i64::MIN);
        let until = page.segment.until.unwrap_or(i64::MAX);
        let start = self.keys.partition_point(|key| *key <= low);
        let end = self.keys.partition_point(|key| *key <= until).max(start);
        let total = self.reports_totals.then_some((end - start) as u64);
        let end = end.min(start + usize::from(page.size));
        let keys = &self.keys[start..end];
        let last = keys.last().map(|key| Cursor::at_key(&Key::Id(*key)));
        (keys, last, total)
    }
}

/// Pseudo-random numbers (xorshift), the same for the same seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        (0..5).for_each(|_| {
            random.below(1);
        });
        random
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) % end.max(1)
    }

    fn one_of<const N: usize>(&mut self, values: [u16; N]) -> u16 {
        values[self.below(N as u64) as usize]
    }

    /// Returns the keys of a table: parts without gaps, with regular and random gaps, clusters, far single keys.
    fn table(&mut self) -> Vec<i64> {
        let mut keys = Vec::new();
        let mut key = 1;
        let longest = self.one_of([3, 30, 300, 3000]);
        for _ in 0..=self.below(8) {
            let length = 1 + self.below(longest.into());
            let kind = self.below(6);
            let gap = 1 + self.below(60);
            if kind == 5 {
                key += self.below(100_000_000) as i64;
            }
            for index in 0..length {
                keys.push(key);
                key += match kind {
                    0 => 1,
                    1 => gap as i64,
                    2 => 1 + self.below(gap) as i64,
                    3 if index % gap == 0 => 1 + self.below(100_000) as i64,
                    4 if index % gap == 0 => 2,
                    5 => 1 + self.below(10_000_000) as i64,
                    _ => 1,
                };
            }
        }
        keys
    }
}

/// A response whose content the test knows without it.
fn answer() -> Answer {
    Answer {
        response: Ok(Bytes::new()),
        end: None,
    }
}
