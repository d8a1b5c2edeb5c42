//! Algorithms and state machines.

use crate::{Examples, Of, design, expect};
use sysd::rules::artifact::{Figure, Line};
use sysd::rules::fact::*;
use sysd::rules::step_08_algorithms::{Response, Situation, Template};
use sysd::rules::vocabulary::Clock;

pub fn algorithms(examples: &mut Examples) {
    let (auction, rides, board) = (design("auction"), design("ride_hailing"), design("leaderboard"));
    let (dating, payments) = (design("dating"), design("payments"));
    expect!(
        examples,
        "S8-e1",
        auction.allowed("Open", "CREATED", "OPEN") && auction.allowed("Close", "OPEN", "ENDED"),
        auction.forbidden("Auction", "OPEN", "CREATED"),
        ["CREATED", "OPEN", "CANCELLED"].iter().all(|to| auction.forbidden("Auction", "ENDED", to)),
        auction.cell("State machines", "Terminal").contains("ENDED"),
        // "end_time or owner closes": here only the clock closes, and the transition says so.
        auction.cell("State machines", "Allowed, with trigger").contains("OPEN → ENDED on Close when now >= end_time"),
    );
    expect!(
        examples,
        "S8-e2",
        auction.key("PlaceBid") == ["request_id"],
        auction.responds("PlaceBid", Situation::Retry, Response::StoredOutcome),
        auction.responds("PlaceBid", Situation::Duplicate, Response::StoredOutcome),
        auction.follows("PlaceBid", Template::EligibilityWrite),
        // the acceptance is recorded in the transaction of the write. A-38: which tests the time itself.
        auction.within_transaction("PlaceBid", "= accepted into PlaceBid outcomes"),
        auction.within_transaction("PlaceBid", "and now < auction.end_time"),
        // the event is a row of the same transaction.
        auction.within_transaction("PlaceBid", "insert BidAccepted into"),
        // one clock, that of the store.
        auction.judged_by("PlaceBid", Clock::Store),
    );
    expect!(
        examples,
        "S8-e3",
        rides.key("Dispatch") == ["dispatch_request_id"],
        rides.responds("Dispatch", Situation::Retry, Response::StoredOutcome),
        rides.responds("Dispatch", Situation::Rejection, Response::RecordedRejection),
        rides.follows("Dispatch", Template::Claim),
        rides.responds("Dispatch", Situation::Crash, Response::Expire),
        // boarding compares the claim and ends its time limit.
        rides.within_transaction("Board", "claim_id == the claim_id the caller was given"),
        rides.within_transaction("Board", "claim_expires_at = none"),
        // the claim is a conditional update of the state.
        rides.within_transaction("Dispatch", "driver.status == AVAILABLE"),
    );
    expect!(
        examples,
        "S8-e4",
        board.key("RecordScore") == ["event_id"],
        board.responds("RecordScore", Situation::Retry, Response::Skip),
        board.follows("RecordScore", Template::Append),
        // mark and increment are one commit. A-43: the writer does not touch the projection.
        board.says("Upkeep of VideoAggregate", "VideoAggregate of this video_id += delta"),
        !board.says("RecordScore", "VideoAggregate"),
        // A-34, S10-d4: a log has no insert if absent; whoever reads it recognises repetitions, and the sink gets values.
        board.says("RecordScore", "append ScoreEvent") && !board.says("RecordScore", "unless there is one"),
        board.says("RecordScore", "only the first counts"),
        board.says("Upkeep of VideoAggregate", "upsert the VideoAggregate as it now is"),
    );
    expect!(
        examples,
        "S8-e5",
        dating.responds("CreateMatch", Situation::Retry, Response::ExistingRecord),
        dating.responds("CreateMatch", Situation::Race, Response::ExistingRecord),
        dating.follows("CreateMatch", Template::UniqueInsert),
        dating.says("CreateMatch", "the smaller and the larger of (first, second)"),
        dating.says("CreateMatch", "if there is one: roll back, return it"),
    );
    // with the number of the attempt in the key a retry charges again; the corpus names the trip and what is paid for.
    expect!(
        examples,
        "S8-e6",
        payments.key("Pay") == ["trip_id", "purpose"],
        payments.responds("Capture", Situation::Retry, Response::StoredOutcome),
        payments.follows("Capture", Template::Saga) && payments.follows("Capture", Template::Transition),
        payments.says("Capture", "ABORTING, if it is RUNNING; nothing takes it back"),
        payments.says("Recovery of Capture", "ABORTING: go on undoing"),
    );
}

impl Of {
    fn operation(self, name: &str) -> Operation {
        self.id(name)
    }

    fn follows(self, operation: &str, template: Template) -> bool {
        self.design().algorithms.templates(self.operation(operation)).any(|other| other == template)
    }

    fn responds(self, operation: &str, situation: Situation, response: Response) -> bool {
        let mut all = self.design().algorithms.responses(self.operation(operation), situation);
        all.any(|other| other == response)
    }

    fn judged_by(self, operation: &str, clock: Clock) -> bool {
        self.design().algorithms.judged_by.contains(&(self.operation(operation), clock))
    }

    /// What the operation is once per.
    fn key(self, operation: &str) -> Vec<&'static str> {
        let (facts, operation) = (&self.design().facts, self.operation(operation));
        let named = facts.once_per.iter().filter(|(other, _)| *other == operation);
        named.map(|(_, parameter)| facts.name(*parameter)).collect()
    }

    fn allowed(self, operation: &str, from: &str, to: &str) -> bool {
        let taken = (self.operation(operation), self.id(from), self.id(to));
        self.design().evidence.takes.contains(&taken)
    }

    fn forbidden(self, object: &str, from: &str, to: &str) -> bool {
        self.design().algorithms.forbidden.contains(&(self.object(object), self.id(from), self.id(to)))
    }

    /// The first row of a table of this step, in that column.
    fn cell(self, title: &str, column: &str) -> String {
        let section = self.design().sections().remove(7);
        let table = section.tables.into_iter().find(|table| table.title == title).expect("there is such a table");
        let place = table.columns.iter().position(|other| *other == column).expect("there is such a column");
        table.rows[0][place].plain()
    }

    fn lines(self, title: &str) -> Vec<Line> {
        let section = self.design().sections().remove(7);
        let listing = section.figures.into_iter().find_map(|figure| match figure {
            Figure::Listing(listing) if listing.title == title => Some(listing.lines),
            _ => None,
        });
        listing.unwrap_or_else(|| panic!("no listing is called `{title}`"))
    }

    fn says(self, title: &str, text: &str) -> bool {
        self.lines(title).iter().any(|line| line.text.contains(text))
    }

    /// Whether the line stands inside the transaction of the operation.
    fn within_transaction(self, operation: &str, text: &str) -> bool {
        let lines = self.lines(operation);
        let Some(start) = lines.iter().position(|line| line.text.starts_with("in one transaction")) else {
            return false;
        };
        let inside = lines[start + 1..].iter().take_while(|line| line.depth > lines[start].depth);
        inside.into_iter().any(|line| line.text.contains(text))
    }
}
