//! S1004: a product is preferred though nothing asks for what it can do.

use crate::Design;
use crate::finding::*;
use crate::step_10_technology::Capability;
use crate::step_10_technology::market::{Market, Offered};
use crate::step_10_technology::placing::{Group, groups};
use crate::table::Profile;
use crate::vocabulary::{Preference, Vocabulary};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1004",
        slug: "preference-before-need",
        severity: Severity::Warning,
        page: include_str!("preference_before_need.md"),
        cites: &["S10-g1", "AP-5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let groups = groups(&design.technology);
    let preferred = market.products.iter().filter(|offered| offered.preference == Some(Preference::Preferred));
    // A product that can do nothing we know of is `unknown-technology`.
    let known = preferred.filter(|offered| offered.capabilities != Profile::default());
    let idle = known.filter(|offered| {
        let archives = offered.capabilities.has(Capability::Archive) && !design.technology.archived.is_empty();
        !archives && !groups.iter().any(|group| offered.gives(group.needs))
    });
    idle.map(|offered| {
        let can = Capability::ALL.iter().filter(|capability| offered.capabilities.has(**capability)).map(|it| it.word());
        let can: Vec<&str> = can.take(3).collect();
        let at = offered.technology;
        if let Some((what, lacks)) = nearest(design, &groups, offered) {
            let lacks: Vec<&str> = lacks.iter().map(|it| it.word()).collect();
            let lacks = lacks.join(", ");
            return RULE
                .at(at, format!("`{}` is preferred, and `{what}` needs {lacks} besides what it can do", offered.name))
                .label("keeps nothing here")
                .note("S10-g1: a product is chosen because it fits all that is needed of it; a preference decides only between those that do")
                .help(format!("leave the preference out, or ask for less: without {lacks} it would be weighed with the others"))
                .fix("leave the preference out", Applicability::Unsafe, Change::Remove(at.into()));
        }
        RULE.at(at, format!("`{}` is preferred, and nothing in this spec can be kept by it", offered.name))
            .label("preferred before anything needs it")
            .note("S10-g1: a product is chosen because it fits a capability that is needed, not because it is known or in fashion")
            .note("AP-5: a name that comes before the need locks the design in for no reason")
            .help(format!("leave it out; where something needs {}, it will be weighed with the others", can.join(", ")))
            .fix("leave the preference out", Applicability::Unsafe, Change::Remove(at.into()))
    })
    .collect()
}

/// What it comes nearest to keeping, and what it lacks for that: somewhere it is ruled out, and not unasked for.
fn nearest(design: &Design, groups: &[Group], offered: &Offered) -> Option<(String, Vec<Capability>)> {
    // What every store has, or any of a kind, is no need of this product.
    let common = [Capability::DurableState, Capability::ReadModel, Capability::StrongRead, Capability::Spread];
    let asks = |group: &&Group| {
        let own = Capability::ALL.iter().filter(|it| !common.contains(it) && group.needs.has(**it));
        own.into_iter().any(|it| offered.capabilities.has(*it))
    };
    let lacking = groups.iter().filter(asks).map(|group| (offered.lacks(group.needs), group));
    let (lacks, group) = lacking.filter(|(lacks, _)| !lacks.is_empty()).min_by_key(|(lacks, _)| lacks.len())?;
    let what = super::place(design, group)?;
    // Whoever lacks more than two has not been a candidate (`ruled_out`).
    (lacks.len() <= 2).then(|| (design.name(what), lacks))
}
