//! The framework's worked examples of Steps 4 and 5, derived from the specs of the corpus and asserted by id.

use std::collections::BTreeSet;
use std::fmt::Write;
use sysd::rules::fact::{Dp, Invariant};
use sysd::rules::step_04_invariants::statement_text;
use sysd::rules::step_05_parameters::DpKind;
use sysd::rules::vocabulary::Vocabulary;
use sysd::rules::{Design, relation};
use sysd::source::Sources;
use sysd::{Analysis, Options, analyse};

fn corpus(name: &str) -> Analysis {
    let path = format!("{}/corpus/{name}/spec.sysd", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    analyse(Sources::single("spec.sysd", &text), &|path| Err(path.to_owned()), Options::default())
}

fn all() -> Vec<(String, Analysis)> {
    let folder = std::fs::read_dir(format!("{}/corpus", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut names: Vec<String> = folder
        .map(Result::unwrap)
        .filter(|entry| entry.path().join("spec.sysd").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), corpus(&name))).collect()
}

/// Obligation, spec, and the invariant as the framework lists it, in the words of the spec.
#[rustfmt::skip]
const INVARIANTS: &[(&str, &str, &str)] = &[
    ("S4-e1", "auction", "[Eligibility] PlaceBid takes effect only if auction.status == OPEN and now < auction.end_time and amount > auction.current_highest"),
    ("S4-e2", "auction", "[Ordering] accepted values of Bid.amount strictly increase within one auction_id"),
    ("S4-e3", "auction", "[Uniqueness] PlaceBid sent any number of times with the same request_id has the outcome of sending it once"),
    ("S4-e4", "ride_hailing", "[Eligibility] Dispatch takes effect only if driver.status == AVAILABLE"),
    ("S4-e5", "ride_hailing", "[Uniqueness] Dispatch sent any number of times with the same dispatch_request_id has the outcome of sending it once"),
    ("S4-e6", "leaderboard", "[Accounting] VideoAggregate equals sum(ScoreEvent.delta) for each video_id"),
    ("S4-e7", "leaderboard", "[Propagation] Leaderboard shows VideoAggregate as of at most 1min ago"),
    ("S4-e8", "dating", "[Eligibility] CreateMatch takes effect only if exists Swipe(swiper_id: first, swiped_id: second, liked: true) and exists Swipe(swiper_id: second, swiped_id: first, liked: true)"),
    ("S4-e9", "dating", "[Uniqueness] there is at most one Match per unordered pair of first and second"),
    ("S4-T1e1", "auction", "[Eligibility] PlaceBid takes effect only if auction.status == OPEN and now < auction.end_time and amount > auction.current_highest"),
    ("S4-T1e2", "ride_hailing", "[Eligibility] Dispatch takes effect only if driver.status == AVAILABLE"),
    ("S4-T1e3", "job_scheduler", "[Eligibility] StartRun takes effect only if run.status == CLAIMED and run.claimed_by == caller"),
    ("S4-T2e1", "auction", "[Ordering] accepted values of Bid.amount strictly increase within one auction_id"),
    ("S4-T2e2", "live_comments", "[Ordering] all readers see Comment records within one video_id in one order, that of position"),
    ("S4-T2e3", "ride_hailing", "[Ordering] Trip changes state only along REQUESTED -> ASSIGNED, REQUESTED -> CANCELLED, ASSIGNED -> IN_PROGRESS and IN_PROGRESS -> COMPLETED"),
    ("S4-T3e1", "leaderboard", "[Accounting] VideoAggregate equals sum(ScoreEvent.delta) for each video_id"),
    ("S4-T3e2", "activity_feed", "[Accounting] MonthlyActive equals distinct(ActivitySample.athlete_id) over the last 30d"),
    ("S4-T3e3", "inventory", "[Accounting] StockItem.available equals StockItem.initial - sum(Reservation.quantity) + sum(Cancellation.quantity) for each sku"),
    ("S4-T4e1", "auction", "[Uniqueness] PlaceBid sent any number of times with the same request_id has the outcome of sending it once"),
    ("S4-T4e2", "payments", "[Uniqueness] Capture sent any number of times with the same request_id has the outcome of sending it once"),
    ("S4-T4e3", "dating", "[Uniqueness] there is at most one Swipe per swiper_id and swiped_id"),
    ("S4-T5e1", "auction", "[Propagation] AuctionView shows Auction as of at most 100ms ago"),
    ("S4-T5e2", "dating", "[Propagation] Stack never lags behind Profile and Swipe"),
    ("S4-T5e3", "activity_feed", "[Propagation] ProfileCard shows Profile as of at most 1min ago"),
    ("S4-T6e1", "activity_feed", "[Access control] only an actor to whom a Friendship grants it may read FriendActivities"),
    ("S4-T6e2", "auction", "[Access control] only auction.seller may run Cancel"),
    ("S4-T6e3", "ride_hailing", "[Access control] only sender_id may run SendLocation"),
    ("A-53", "dating", "[Propagation] once exists Swipe(swiper_id: first, swiped_id: second, liked: true) and exists Swipe(swiper_id: second, swiped_id: first, liked: true), Match appears, whichever came last"),
];

/// Obligation, spec, the design parameter, and what it enforces at least.
#[rustfmt::skip]
const PARAMETERS: &[(&str, &str, &str, &[&str])] = &[
    ("S5-e1", "auction", "Auction acceptance", &["I1", "I2"]),
    ("S5-e2", "auction", "PlaceBid idempotency store", &["I3"]),
    ("S5-e3", "ride_hailing", "Driver claim", &["I1"]),
    ("S5-e4", "leaderboard", "VideoAggregate aggregate store", &["I1"]),
    ("S5-e4", "leaderboard", "Leaderboard projection maintenance", &["I4", "law of Leaderboard"]),
    ("S5-e4", "leaderboard", "Leaderboard propagation path", &["I4"]),
    ("S5-e5", "auction", "Auction acceptance", &["I1", "I2"]),
    ("S5-e6", "auction", "PlaceBid idempotency store", &["I3"]),
    ("S5-e7", "auction", "AuctionView projection maintenance", &["I4"]),
    ("S5-e8", "leaderboard", "VideoAggregate aggregate store", &["I1"]),
    ("S5-e9", "leaderboard", "Leaderboard projection maintenance", &["I4", "law of Leaderboard"]),
    ("S5-e10", "ride_hailing", "Driver claim", &["I1", "I3"]),
    ("S5-e11", "ride_hailing", "Dispatch idempotency store", &["I2"]),
    ("S5-e12", "dating", "Match creation", &["I1", "completion of CreateMatch"]),
    // The framework calls it an idempotency store; the pair itself is the key, so nothing need be stored beside it.
    ("S5-e13", "dating", "Match identity", &["I2"]),
    ("A-72", "leaderboard", "Leaderboard propagation path", &["I4"]),
    // A total kept in the row that a condition guards is kept by the same step (A-19).
    ("A-19", "inventory", "StockItem acceptance", &["I1", "I2"]),
    ("A-13", "auction", "Auction access boundary", &["I6", "I7"]),
];

#[test]
fn invariants_of_the_framework() {
    let mut missing = String::new();
    for (id, spec, text) in INVARIANTS {
        let design = corpus(spec).design;
        let texts: Vec<String> =
            design.invariants.invariant.iter().map(|(invariant, ..)| statement_text(&design, *invariant)).collect();
        if !texts.iter().any(|found| found == text) {
            writeln!(missing, "{id}: {spec} lacks\n  {text}\namong\n  {}", texts.join("\n  ")).unwrap();
        }
    }
    assert!(missing.is_empty(), "\n{missing}");
}

#[test]
fn parameters_of_the_framework() {
    let mut missing = String::new();
    for (id, spec, name, invariants) in PARAMETERS {
        let design = corpus(spec).design;
        let found = design.parameters.dp.iter().map(|(dp, ..)| *dp).find(|dp| design.name(*dp) == *name);
        let enforced: BTreeSet<String> = found.into_iter().flat_map(|dp| enforced(&design, dp)).collect();
        if !invariants.iter().all(|invariant| enforced.contains(*invariant)) {
            writeln!(missing, "{id}: {spec}: {name} enforces {enforced:?}").unwrap();
        }
    }
    assert!(missing.is_empty(), "\n{missing}");
}

/// S5-e1: the state of the acceptance. The version is a matter of step 9.
#[test]
fn closure_of_the_acceptance() {
    let design = corpus("auction").design;
    let dp =
        design.parameters.dp.iter().map(|(dp, ..)| *dp).find(|dp| design.name(*dp) == "Auction acceptance").unwrap();
    let closure: BTreeSet<String> = design
        .parameters
        .closure
        .iter()
        .filter(|(other, _)| *other == dp)
        .map(|(_, field)| design.facts.path(*field))
        .collect();
    for field in ["Auction.status", "Auction.current_highest", "Auction.end_time"] {
        assert!(closure.contains(field), "{closure:?}");
    }
    assert_eq!(design.parameters.foreign, [], "all of it lives in the auction");
}

/// S4-c1, S4-c2, S5-c1, S5-c2, and the logs, on every spec of the corpus.
#[test]
fn completion_of_every_spec() {
    for (name, analysis) in all() {
        let design = analysis.design.logged();
        let served: BTreeSet<_> = design.invariants.serves.iter().map(|(_, requirement)| *requirement).collect();
        assert_eq!(served.len(), design.facts.names.requirements.len(), "{name}: a requirement without an invariant");
        let enforced: BTreeSet<Invariant> =
            design.parameters.enforces.iter().map(|(_, invariant)| *invariant).collect();
        assert_eq!(enforced.len(), design.invariants.invariant.len(), "{name}: an invariant that nothing enforces");
        let enforcing: BTreeSet<Dp> = design.parameters.enforces.iter().map(|(dp, _)| *dp).collect();
        assert_eq!(enforcing.len(), design.parameters.dp.len(), "{name}: a parameter that enforces nothing");
        for (conclusion, rule, premises) in design.invariants.because.iter().chain(&design.parameters.because) {
            for fact in std::iter::once(conclusion).chain(premises.iter()) {
                let holds = relation::named(fact.relation).any(|relation| relation.holds(design, fact));
                assert!(holds, "{name}: {rule}: {} does not hold", relation::says(design, fact));
            }
        }
        for diagnostic in &analysis.diagnostics {
            let own = diagnostic.code.code.starts_with("S04") || diagnostic.code.code.starts_with("S05");
            assert!(!own || diagnostic.suppressed.is_some(), "{name}: {} {}", diagnostic.code.code, diagnostic.message);
        }
    }
}

fn enforced(design: &Design, dp: Dp) -> Vec<String> {
    let own = design.parameters.enforces.iter().filter(|(other, _)| *other == dp);
    own.map(|(_, invariant)| design.name(*invariant)).collect()
}

const SHORTENER: &str = r#"
system short "Links" { clock store }
actor Author : user { count 1M; retries }
object Link : entity { key code: text; url: text; author: id }
operation Shorten(code: text, url: text, request_id: uuid) by Author {
    when not exists Link(code)
    then create Link(code, url, author: caller)
    once per request_id for 1d
}
operation Remove(link: Link, request_id: uuid) by Author {
    when link.author == caller
    then delete link
    once per request_id for 1d
}
invariant I1 uniqueness "a code is given once" { Link unique per code }
"#;

/// S3-own-r3: a key that its users choose is contended for, be the record changed by nobody else. S5-e13, S5-v2: what makes it unique
/// decides on the condition that there be none; no second parameter does.
#[test]
fn a_key_that_users_choose_has_one_winner_and_one_parameter() {
    let spec = analyse(Sources::single("spec.sysd", SHORTENER), &|path| Err(path.to_owned()), Options::default());
    let design = &spec.design;
    let axes: Vec<String> = design.axes.ownership.iter().map(|(_, ownership, _)| ownership.word().to_owned()).collect();
    assert_eq!(axes, ["many writers, one winner"]);
    let enforces = |&(dp, invariant): &(Dp, Invariant)| (design.name(dp), design.name(invariant));
    let of_shorten: Vec<_> =
        design.parameters.enforces.iter().map(enforces).filter(|it| it.1 == "eligibility of Shorten").collect();
    assert_eq!(of_shorten, [("Link identity".to_owned(), "eligibility of Shorten".to_owned())]);
    // A condition on anything else is not decided by a key.
    let other = SHORTENER.replace("when not exists Link(code)", "when not exists Link(code) and not exists Link(url)");
    let spec = analyse(Sources::single("spec.sysd", &other), &|path| Err(path.to_owned()), Options::default());
    assert!(spec.design.parameters.dp.iter().any(|&(dp, ..)| spec.design.name(dp) == "Link creation"));
}

const WALLETS: &str = r#"
system wallets "Wallets" { clock store }
actor Owner : user { count 1M; retries }
actor Support : admin { count 5; retries }
object Wallet : entity { key wallet_id: uuid; owner: id; balance: money = 0; frozen: boolean }
object Fee : entity { key fee_id: uuid; amount: money }
operation Spend(wallet: Wallet, fee: Fee, amount: money, request_id: uuid) by Owner {
    when wallet.balance >= amount + fee.amount and wallet.frozen == false and wallet.owner == caller
    then wallet.balance = wallet.balance - amount - fee.amount
    once per request_id for 1d
}
operation Freeze(wallet: Wallet, request_id: uuid) by Support {
    then wallet.frozen = true
    once per request_id for 1d
}
operation Rate(fee: Fee, amount: money, request_id: uuid) by Support {
    then fee.amount = amount
    once per request_id for 1d
}
"#;

/// A-6, S5-d5: who can make a condition false and does not run under the parameter that checks it is listed with it. S5-d2: what an
/// effect reads is part of the closure. S5-v2: one permission is one boundary.
#[test]
fn what_a_parameter_depends_on_and_who_disturbs_it() {
    let spec = analyse(Sources::single("spec.sysd", WALLETS), &|path| Err(path.to_owned()), Options::default());
    let design = &spec.design;
    let parameters = &design.parameters;
    let named = |name: &str| {
        let mut all = parameters.dp.iter().map(|(dp, ..)| *dp);
        all.find(|dp| design.name(*dp) == name).unwrap_or_else(|| panic!("no {name}"))
    };
    let wallet = named("Wallet acceptance");
    let disturbs = parameters.disturbs.iter().filter(|(dp, _)| *dp == wallet);
    let disturbs: Vec<String> = disturbs.map(|(_, operation)| design.name(*operation)).collect();
    assert_eq!(disturbs, ["Freeze", "Rate"]);
    let foreign = parameters.foreign.iter().filter(|(dp, _)| *dp == wallet);
    let foreign: Vec<String> = foreign.map(|(_, field)| design.facts.path(*field)).collect();
    assert_eq!(foreign, ["Fee.amount"]);
    let access = parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Access);
    let access: Vec<String> = access.map(|(dp, ..)| design.name(*dp)).collect();
    assert_eq!(access, ["Wallet access boundary"]);
    // No condition compares it: the new value is computed from it.
    let read = WALLETS.replace("amount + fee.amount", "amount");
    let spec = analyse(Sources::single("spec.sysd", &read), &|path| Err(path.to_owned()), Options::default());
    let foreign: Vec<String> =
        spec.design.parameters.foreign.iter().map(|(_, field)| spec.design.facts.path(*field)).collect();
    assert_eq!(foreign, ["Fee.amount"]);
}

/// S5-e1, S5-e12: a condition on what never changes decides whether a write takes effect; nothing is created.
#[test]
fn a_creation_creates() {
    let text = r#"
system caps "Caps" { clock store }
actor Owner : user { count 1M }
object Meter : entity { key meter_id: uuid; value: integer; cap: integer }
operation Put(meter: Meter, value: integer, request_id: uuid) by Owner {
    when value <= meter.cap
    then meter.value = value
    once per request_id for 1d
}
"#;
    let spec = analyse(Sources::single("spec.sysd", text), &|path| Err(path.to_owned()), Options::default());
    let names: Vec<String> = spec.design.parameters.dp.iter().map(|(dp, ..)| spec.design.name(*dp)).collect();
    assert_eq!(names, ["Meter acceptance", "Put idempotency store"]);
}
