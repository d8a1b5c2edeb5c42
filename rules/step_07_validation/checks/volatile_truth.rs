//! S0712: the truth lives where a restart loses it.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Topic;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0712",
        slug: "volatile-truth",
        severity: Severity::Error,
        page: include_str!("volatile_truth.md"),
        cites: &["AP-12", "S7-x1", "A-55", "S10-d2"],
    },
    check,
    completeness: false,
};

/// Products that keep their data in memory first (S10-sh3). What they can do besides is step 10's business.
static IN_MEMORY: &[&str] = &["redis", "valkey", "memcached", "dragonfly", "keydb", "hazelcast", "ignite", "caffeine"];

fn check(design: &Design) -> Vec<Finding> {
    let stored = design.facts.decision.iter().filter_map(|(decision, choice)| {
        let word = choice.word.to_lowercase();
        let product = IN_MEMORY.iter().any(|product| word.split(['-', '_', ' ']).any(|part| part == *product));
        let asks = matches!(choice.topic, Topic::Store | Topic::SourceOfTruth);
        let Some(Entity::Object(object)) = choice.of.filter(|_| asks && product) else { return None };
        let truth = design.validation.truth.iter().find(|(concept, _)| *concept == object.into())?;
        let volatile = design.validation.volatile.binary_search(&(object,)).is_ok();
        (!volatile).then(|| finding(design, *decision, object, &choice.word, truth.1))
    });
    stored.collect()
}

fn finding(design: &Design, decision: Decision, object: Object, product: &str, authority: Entity) -> Finding {
    let name = design.name(object);
    RULE.at(decision, format!("`{product}` keeps `{name}` in memory, and `{name}` is the truth"))
        .label("what is not yet on disk is lost with the node")
        .with(object, "a primary object: there is no other place to rebuild it from")
        .note("AP-12: with the memory goes correctness, not only speed")
        .note("A-55: memory may hold the truth only of what can be observed again after a loss")
        .help(format!("keep `{name}` in a durable store, and let readers use a view of it in `{product}`"))
        .help(format!("if losing it costs nothing that cannot be observed again, declare `{name}` `ephemeral`"))
        .because(fact!(truth, object, authority))
}
