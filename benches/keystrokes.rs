//! From a keystroke to the diagnostics, through the language server as an editor has it: `cargo bench --bench keystrokes`, with
//! the numbers of objects as arguments.

mod specs;

use std::time::Instant;

use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};

/// Of a spec of so many objects: the milliseconds that 95 of 100 keystrokes may take at most.
const GOALS: &[(usize, f64)] = &[(50, 4.0), (500, 20.0), (1000, 50.0)];

const URI: &str = "file:///generated.sysd";

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![50, 500, 5000] } else { sizes };
    println!("{:>8} {:>12} {:>12} {:>12} {:>12}", "objects", "check", "median", "p95", "goal");
    for size in sizes {
        let text = specs::spec(size);
        let check = seconds(|| drop(sysd::check(&text)));
        let mut waits = waits(&text, (5_000 / size).clamp(5, 40));
        waits.sort_by(f64::total_cmp);
        let goal = GOALS.iter().find(|(objects, _)| *objects == size).map(|(_, goal)| format!("{goal:.0} ms"));
        let goal = goal.unwrap_or_else(|| format!("{:.1} ms", 0.3 * check * 1e3));
        let (median, late) = (waits[waits.len() / 2], waits[(waits.len() * 95).div_ceil(100) - 1]);
        let ms = |seconds: f64| format!("{:.1} ms", seconds * 1e3);
        println!("{size:>8} {:>12} {:>12} {:>12} {goal:>12}", ms(check), ms(median), ms(late));
    }
}

/// Types one digit after the other into an amount in the middle of the text, and waits for what is wrong each time.
fn waits(text: &str, strokes: usize) -> Vec<f64> {
    let (ours, theirs) = Connection::memory();
    let server = std::thread::spawn(move || sysd::lsp::serve(theirs));
    let tell = |method: &str, params: Value| {
        ours.sender.send(Notification::new(method.to_owned(), params).into()).expect("the server listens");
    };
    let told = |version: i32| loop {
        match ours.receiver.recv().expect("the server speaks") {
            Message::Notification(it)
                if it.method == "textDocument/publishDiagnostics" && it.params["version"] == version =>
            {
                return;
            }
            _ => (),
        }
    };
    let hello = Request::new(1.into(), "initialize".to_owned(), json!({ "capabilities": {} }));
    ours.sender.send(hello.into()).expect("the server listens");
    tell("initialized", json!({}));
    tell(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": URI, "languageId": "sysd", "version": 1, "text": text } }),
    );
    told(1);
    let rates: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| line.contains("size ")).map(|it| it.0).collect();
    let line = rates[rates.len() / 2];
    let column = text.lines().nth(line).and_then(|line| line.find("size ")).map_or(0, |at| at + "size ".len());
    let at = json!({ "line": line, "character": column });
    let stroke = |number: usize| {
        let version = number as i32 + 2;
        // A digit more, and the next time a digit less.
        let (end, typed) = if number.is_multiple_of(2) { (column, "1") } else { (column + 1, "") };
        let range = json!({ "start": at, "end": { "line": line, "character": end } });
        seconds(|| {
            let change = json!({ "textDocument": { "uri": URI, "version": version }, "contentChanges": [{ "range": range, "text": typed }] });
            tell("textDocument/didChange", change);
            told(version);
        })
    };
    let waits = (0..strokes).map(stroke).collect();
    tell("exit", json!(null));
    let _ = server.join();
    waits
}

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}
