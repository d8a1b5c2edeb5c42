//! S0906: records of an object that nothing tells apart.

use crate::Design;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0906",
        slug: "table-without-key",
        severity: Severity::Warning,
        page: include_str!("table_without_key.md"),
        cites: &["S9-p1", "S9-d1", "S9-d4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let identified = |object: Object| {
        facts.key.iter().any(|(other, _)| *other == object)
            || facts.content_addressed.iter().any(|(other, _)| *other == object)
            || facts.canonical_pair.iter().any(|(other, ..)| *other == object)
    };
    // An object that nothing has been said of yet is a draft.
    let described = |object: Object| facts.field.iter().any(|(_, other, _)| *other == object);
    let objects = (0..facts.names.objects.len() as u32).map(Object);
    let without = objects.filter(|object| described(*object) && !identified(*object));
    without.map(|object| finding(design, object)).collect()
}

fn finding(design: &Design, object: Object) -> Finding {
    let name = design.name(object);
    RULE.at(object, format!("nothing identifies a record of `{name}`"))
        .label("has no key")
        .note("S9-p1: without a key a record cannot be found, referred to, or recognised when it comes again")
        .help("mark the field that identifies it with `key`, or say `content-addressed by` or `canonical pair`")
}
