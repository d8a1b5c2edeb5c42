//! Who says what to whom: participants side by side, time downwards.

use sysd_rules::artifact::Sequence;

use super::{Canvas, LINE, widest, wrap};

/// Draws a sequence. Messages of participants that are not there are left out.
pub fn draw(sequence: &Sequence) -> String {
    let heads: Vec<Vec<String>> = sequence.participants.iter().map(|name| wrap(name)).collect();
    let known = |index: usize| index < heads.len();
    let messages: Vec<_> =
        sequence.messages.iter().filter(|it| known(it.from) && known(it.to)).map(|it| (it, wrap(&it.text))).collect();
    // Between neighbours there is room for the widest of what they say to each other, a part of it for those further apart.
    let mut gaps: Vec<f64> = heads.windows(2).map(|pair| (widest(&pair[0]) + widest(&pair[1])) / 2.0 + 48.0).collect();
    let mut beyond = 0.0f64;
    for (message, lines) in &messages {
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
    let first = heads.first().map_or(0.0, |head| widest(head)) / 2.0 + 24.0;
    let mut columns = vec![first];
    for gap in &gaps {
        columns.push(columns[columns.len() - 1] + gap);
    }
    let last = heads.last().map_or(0.0, |head| widest(head)) / 2.0 + 24.0;
    let width = columns[columns.len() - 1] + last.max(beyond);
    let head_height = heads.iter().map(Vec::len).max().unwrap_or(1) as f64 * LINE + 14.0;
    let body: f64 = messages.iter().map(|(_, lines)| lines.len().max(1) as f64 * LINE + 20.0).sum();
    let height = head_height + body + 40.0;
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
    for (message, lines) in &messages {
        let rows = lines.len().max(1) as f64 * LINE;
        let (from, to) = (columns[message.from], columns[message.to]);
        let class = if message.answer { "edge dashed" } else { "edge" };
        let line = y + rows + 4.0;
        if message.from == message.to {
            let middle = y + rows / 2.0;
            canvas.add(format_args!(r#"<path class="{class}" d="M{from:.1} {y:.1} h16 v{:.1} h-10"/>"#, rows + 4.0));
            head(&mut canvas, from + 2.0, line, -1.0);
            for (index, text) in lines.iter().enumerate() {
                let y = middle + (index as f64 - (lines.len() as f64 - 1.0) / 2.0) * LINE;
                canvas.add(format_args!(
                    r#"<text class="column" x="{:.1}" y="{y:.1}">{}</text>"#,
                    from + 24.0,
                    super::escape(text)
                ));
            }
        } else {
            let sign = (to - from).signum();
            canvas.label("edge-label", (from + to) / 2.0, y + rows / 2.0, lines);
            canvas.add(format_args!(r#"<path class="{class}" d="M{from:.1} {line:.1} H{:.1}"/>"#, to - 4.0 * sign));
            head(&mut canvas, to, line, sign);
        }
        y = line + 16.0;
    }
    canvas.finish(&sequence.title, width, height)
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
