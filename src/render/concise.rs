//! One line a finding: `spec.sysd:4:7: error[S0603] cas-without-idempotency-key: …`.

use super::visible::visible;
use crate::diagnostic::Diagnostic;
use crate::position::Positions;
use crate::source::Sources;

/// The findings that nobody accepted, in the order they came.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let positions = Positions::new(sources);
    let open = diagnostics.iter().filter(|diagnostic| diagnostic.suppressed.is_none());
    open.map(|diagnostic| line(&positions, diagnostic)).collect()
}

fn line(positions: &Positions, diagnostic: &Diagnostic) -> String {
    let place = positions.place(diagnostic.primary.at);
    let place = place.map(|at| format!("{}:{}:{}: ", visible(at.path), at.start.line, at.start.column));
    let message = visible(&diagnostic.message).replace('\n', " ");
    let (severity, code) = (diagnostic.severity.word(), diagnostic.code);
    format!("{}{severity}[{}] {}: {message}\n", place.unwrap_or_default(), code.code, code.slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Severity};
    use crate::source::{FileId, Location, Span};

    static CODE: Code =
        Code { code: "S0201", slug: "object-without-key", severity: Severity::Warning, page: "", cites: &[] };

    #[test]
    fn one_line_each_counted_in_characters() {
        let sources = Sources::single("a b.sysd", "é\nüx y\n");
        let at = Location { file: FileId(0), span: Span::new(6, 7) };
        let found = Diagnostic::new(&CODE, at, "two\nlines");
        let accepted = Diagnostic { suppressed: Some("known".into()), ..found.clone() };
        let placeless = Diagnostic::new(&CODE, Location { file: FileId(9), ..at }, "m");
        let expected = "\
a b.sysd:2:3: warning[S0201] object-without-key: two lines
warning[S0201] object-without-key: m
";
        assert_eq!(render(&sources, &[found, accepted, placeless]), expected);
    }
}
