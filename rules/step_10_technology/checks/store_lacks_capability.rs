//! S1003: the author's store cannot do what is needed.

use super::stores;
use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_10_technology::market::{Market, Offered};
use crate::step_10_technology::placing::Group;
use crate::step_10_technology::{Capability, TechnologyShape};
use crate::vocabulary::{Preference, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1003",
        slug: "store-lacks-capability",
        severity: Severity::Error,
        page: include_str!("store_lacks_capability.md"),
        cites: &["S10-d1", "S10-d3", "S10-d4", "S10-g1", "AP-5", "A-80"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let found = stores(design).into_iter().filter_map(|(decision, choice, group)| {
        let offered = market.named(&choice.word)?;
        // A ban is `forbidden-store`, and truth in memory is `volatile-truth`.
        let banned = offered.preference == Some(Preference::Forbidden);
        (!banned && !offered.gives(group.needs) && !volatile(offered, choice, &group)).then(|| finding(design, &market, decision, offered, &group))
    });
    found.collect()
}

fn volatile(offered: &Offered, choice: &Choice, group: &Group) -> bool {
    let in_memory = offered.product.is_some_and(|product| product.shape == TechnologyShape::InMemory);
    in_memory && group.needs.has(Capability::DurableState) && matches!(choice.of, Some(Entity::Object(_)))
}

fn finding(design: &Design, market: &Market, decision: Decision, offered: &Offered, group: &Group) -> Finding {
    let lacks = offered.lacks(group.needs);
    let (what, why) = match (lacks.as_slice(), offered.apart(group.needs)) {
        ([], Some(apart)) => (format!("`{}` together with `{}`", apart.one, apart.other), apart.why.to_owned()),
        (lacks, _) => {
            let words: Vec<String> = lacks.iter().map(|capability| format!("`{capability}`")).collect();
            (words.join(" and "), lacks.first().map_or("", |capability| capability.gloss()).trim_end_matches('.').to_lowercase())
        }
    };
    let asking = group.members.iter().find_map(|what| {
        let mut needs = design.technology.needs_of(*what);
        needs.find(|(capability, _)| lacks.contains(capability)).map(|(capability, rule)| (*what, capability, rule))
    });
    let finding = RULE.at(decision, format!("`{}` has no {what}", offered.name)).label("cannot keep what it is decided for");
    let finding = match asking {
        Some((what, capability, rule)) => finding
            .note(format!("{rule}: `{}` needs it: {why}", design.name(what)))
            .because(fact!(needs, what, capability)),
        None => finding.note(format!("S10-d1: {why}")),
    };
    let able: Vec<&str> = market.allowed().filter(|other| other.gives(group.needs)).map(|other| other.name.as_str()).collect();
    match able.first() {
        Some(first) => finding
            .help(format!("`{first}` can do all that is needed; leave the decision out to have it chosen"))
            .fix(format!("let the store be derived: {first}"), Applicability::Unsafe, Change::Remove(decision.into())),
        None => finding,
    }
}
