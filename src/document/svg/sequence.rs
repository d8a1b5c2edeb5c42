//! Who says what to whom: participants side by side, time downwards; what is said only sometimes in a frame.

use sysd_rules::artifact::{FrameKind, Message, Sequence, Turn};

use super::{Canvas, LINE, widest, wrap};

/// Draws a sequence. Messages of participants that are not there are left out.
pub fn draw(sequence: &Sequence) -> String {
    let heads: Vec<Vec<String>> = sequence.participants.iter().map(|name| wrap(name)).collect();
    let known = |message: &Message| message.from < heads.len() && message.to < heads.len();
    let turns: Vec<(Turn<'_>, Vec<String>)> = sequence.turns().into_iter().map(|turn| (turn, lines(turn))).collect();
    let turns: Vec<_> = turns.into_iter().filter(|(turn, _)| !matches!(turn, Turn::Says(it) if !known(it))).collect();
    let depth = deepest(&turns) as f64 * INSET;
    let (gaps, beyond) = gaps(&heads, &turns);
    let first = heads.first().map_or(0.0, |head| widest(head)) / 2.0 + 24.0 + depth;
    let mut columns = vec![first];
    for gap in &gaps {
        columns.push(columns[columns.len() - 1] + gap);
    }
    let last = heads.last().map_or(0.0, |head| widest(head)) / 2.0 + 24.0;
    let framed = turns.iter().filter(|(turn, _)| !matches!(turn, Turn::Says(_)));
    let framed = framed.map(|(_, lines)| widest(lines) + 2.0 * depth + 24.0).fold(0.0, f64::max);
    let width = (columns[columns.len() - 1] + last.max(beyond) + depth).max(framed);
    let head_height = heads.iter().map(Vec::len).max().unwrap_or(1) as f64 * LINE + 14.0;
    let height = head_height + turns.iter().map(|(turn, lines)| rows(*turn, lines)).sum::<f64>() + 40.0;
    let mut canvas = Canvas::default();
    for (x, head) in columns.iter().zip(&heads) {
        let half = widest(head) / 2.0 + 12.0;
        canvas.add(format_args!(r#"<path class="life" d="M{x:.1} {:.1} V{:.1}"/>"#, head_height + 8.0, height - 8.0));
        canvas.add(format_args!(
            r#"<rect class="node" x="{:.1}" y="8" width="{:.1}" height="{head_height:.1}" rx="6"/>"#,
            x - half,
            half * 2.0
        ));
        canvas.label("name", *x, 8.0 + head_height / 2.0, head);
    }
    let mut y = head_height + 18.0;
    let mut open: Vec<f64> = vec![];
    for (turn, lines) in &turns {
        let inset = |depth: usize| 6.0 + depth as f64 * INSET;
        match turn {
            Turn::Opens(..) => {
                said(&mut canvas, "when", inset(open.len()) + 6.0, y + LINE / 2.0 + 2.0, lines);
                open.push(y);
            }
            Turn::Otherwise(_) => {
                let (left, right) = (inset(open.len() - 1), width - inset(open.len() - 1));
                canvas.add(format_args!(r#"<path class="edge dashed" d="M{left:.1} {y:.1} H{right:.1}"/>"#));
                said(&mut canvas, "when", left + 6.0, y + LINE / 2.0 + 4.0, lines);
            }
            Turn::Says(message) => say(&mut canvas, message, &columns, y, lines),
            Turn::Closes => {
                let (top, left) = (open.pop().unwrap_or(y), inset(open.len()));
                canvas.add(format_args!(
                    r#"<path class="rule" d="M{left:.1} {top:.1} H{:.1} V{y:.1} H{left:.1} Z"/>"#,
                    width - left
                ));
            }
        }
        y += rows(*turn, lines);
    }
    canvas.finish(&sequence.title, width, height)
}

/// Pixels from a frame to the one within it.
const INSET: f64 = 10.0;

/// What is written for a turn.
fn lines(turn: Turn<'_>) -> Vec<String> {
    match turn {
        Turn::Opens(kind, when) => wrap(&format!("{}: {when}", word(kind))),
        Turn::Otherwise(when) => wrap(&format!("else: {when}")),
        Turn::Says(message) => wrap(&message.text),
        Turn::Closes => vec![],
    }
}

fn word(kind: FrameKind) -> &'static str {
    match kind {
        FrameKind::Alternatives => "either",
        FrameKind::Loop => "repeat",
        FrameKind::Option => "perhaps",
        FrameKind::Break => "ends here",
    }
}

/// Pixels that a turn takes from top to bottom.
fn rows(turn: Turn<'_>, lines: &[String]) -> f64 {
    let text = lines.len().max(1) as f64 * LINE;
    match turn {
        Turn::Opens(..) => text + 8.0,
        Turn::Otherwise(_) => text + 12.0,
        Turn::Says(_) => text + 20.0,
        Turn::Closes => 10.0,
    }
}

fn deepest(turns: &[(Turn<'_>, Vec<String>)]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for (turn, _) in turns {
        match turn {
            Turn::Opens(..) => depth += 1,
            Turn::Closes => depth = depth.saturating_sub(1),
            Turn::Otherwise(_) | Turn::Says(_) => (),
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Between neighbours there is room for the widest of what they say to each other, a part of it for those further apart. Beyond
/// the last there is room for what it says to itself.
fn gaps(heads: &[Vec<String>], turns: &[(Turn<'_>, Vec<String>)]) -> (Vec<f64>, f64) {
    let mut gaps: Vec<f64> = heads.windows(2).map(|pair| (widest(&pair[0]) + widest(&pair[1])) / 2.0 + 48.0).collect();
    let mut beyond = 0.0f64;
    for (turn, lines) in turns {
        let Turn::Says(message) = turn else { continue };
        let (low, high) = (message.from.min(message.to), message.from.max(message.to));
        let wanted = widest(lines) + 28.0;
        if low == high {
            match gaps.get_mut(low) {
                Some(gap) => *gap = gap.max(wanted + 24.0),
                None => beyond = beyond.max(wanted + 24.0),
            }
        }
        for gap in &mut gaps[low..high] {
            *gap = gap.max(wanted / (high - low) as f64);
        }
    }
    (gaps, beyond)
}

/// One message, from `y` downwards.
fn say(canvas: &mut Canvas, message: &Message, columns: &[f64], y: f64, lines: &[String]) {
    let rows = lines.len().max(1) as f64 * LINE;
    let (from, to) = (columns[message.from], columns[message.to]);
    let class = if message.answer { "edge dashed" } else { "edge" };
    let line = y + rows + 4.0;
    if message.from == message.to {
        canvas.add(format_args!(r#"<path class="{class}" d="M{from:.1} {y:.1} h16 v{:.1} h-10"/>"#, rows + 4.0));
        head(canvas, from + 2.0, line, -1.0);
        said(canvas, "column", from + 24.0, y + LINE / 2.0, lines);
    } else {
        let sign = (to - from).signum();
        canvas.label("edge-label", (from + to) / 2.0, y + rows / 2.0, lines);
        canvas.add(format_args!(r#"<path class="{class}" d="M{from:.1} {line:.1} H{:.1}"/>"#, to - 4.0 * sign));
        head(canvas, to, line, sign);
    }
}

/// Lines that begin at `x`, the first around `y`.
fn said(canvas: &mut Canvas, class: &str, x: f64, y: f64, lines: &[String]) {
    for (index, text) in lines.iter().enumerate() {
        let y = y + index as f64 * LINE;
        canvas.add(format_args!(r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{}</text>"#, super::escape(text)));
    }
}

/// The head of an arrow that goes to the right, or to the left.
fn head(canvas: &mut Canvas, x: f64, y: f64, sign: f64) {
    let back = x - 8.0 * sign;
    canvas.add(format_args!(
        r#"<path class="head" d="M{x:.1} {y:.1} L{back:.1} {:.1} L{back:.1} {:.1} Z"/>"#,
        y - 3.5,
        y + 3.5
    ));
}
