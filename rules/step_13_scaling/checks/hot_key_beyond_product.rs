//! S1306: the product commits more slowly than the mechanism was chosen for, and the busiest key loses by it.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::properties::thresholds::{Contention, Threshold};
use crate::step_13_scaling::loads::{hot_keys, loses};
use crate::step_13_scaling::{LoadKind, Strategy};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1306",
        slug: "hot-key-beyond-product",
        severity: Severity::Warning,
        page: include_str!("hot_key_beyond_product.md"),
        cites: &["S13-h1", "S13-r2", "A-78"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let general = Threshold::StoreRoundTrip.value(&design.facts);
    let queued = |operation: Operation| {
        let strategies = design.scaling.strategy.iter().filter(|(path, ..)| *path == operation.into());
        strategies.into_iter().any(|(_, strategy, rule)| *strategy == Strategy::SingleWriterQueue && *rule == "S13-r2")
    };
    // What is only read is not compared and set.
    let changes = |hot: &Contention| design.evidence.changes.binary_search(&(hot.operation, hot.object)).is_ok();
    let beyond = hot_keys(design).into_iter().filter(|hot| {
        changes(hot) && hot.exceeds_cas() && hot.round_trip != general && loses(design, hot.operation) && !queued(hot.operation)
    });
    beyond.filter_map(|hot| finding(design, &hot)).collect()
}

fn finding(design: &Design, hot: &Contention) -> Option<Finding> {
    let path: Entity = hot.operation.into();
    let value = |kind: LoadKind| {
        let found = design.scaling.load_value.iter().find(|(of, other, _)| *of == path && *other == kind);
        found.map(|(.., value)| *value)
    };
    let (limit, lost) = (value(LoadKind::Limit)?, value(LoadKind::Lost)?);
    let (name, what, commit) = (design.name(path), design.name(hot.object), hot.round_trip);
    let product = design.technology.product_of(hot.object.into()).map(|product| design.name(product))?;
    let general = Threshold::StoreRoundTrip.value(&design.facts);
    Some(
        RULE.at(clause(path, "rate"), format!("`{name}` reaches one `{what}` {}, and compare-and-set in {product} carries {limit}", hot.all))
            .label(format!("{lost} of the attempts are lost"))
            .note(format!("A-78: the mechanism was chosen for a commit of {general}, and {product} takes about {commit}"))
            .help(format!("if that is what is measured, say so: with `load {{ store_round_trip: {commit} }}` a single writer per key is chosen"))
            .help(format!("or spread `{what}` over more keys, or ask for another product: `prefer`, `technology`"))
            .because(fact!(load_value, path, LoadKind::Lost, lost)),
    )
}
