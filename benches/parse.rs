//! The rate of lexing and parsing: `cargo bench --bench parse`.

use std::hint::black_box;
use std::time::Instant;
use sysd::source::FileId;
use sysd::syntax::{lexer, parse};

fn main() {
    let spec = std::fs::read_to_string("corpus/auction/spec.sysd").expect("run in the repository");
    for megabytes in [0.1, 0.8, 8.0, 84.0] {
        let text = spec.repeat((megabytes * 1e6 / spec.len() as f64) as usize);
        report("lex", &text, |text| lexer::tokens(text).count());
        report("parse", &text, |text| parse(FileId(0), text).0.items.len());
    }
}

/// The median of several runs.
fn report(what: &str, text: &str, run: impl Fn(&str) -> usize) {
    let runs = (50_000_000 / text.len()).clamp(3, 101);
    let mut seconds: Vec<f64> = Vec::with_capacity(runs);
    for _ in 0..runs {
        let start = Instant::now();
        black_box(run(black_box(text)));
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let rate = text.len() as f64 / 1e6 / seconds[runs / 2];
    println!("{what:<18} {:>8.1} MB: {rate:>6.1} MB/s", text.len() as f64 / 1e6);
}
