//! S0901: a query that no key and no index serves.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0901",
        slug: "query-without-index",
        severity: Severity::Error,
        page: include_str!("query_without_index.md"),
        cites: &["S9-q1", "S9-q1e1", "S9-q1e2", "S9-q1e3", "S9-q1e4", "S9-q1e5", "S9-q1e6"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let served: BTreeSet<Entity> = design.schema.served.iter().map(|(path, _)| *path).collect();
    let mut sources: BTreeSet<(Query, Source)> = facts.query_reads.iter().copied().collect();
    // What reads the whole of a short ranking reads what is asked for.
    sources.retain(|(_, source)| match source {
        Source::View(view) => !facts.top.iter().any(|(other, _)| other == view),
        Source::Object(_) => true,
    });
    // A view without a table of its own is a matter of its source.
    sources.retain(|(_, source)| match source {
        Source::View(view) => design.schema.table_of_view(*view).is_some(),
        Source::Object(_) => true,
    });
    let open = |query: Query| facts.hole.iter().any(|(what, _)| *what == query.into());
    let unserved = sources.into_iter().filter(|(query, _)| !served.contains(&(*query).into()) && !open(*query));
    unserved.map(|(query, source)| finding(design, query, source)).collect()
}

fn finding(design: &Design, query: Query, source: Source) -> Finding {
    let (name, read) = (design.name(query), design.name(source));
    let by: Vec<Field> = design.facts.query_by.iter().filter(|(of, _)| *of == query).map(|(_, field)| *field).collect();
    let finding = match by.first() {
        None => RULE
            .at(query, format!("`{name}` says no field of `{read}` that it looks up by"))
            .label("reads all there is")
            .help(format!("say what it is looked up by: `reads {read} by` and a field")),
        Some(field) => RULE
            .at(clause(query, "reads"), format!("`{name}` looks up `{read}` by `{}`, which `{read}` does not hold", design.facts.path(*field)))
            .label("no column to look up by")
            .help(format!("look up by a field of `{read}`, or give `{read}` that field")),
    };
    finding.note("S9-q1: a frequent query has a key or an index that leads to its records, or it reads the whole table every time")
}
