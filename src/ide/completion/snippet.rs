//! Forms and whole items with tab stops, from the same patterns that read them.

use crate::language::items::{Form, Item};
use crate::language::pattern::{Element, Kind, Measure, Pattern};
use crate::language::spelling::symbol;

/// A form as one writes it: what must be there, with a tab stop in every slot.
pub fn of(form: &'static Form) -> String {
    let mut writer = Writer::default();
    writer.elements(&form.pattern().elements);
    writer.text
}

/// A whole item as one begins it. The lines of its sketch are patterns.
pub fn sketch(item: &Item) -> String {
    let mut writer = Writer::default();
    for line in item.sketch {
        if !writer.text.is_empty() {
            writer.text.push('\n');
        }
        let indented = line.trim_start();
        writer.text.push_str(&line[..line.len() - indented.len()]);
        writer.glued = true;
        writer.in_head = indented.len() == line.len();
        match indented {
            "}" => writer.text.push('}'),
            _ => {
                let opens = indented.strip_suffix(" {");
                writer.elements(&Pattern::parse(opens.unwrap_or(indented)).elements);
                writer.text.push_str(if opens.is_some() { " {" } else { "" });
            }
        }
    }
    writer.text
}

#[derive(Default)]
struct Writer {
    text: String,
    stops: usize,
    /// Nothing comes between what is there and what comes.
    glued: bool,
    /// Outside all braces, where the formatter sets a colon off.
    in_head: bool,
}

impl Writer {
    fn elements(&mut self, elements: &[Element]) {
        for element in elements {
            match element {
                Element::Word(word) => self.push(word),
                Element::Operator(operator) => self.push(symbol(*operator)),
                Element::Slot { name, kind, .. } => {
                    let stop = self.stop(name, *kind);
                    self.push(&stop);
                }
                Element::Comma => self.text.push(','),
                Element::Colon => self.text.push_str(if self.in_head { " :" } else { ":" }),
                Element::Optional(_) => (),
            }
        }
    }

    fn push(&mut self, word: &str) {
        if !std::mem::take(&mut self.glued) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }

    fn stop(&mut self, name: &str, kind: Kind) -> String {
        self.stops += 1;
        let stop = self.stops;
        let example = match kind {
            Kind::Word(words) => {
                let choices: Vec<String> =
                    (words.entries)().iter().map(|(word, _)| word.replace(',', "\\,").replace('|', "\\|")).collect();
                return format!("${{{stop}|{}|}}", choices.join(","));
            }
            Kind::Text => return format!("\"${{{stop}:{name}}}\""),
            Kind::Signature => return format!("${{{stop}:Name}}(${{{}:{name}: id}})", self.next()),
            Kind::Quantity(measure) => example(measure),
            Kind::Percentile => "p95",
            Kind::Type => "uuid",
            Kind::New | Kind::Name(_) | Kind::Own | Kind::Expression | Kind::Run | Kind::Phrase => name,
        };
        format!("${{{stop}:{example}}}")
    }

    fn next(&mut self) -> usize {
        self.stops += 1;
        self.stops
    }
}

/// A figure to begin with.
fn example(measure: Measure) -> &'static str {
    match measure {
        Measure::Count => "100",
        Measure::Time => "200ms",
        Measure::Rate => "10/s",
        Measure::Bytes => "1KB",
        Measure::Percent => "95%",
        Measure::Distance => "1km",
        Measure::Money => "0.01USD",
        Measure::Any => "1",
    }
}
