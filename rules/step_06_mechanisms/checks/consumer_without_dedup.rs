//! S0611: events that are counted, come at least once, and have nothing to recognise them by.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::adds;
use crate::step_06_mechanisms::patterns::Mechanism;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0611",
        slug: "consumer-without-dedup",
        severity: Severity::Error,
        page: include_str!("consumer_without_dedup.md"),
        cites: &["S6.4-r3", "S6.4-r4", "A-23", "CK-6d"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let deduplicated = design.mechanisms.adds.iter().filter(|(_, mechanism, row)| *mechanism == Mechanism::EventDedup && *row == "6.4#3");
    let mut found: BTreeMap<Object, (Dp, View)> = BTreeMap::new();
    for (dp, ..) in deduplicated {
        let views = design.parameters.serves_view.iter().filter(|(other, _)| other == dp).map(|(_, view)| *view);
        for view in views {
            let sources = facts.upstream.iter().filter(|(of, _)| *of == view);
            for (_, source) in sources {
                if let Source::Object(object) = source
                    && !identified(facts, *object)
                {
                    found.entry(*object).or_insert((*dp, view));
                }
            }
        }
    }
    let findings = found.into_iter().map(|(object, (dp, view))| {
        let (name, sum) = (design.name(object), design.name(view));
        RULE.at(object, format!("`{sum}` cannot tell a second delivery of a `{name}` from a second `{name}`"))
            .label("has no key")
            .with(view, "adds up every one it gets")
            .note("6.4#3: events arrive at least once, and a sum that takes one twice is wrong for ever")
            .help("give the event an id that its maker assigns")
            .fix("add a key", Applicability::Unsafe, Change::Add(object.into(), "key event_id: uuid".into()))
            .because(adds(dp, Mechanism::EventDedup, "6.4#3"))
    });
    findings.collect()
}

fn identified(facts: &crate::Facts, object: Object) -> bool {
    facts.key.iter().any(|(of, _)| *of == object)
        || facts.content_addressed.iter().any(|(of, _)| *of == object)
        || facts.canonical_pair.iter().any(|(of, ..)| *of == object)
}
