//! S1204: a query of which nobody says how old its answer may be.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Consistency;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1204",
        slug: "query-without-freshness",
        severity: Severity::Warning,
        page: include_str!("query_without_freshness.md"),
        cites: &["S12-g1", "CK-12a", "CK-12c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let open = |query: Query| design.facts.hole.iter().any(|(entity, _)| *entity == query.into());
    // A view without a bound is told of on its own (S0713).
    let of_views = |query: Query| {
        design.facts.query_reads.iter().any(|(other, source)| *other == query && matches!(source, Source::View(_)))
    };
    let unbounded = design.consistency.consistency.iter().filter_map(|(path, strength, _)| match path {
        Entity::Query(query) if *strength == Consistency::Eventual => Some(*query),
        _ => None,
    });
    let findings = unbounded.filter(|query| !open(*query) && !of_views(*query)).map(|query| {
        let name = design.name(query);
        RULE.at(query, format!("nothing says how old an answer of `{name}` may be"))
            .label("from the source, a follower, or a copy?")
            .note("S12-g1: every read path is strong or has a bound; reads that may lag can be taken off the source")
            .help("say what its readers tolerate: `freshness <= 5s`; `freshness <= 0s` if it must see every acknowledged write")
            .because(fact!(consistency, query, Consistency::Eventual))
    });
    findings.collect()
}
