//! S1001: a capability that no allowed product has.

use super::{named, place};
use crate::Design;
use crate::fact;
use crate::finding::*;
use crate::step_10_technology::Capability;
use crate::step_10_technology::market::Market;
use crate::step_10_technology::placing::{Group, groups, least};
use crate::table::Profile;
use crate::vocabulary::{Preference, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1001",
        slug: "capability-without-product",
        severity: Severity::Error,
        page: include_str!("capability_without_product.md"),
        cites: &["S10-g1", "S10-d1", "CK-10a", "CK-10b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let of_group = groups(&design.technology).into_iter().filter_map(|group| {
        let missing = impossible(&market, group.needs);
        // Two together are `capabilities-apart`.
        let [capability] = missing.as_slice() else { return None };
        finding(design, &market, &group, *capability)
    });
    let archive = Capability::Archive;
    let cold = design.technology.unmet.iter().filter(|(_, capability)| *capability == archive).filter_map(|(what, _)| {
        finding(design, &market, &Group { members: vec![*what], needs: Profile::of([archive]) }, archive)
    });
    of_group.chain(cold.collect::<Vec<_>>()).collect()
}

/// A smallest set of these capabilities that no allowed product gives; none where one gives all.
pub fn impossible(market: &Market, needs: Profile) -> Vec<Capability> {
    let possible = |needs: Profile| market.allowed().any(|offered| offered.gives(needs));
    if possible(needs) { vec![] } else { least(needs, possible) }
}

fn finding(design: &Design, market: &Market, group: &Group, capability: Capability) -> Option<Finding> {
    let at = place(design, group)?;
    let asking = group.members.iter().find(|what| design.technology.needs_of(**what).any(|(needed, _)| needed == capability))?;
    let (_, rule) = design.technology.needs_of(*asking).find(|(needed, _)| *needed == capability)?;
    let name = design.name(at);
    let finding = RULE
        .at(at, format!("`{name}` needs the capability `{capability}`, and no product that may be taken has it"))
        .label("nothing can keep it")
        .note(format!("{rule}: {}", capability.gloss().trim_end_matches('.').to_lowercase()))
        .because(fact!(needs, *asking, capability));
    let banned = market.products.iter().filter(|offered| offered.preference == Some(Preference::Forbidden));
    let banned: Vec<_> = banned.filter(|offered| offered.capabilities.has(capability)).map(|offered| offered.technology).collect();
    let finding = banned.iter().fold(finding, |finding, technology| {
        if technology.index() < design.facts.names.technologies.len() { finding.with(*technology, "has it, and is forbidden") } else { finding }
    });
    if banned.is_empty() {
        return Some(finding.help(format!("declare a product that has it: `technology … {{ provides \"{capability}\" }}`")));
    }
    let names = named(market, banned.into_iter());
    Some(finding.help(format!("allow {names}, or declare another product that has it: `technology … {{ provides \"{capability}\" }}`")))
}
