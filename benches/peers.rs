//! Whole processes, side by side with what people run instead: `cargo bench --bench peers`, with the numbers of objects as arguments.
//!
//! Each peer gets as many of its own units as sysd gets objects: models, classes, messages. A peer that is not installed is
//! left out with a note. Both sides run alternately, and the figure is the median of the paired ratios.

mod specs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1, 1000] } else { sizes };
    let folder = std::env::temp_dir().join(format!("sysd-peers-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for what the tools read");
    println!("{:<34} {:>8} {:>12} {:>12} {:>22}", "command", "objects", "peer", "sysd check", "sysd takes");
    for peer in PEERS {
        for size in &sizes {
            compare(peer, *size, &folder);
        }
    }
    let _ = fs::remove_dir_all(&folder);
}

/// A tool that people run instead, on as many of its own units as sysd gets objects.
struct Peer {
    program: &'static str,
    /// `FILE` and `FOLDER` stand for what was written.
    arguments: &'static [&'static str],
    file: &'static str,
    text: fn(usize) -> String,
}

static PEERS: &[Peer] = &[
    Peer { program: "true", arguments: &[], file: "nothing", text: |_| String::new() },
    Peer {
        program: "ruff",
        arguments: &["check", "--no-cache", "--isolated", "FILE"],
        file: "classes.py",
        text: classes,
    },
    Peer { program: "likec4", arguments: &["validate", "--ignore-layout", "FOLDER"], file: "model.c4", text: elements },
    Peer { program: "tsp", arguments: &["compile", "--no-emit", "FILE"], file: "main.tsp", text: models },
    Peer { program: "buf", arguments: &["lint", "FOLDER"], file: "messages.proto", text: messages },
    Peer { program: "cedar", arguments: &["check-parse", "--schema", "FILE"], file: "types.cedarschema", text: types },
];

fn compare(peer: &Peer, size: usize, folder: &Path) {
    let own = folder.join(format!("{}-{size}", peer.program));
    fs::create_dir_all(&own).expect("a folder of its own");
    let (file, spec) = (own.join(peer.file), own.join("spec.sysd"));
    fs::write(&file, (peer.text)(size)).expect("a file to read");
    let replaced = |argument: &&str| argument.replace("FILE", &shown(&file)).replace("FOLDER", &shown(&own));
    let theirs: Vec<String> = peer.arguments.iter().map(replaced).collect();
    let Some(first) = seconds(peer.program, &theirs) else {
        return println!("{:<34} not installed, left out", peer.program);
    };
    fs::write(&spec, specs::spec(size)).expect("a spec to check");
    let ours = ["check".to_owned(), shown(&spec), "--quiet".to_owned()];
    let pairs = if first > 2.0 { 3 } else { 11 };
    let pair = |_| Some((seconds(peer.program, &theirs)?, seconds(env!("CARGO_BIN_EXE_sysd"), &ours)?));
    let runs: Vec<(f64, f64)> = (0..pairs).filter_map(pair).collect();
    let median = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let ratio = median(runs.iter().map(|(their, our)| our / their).collect());
    let said =
        if ratio < 1.0 { format!("1/{:.1} of its time", 1.0 / ratio) } else { format!("{ratio:.2} × its time") };
    let (their, our) = runs.into_iter().unzip();
    let command = format!("{} {}", peer.program, peer.arguments.iter().take(2).copied().collect::<Vec<_>>().join(" "));
    println!("{command:<34} {size:>8} {:>9.1} ms {:>9.1} ms {said:>22}", median(their) * 1e3, median(our) * 1e3);
}

fn shown(path: &Path) -> String {
    PathBuf::from(path).to_string_lossy().into_owned()
}

/// How long a process takes; nothing, where there is no such program.
fn seconds(program: &str, arguments: &[String]) -> Option<f64> {
    let start = Instant::now();
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    Some(start.elapsed().as_secs_f64())
}

fn repeated(count: usize, unit: &str) -> String {
    (0..count).map(|number| unit.replace('@', &number.to_string())).collect()
}

fn classes(count: usize) -> String {
    let unit = "class Item@:\n    \"\"\"One thing that many compete for.\"\"\"\n\n    item_id: str\n    end_time: int\n    best: int\n\n    \
        def offer(self, amount: int, now: int) -> bool:\n        if now < self.end_time and amount > self.best:\n            \
        self.best = amount\n            return True\n        return False\n\n    def close(self, now: int) -> bool:\n        \
        if now >= self.end_time:\n            self.end_time = 0\n            return True\n        return False\n\n\n";
    repeated(count, unit)
}

fn elements(count: usize) -> String {
    let unit = "  item@ = component 'Item @' {\n    description 'One thing that many compete for'\n  }\n  user -> item@ 'bids'\n";
    format!(
        "specification {{\n  element actor\n  element component\n}}\nmodel {{\n  user = actor 'User'\n{}}}\nviews {{\n  view index {{\n    \
         include *\n  }}\n}}\n",
        repeated(count, unit)
    )
}

fn models(count: usize) -> String {
    repeated(
        count,
        "model Item@ {\n  itemId: string;\n  endTime: utcDateTime;\n  best: decimal;\n  state: \"open\" | \"ended\";\n}\n\n",
    )
}

fn messages(count: usize) -> String {
    let unit = "// One thing that many compete for.\nmessage Item@ {\n  string item_id = 1;\n  int64 end_time = 2;\n  int64 best = 3;\n}\n\n";
    format!("syntax = \"proto3\";\n\npackage generated.v1;\n\n{}", repeated(count, unit))
}

fn types(count: usize) -> String {
    repeated(count, "entity Item@ { end_time: Long, best: Long, owner: String };\n")
}
