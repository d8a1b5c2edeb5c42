//! Workflow commands: GitHub shows each finding at its line of a pull request.

use crate::diagnostic::{Diagnostic, Severity};
use crate::position::Positions;
use crate::source::Sources;

/// The findings that nobody accepted, the worst first: GitHub shows ten errors, ten warnings and ten notices of a step, and
/// drops the rest.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let positions = Positions::new(sources);
    let mut open: Vec<&Diagnostic> = diagnostics.iter().filter(|diagnostic| diagnostic.suppressed.is_none()).collect();
    open.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
    open.into_iter().map(|diagnostic| command(&positions, diagnostic)).collect()
}

/// `::error file=…,line=…::message`, with the notes and helps below the message.
fn command(positions: &Positions, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = vec![];
    if let Some(place) = positions.place(diagnostic.primary.at) {
        properties.push(("file", place.path.to_owned()));
        properties.push(("line", place.start.line.to_string()));
        properties.push(("endLine", place.end.line.to_string()));
        // Columns of a range over several lines are refused.
        if place.start.line == place.end.line {
            properties.push(("col", place.start.column.to_string()));
            properties.push(("endColumn", place.end.column.to_string()));
        }
    }
    properties.push(("title", format!("{} {}", diagnostic.code.code, diagnostic.code.slug)));
    let properties: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let helps = diagnostic.helps.iter().map(|help| format!("help: {help}"));
    let lines: Vec<String> = std::iter::once(diagnostic.message.clone()).chain(notes).chain(helps).collect();
    format!("::{level} {}::{}\n", properties.join(","), data(&lines.join("\n")))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{FileId, Location, Span};

    static CODE: Code =
        Code { code: "S0201", slug: "object-without-key", severity: Severity::Error, page: "", cites: &[] };

    #[test]
    fn errors_first_and_nothing_breaks_out_of_its_field() {
        let sources = Sources::single("a,b:c.sysd", "one\ntwo\n");
        let at = |start, end| Location { file: FileId(0), span: Span::new(start, end) };
        let remark = Diagnostic { severity: Severity::Info, ..Diagnostic::new(&CODE, at(0, 7), "over lines") };
        let error = Diagnostic::new(&CODE, at(4, 7), "100%\r\n::warning::x").note("why").help("what");
        let accepted = Diagnostic { suppressed: Some("known".into()), ..error.clone() };
        let expected = "\
::error file=a%2Cb%3Ac.sysd,line=2,endLine=2,col=1,endColumn=4,title=S0201 object-without-key::\
100%25%0D%0A::warning::x%0Anote: why%0Ahelp: what
::notice file=a%2Cb%3Ac.sysd,line=1,endLine=2,title=S0201 object-without-key::over lines
";
        assert_eq!(render(&sources, &[remark, error, accepted]), expected);
    }
}
