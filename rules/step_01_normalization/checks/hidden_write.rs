//! S0104: a write behind a sentence that does not mention it, to state that nothing ever looks at.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::fact;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0104",
        slug: "hidden-write",
        severity: Severity::Warning,
        page: include_str!("hidden_write.md"),
        cites: &["S1-c3", "S1-n1", "A-73", "CK-1b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let used = used(design);
    let hidden = design.normalization.hidden_write.iter().filter(|(_, _, object)| !used.contains(object));
    let mut seen = HashSet::new();
    hidden.filter(|(_, operation, object)| seen.insert((*operation, *object))).map(|&(requirement, operation, object)| {
        let (name, written) = (design.name(operation), design.name(object));
        RULE.at(operation, format!("`{name}` also writes `{written}`, which nothing reads"))
            .label(format!("writes `{written}`"))
            .with(object, "no view, query, condition or requirement looks at it")
            .with(requirement, "the sentence does not mention it")
            .note("S1-c3: a write that no requirement shows is either a requirement that is missing or state that nobody needs")
            .help(format!("say who reads `{written}`, or leave the write out"))
            .because(fact!(hidden_write, requirement, operation, object))
    }).collect()
}

/// Objects that something looks at.
fn used(design: &Design) -> HashSet<Object> {
    let facts = &design.facts;
    let object = |source: &Source| if let Source::Object(object) = source { Some(*object) } else { None };
    let upstream = facts.upstream.iter().filter_map(|(_, source)| object(source));
    let queried = facts.query_reads.iter().filter_map(|(_, source)| object(source));
    let decided = design.evidence.reads_field.iter().map(|(_, field)| facts.object_of(*field));
    let asked = facts.touches.iter().filter_map(|(_, _, _, what)| if let Entity::Object(object) = what { Some(*object) } else { None });
    let referred = facts.parameter.iter().filter_map(|(_, _, kind)| if let Type::Object(object) = kind { Some(*object) } else { None });
    let permitting = facts.statement.iter().filter_map(|(_, statement)| match statement {
        Statement::OnlyMay(Permission::GrantedBy(object), _) => Some(*object),
        _ => None,
    });
    // What an accounting law adds up, it needs.
    let counted = facts.statement.iter().filter_map(|(_, statement)| match statement {
        Statement::Equals { law, .. } => Some(law.fields().into_iter().map(|field| facts.object_of(field)).collect::<Vec<_>>()),
        _ => None,
    });
    upstream.chain(counted.flatten()).chain(queried).chain(decided).chain(asked).chain(referred).chain(permitting).collect()
}
