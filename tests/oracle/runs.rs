//! The keys of a table.

use crate::content::Run;
use crate::random::Random;

/// Returns runs of keys of one of the forms that tables get in use, with about this many records.
pub(crate) fn runs(random: &mut Random, rows: u64) -> Vec<Run> {
    let run = |gap, count, step| Run { gap, count, step };
    let wide = random.between(2, 60);
    let part = random.pick(&[
        rows / 50,
        rows / 20,
        rows / 5,
        rows / 2,
        random.clone().below(rows + 1),
    ]);
    match random.below(10) {
        0 => vec![run(0, rows, 1)],
        1 => vec![run(random.below(1_000), rows, wide)],
        // Sparse, then dense, and the reverse.
        2 => vec![run(0, part, wide), run(0, rows - part, 1)],
        3 => vec![run(0, part, 1), run(0, rows - part, wide)],
        // A dense middle, with few records left on both sides.
        4 => {
            let side = 1 + rows / 50;
            let far = rows * random.between(1, 40);
            vec![
                run(0, side, 1 + far / side),
                run(0, rows.saturating_sub(2 * side), 1),
                run(0, side, 1 + far / side),
            ]
        }
        // Clusters of random length and distance.
        5 | 6 => {
            let mut runs = Vec::new();
            let mut left = rows;
            while left > 0 && runs.len() < 40 {
                let count = random.between(1, 1 + rows / 3).min(left);
                let gap = random.pick(&[0, 3, rows, 20 * rows]);
                runs.push(run(
                    random.between(0, gap),
                    count,
                    random.pick(&[1, 1, 2, 7]),
                ));
                left -= count;
            }
            runs
        }
        // The last keys that there are.
        8 => {
            let end = i32::MAX as u64;
            vec![
                run(0, rows / 2, 1),
                run(end - rows.min(end), rows - rows / 2, 1),
            ]
        }
        // Single keys far away.
        7 => vec![
            run(0, rows.saturating_sub(2), 1),
            run(random.below(1_000_000_000), 1, 1),
            run(random.below(900_000_000), 1, 1),
        ],
        _ => vec![run(random.below(1_000_000_000), rows, 1)],
    }
}
