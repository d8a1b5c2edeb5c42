//! S0613: a search by distance over a field that nothing is keyed by.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Primitive;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0613",
        slug: "geo-query-without-spatial-field",
        severity: Severity::Error,
        page: include_str!("geo_query_without_spatial_field.md"),
        cites: &["S6.3-Q3-r5", "S6.3-Q4-r6", "S6.3-Q3-a3", "PR-rd5", "CK-6c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let spatial = |field: Field| facts.spatial.contains(&(facts.object_of(field), field));
    let missing = facts.query_radius.iter().filter(|(_, field, _)| !spatial(*field));
    let findings = missing.map(|(query, field, distance)| {
        let (name, path, object) = (design.name(*query), facts.path(*field), facts.object_of(*field));
        let located = facts.field[field.index()].2 == Type::Primitive(Primitive::Location);
        let finding = RULE
            .at(clause(*query, "within"), format!("`{name}` searches within {distance} of `{path}`, which is no place that is looked up by"))
            .label("visits every record")
            .with(*field, if located { "not declared spatial" } else { "not a location" })
            .note("Q3#5: a search by place needs cells before any other read pattern; a range over latitude and longitude still visits everything in a stripe");
        match located {
            true => finding.help("say that records are looked up by this place").fix(
                format!("look `{}` up by `{}`", design.name(object), facts.name(*field)),
                Applicability::Safe,
                Change::Add(object.into(), format!("spatial {}", facts.name(*field))),
            ),
            false => finding.help(format!("search by a field of type `location`, and declare it with `spatial` in `{}`", design.name(object))),
        }
    });
    findings.collect()
}
