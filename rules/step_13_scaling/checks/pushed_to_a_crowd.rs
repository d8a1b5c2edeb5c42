//! S1303: an event with a huge audience is pushed to each receiver.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use crate::step_12_consistency::of;
use crate::step_13_scaling::loads::LoadKind;
use crate::vocabulary::FanOut;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1303",
        slug: "pushed-to-a-crowd",
        severity: Severity::Warning,
        page: include_str!("pushed_to_a_crowd.md"),
        cites: &["S13-h3", "S13-r4", "PR-ev5", "A-78"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let crowds: BTreeMap<Event, Quantity> = design.scaling.crowd.iter().copied().collect();
    let pushed = design.facts.fan_out.iter().filter(|(_, how)| *how == FanOut::OnWrite);
    let findings = pushed.filter_map(|(event, _)| {
        let receivers = crowds.get(event)?;
        let (operation, _) = design.facts.announces.iter().find(|(_, other)| other == event)?;
        Some(finding(design, *event, *operation, *receivers))
    });
    findings.collect()
}

fn finding(design: &Design, event: Event, operation: Operation, receivers: Quantity) -> Finding {
    let name = design.name(event);
    let deliveries = of(&design.scaling.load_value, |it| it.0, event.into()).iter().find(|it| it.1 == LoadKind::Deliveries);
    let large = Threshold::LargeAudience.value(&design.facts);
    let finding = RULE
        .at(clause(operation, "announces"), format!("one `{name}` is pushed to {receivers} receivers"))
        .label("one write becomes a storm of writes")
        .note(format!("S13-h3: from {large} receivers on they pull, or one occurrence fills the path for all others (A-78)"))
        .help("leave `on write` out, and receivers pull; those with few receivers can be pushed to still, with a hybrid")
        .help("`load { large_audience: … }` sets from where on pushing is too much");
    match deliveries {
        Some((_, _, rate)) => finding
            .help(format!("as it stands that makes {rate} deliveries"))
            .because(fact!(load_value, event, LoadKind::Deliveries, *rate)),
        None => finding,
    }
}
