//! Whole processes, side by side with what people run instead: `cargo bench --bench peers`, with the numbers of objects as arguments.
//!
//! Each peer gets as many of its own units as sysd gets objects: models, classes, messages. A peer that is not installed is
//! left out with a note. Both sides run alternately, and the figure is the median of the paired ratios, beside the goal. Memory
//! is what GNU time says.

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
    println!(
        "{:<34} {:>8} {:>12} {:>12} {:>10} {:>20} {:>10}",
        "command", "objects", "peer", "sysd check", "memory", "sysd takes", "goal"
    );
    for peer in PEERS {
        for size in &sizes {
            compare(peer, *size, &folder);
        }
    }
    for size in &sizes {
        of_its_own(*size, &folder);
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
    /// The share of its time that sysd may take, by number of objects.
    goals: &'static [(usize, f64)],
}

static PEERS: &[Peer] = &[
    Peer { program: EMPTY, arguments: &[], file: "nothing", text: |_| String::new(), goals: &[(1, 1.3)] },
    Peer {
        program: "ruff",
        arguments: &["check", "--no-cache", "--isolated", "FILE"],
        file: "classes.py",
        text: classes,
        goals: &[(1000, 1.5), (10_000, 1.5)],
    },
    Peer {
        program: "likec4",
        arguments: &["validate", "--ignore-layout", "FOLDER"],
        file: "model.c4",
        text: elements,
        goals: &[(1, 1.0 / 500.0), (1000, 1.0 / 50.0)],
    },
    Peer {
        program: "tsp",
        arguments: &["compile", "--no-emit", "FILE"],
        file: "main.tsp",
        text: models,
        goals: &[(1, 1.0 / 500.0), (1000, 1.0 / 50.0)],
    },
    Peer {
        program: "buf",
        arguments: &["lint", "FOLDER"],
        file: "messages.proto",
        text: messages,
        goals: &[(1000, 1.0 / 20.0)],
    },
    Peer {
        program: "cedar",
        arguments: &["check-parse", "--schema", "FILE"],
        file: "types.cedarschema",
        text: types,
        goals: &[(1000, 1.0 / 8.0)],
    },
];

/// A Rust program that does nothing, compiled here: what starting any process costs.
const EMPTY: &str = "empty";

fn compare(peer: &Peer, size: usize, folder: &Path) {
    let own = folder.join(format!("{}-{size}", peer.program));
    fs::create_dir_all(&own).expect("a folder of its own");
    let (file, spec) = (own.join(peer.file), own.join("spec.sysd"));
    fs::write(&file, (peer.text)(size)).expect("a file to read");
    let replaced = |argument: &&str| argument.replace("FILE", &shown(&file)).replace("FOLDER", &shown(&own));
    let theirs: Vec<String> = peer.arguments.iter().map(replaced).collect();
    let program = if peer.program == EMPTY { empty(folder) } else { peer.program.to_owned() };
    let Some(first) = seconds(&program, &theirs) else {
        return println!("{:<34} not installed, left out", peer.program);
    };
    fs::write(&spec, specs::spec(size)).expect("a spec to check");
    let ours = ["check".to_owned(), shown(&spec), "--quiet".to_owned()];
    let pairs = if first > 2.0 { 3 } else { 11 };
    let pair = |_| Some((seconds(&program, &theirs)?, seconds(SYSD, &ours)?));
    let runs: Vec<(f64, f64)> = (0..pairs).filter_map(pair).collect();
    let ratio = median(runs.iter().map(|(their, our)| our / their).collect());
    let goal = peer.goals.iter().find(|(objects, _)| *objects == size).map_or(String::new(), |(_, goal)| times(*goal));
    let memory = megabytes(SYSD, &ours).zip(megabytes(&program, &theirs));
    let memory = memory.map_or("?".to_owned(), |(our, their)| times(our / their));
    let (their, our) = runs.into_iter().unzip();
    let command = format!("{} {}", peer.program, peer.arguments.iter().take(2).copied().collect::<Vec<_>>().join(" "));
    println!(
        "{command:<34} {size:>8} {:>9.1} ms {:>9.1} ms {memory:>10} {:>20} {goal:>10}",
        median(their) * 1e3,
        median(our) * 1e3,
        format!("{} its time", times(ratio))
    );
}

/// `sysd solve` beside `sysd check`, and what a check takes of memory.
fn of_its_own(size: usize, folder: &Path) {
    let spec = folder.join("spec.sysd");
    fs::write(&spec, specs::spec(size)).expect("a spec to check");
    let check = ["check".to_owned(), shown(&spec), "--quiet".to_owned()];
    let solve = ["solve".to_owned(), shown(&spec)];
    let ratios = (0..5).filter_map(|_| Some(seconds(SYSD, &solve)? / seconds(SYSD, &check)?)).collect();
    println!("solve takes {} the time of check at {size} objects (goal 3 ×)", times(median(ratios)));
    if let Some(all) = megabytes(SYSD, &check) {
        println!("check takes {all:.0} MB at {size} objects, {:.1} KB each (goal 20)", all * 1e3 / size as f64);
    }
}

const SYSD: &str = env!("CARGO_BIN_EXE_sysd");

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

/// `1.30 ×`, `1/50`
fn times(ratio: f64) -> String {
    if ratio < 0.5 { format!("1/{:.0}", 1.0 / ratio) } else { format!("{ratio:.2} ×") }
}

/// The path of a program that does nothing; no path where there is no compiler.
fn empty(folder: &Path) -> String {
    let (source, program) = (folder.join("empty.rs"), folder.join("empty"));
    if !program.exists() {
        fs::write(&source, "fn main() {}").expect("a program to write");
        let _ = Command::new("rustc").args(["-O", "-o"]).args([&program, &source]).status();
    }
    shown(&program)
}

/// The most memory a process holds at once; nothing, where there is no GNU time.
fn megabytes(program: &str, arguments: &[String]) -> Option<f64> {
    let timed = Command::new("/usr/bin/time")
        .args(["-f", "%M", program])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&timed.stderr).into_owned();
    Some(said.lines().last()?.trim().parse::<f64>().ok()? / 1e3)
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
