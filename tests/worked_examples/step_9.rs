//! Tables, keys and read paths.

use crate::{Examples, Of, design, expect};
use sysd::rules::fact::*;
use sysd::rules::step_09_schema::{self as schema, TableClass, Way};

pub fn tables(examples: &mut Examples) {
    let (auction, rides, board) = (schema_of("auction"), schema_of("ride_hailing"), schema_of("leaderboard"));
    // The seller is an opaque id in the corpus, which models no sellers; the version and the time of creation are derived.
    let fields = [
        "auction_id",
        "seller",
        "starting_price",
        "end_time",
        "status",
        "current_highest",
        "winning_bid",
        "version",
        "created_at",
    ];
    expect!(
        examples,
        "S9-e1",
        auction.class("Auction") == Some(TableClass::Truth),
        fields.iter().all(|field| auction.columns("Auction").contains(field)),
        auction.primary("Auction") == ["auction_id"] && auction.partition("Auction") == ["auction_id"],
        auction.may_be_empty("Auction", "winning_bid") && !auction.may_be_empty("Auction", "end_time"),
    );
    // a refused attempt leaves no bid, so a bid has no status; A-61: its request is recognised by the outcome.
    let fields = ["bid_id", "auction_id", "bidder", "amount", "created_at"];
    expect!(
        examples,
        "S9-e2",
        fields.iter().all(|field| auction.columns("Bid").contains(field)),
        auction.primary("Bid") == ["bid_id"] && auction.partition("Bid") == ["auction_id"],
        auction.refers("Bid", "auction_id", "Auction"),
        auction.ordering("Bid") == ["created_at", "bid_id"],
    );
    // by the auction as well, so that outcome and auction lie in one partition.
    let outcomes = "PlaceBid outcomes";
    expect!(
        examples,
        "S9-e3",
        auction.class(outcomes) == Some(TableClass::Outcomes),
        auction.primary(outcomes) == ["auction_id", "request_id"] && auction.partition(outcomes) == ["auction_id"],
        ["answer", "created_at", "expires_at"].iter().all(|field| auction.columns(outcomes).contains(field)),
        auction.kept(outcomes),
    );
    // the time limit is a column of the record, and the fence is counted where nothing expires.
    expect!(
        examples,
        "S9-e4",
        ["status", "trip_id", "claim_id", "claim_expires_at"]
            .iter()
            .all(|field| rides.columns("Driver").contains(field)),
        rides.may_be_empty("Driver", "claim_expires_at"),
        rides.class("Driver epochs") == Some(TableClass::Epochs) && !rides.kept("Driver epochs"),
    );
    expect!(
        examples,
        "S9-e5",
        board.class("VideoAggregate") == Some(TableClass::Aggregate),
        board.columns("VideoAggregate") == ["video_id", "sum_delta", "version", "updated_at"],
        board.primary("VideoAggregate") == ["video_id"] && board.partition("VideoAggregate") == ["video_id"],
    );
    expect!(
        examples,
        "S9-e6",
        board.class("Leaderboard") == Some(TableClass::Projection),
        board.columns("Leaderboard") == ["category", "rank", "video_id", "score", "updated_at"],
        board.primary("Leaderboard") == ["category", "rank"] && board.ordering("Leaderboard") == ["rank"],
        !board.0.design().validation.rebuildable.is_empty(),
    );
}

pub fn paths(examples: &mut Examples) {
    let (auction, rides) = (schema_of("auction"), schema_of("ride_hailing"));
    let (board, dating) = (schema_of("leaderboard"), schema_of("dating"));
    let swipe = |operation: &str| dating.way(dating.0.id::<Operation>(operation).into(), "Swipe");
    expect!(
        examples,
        "S9-q1e1",
        auction.way(auction.0.id::<Operation>("PlaceBid").into(), "Auction") == Some((Way::Key, vec!["auction_id"]))
    );
    expect!(
        examples,
        "S9-q1e2",
        auction.way(auction.0.id::<Query>("BidHistory").into(), "Bid") == Some((Way::Partition, vec!["auction_id"]))
    );
    expect!(
        examples,
        "S9-q1e3",
        board.way(board.0.view("Leaderboard").into(), "Leaderboard") == Some((Way::Key, vec!["category", "rank"]))
    );
    expect!(examples, "S9-q1e4", swipe("CreateMatch") == Some((Way::Key, vec!["swiper_id", "swiped_id"])));
    // The same key the other way round: one way, asked twice.
    expect!(examples, "S9-q1e5", swipe("CreateMatch").is_some_and(|(way, _)| way == Way::Key));
    // The corpus looks a place up by the cell of a grid, which is an index and no key.
    expect!(
        examples,
        "S9-q1e6",
        rides.way(rides.0.id::<Query>("DriversNearby").into(), "LocationPing")
            == Some((Way::Index, vec!["cell", "sent_at"]))
    );
}

/// The schema of a design, asked by names.
#[derive(Clone, Copy)]
struct Tables(Of);

fn schema_of(name: &str) -> Tables {
    Tables(design(name))
}

impl Tables {
    fn schema(self) -> &'static schema::Schema {
        &self.0.design().schema
    }

    fn table(self, name: &str) -> Option<Table> {
        self.schema().table.iter().map(|(table, ..)| *table).find(|table| self.schema().name(*table) == name)
    }

    fn class(self, table: &str) -> Option<TableClass> {
        self.table(table).map(|table| self.schema().table[table.index()].1)
    }

    fn columns(self, table: &str) -> Vec<&'static str> {
        let columns = self.table(table).into_iter().flat_map(|table| self.schema().columns(table));
        columns.map(|column| self.schema().name(column)).collect()
    }

    fn named(self, columns: Vec<Column>) -> Vec<&'static str> {
        columns.into_iter().map(|column| self.schema().name(column)).collect()
    }

    fn primary(self, table: &str) -> Vec<&'static str> {
        self.table(table).map_or(vec![], |table| self.named(schema::of(&self.schema().primary_key, table)))
    }

    fn partition(self, table: &str) -> Vec<&'static str> {
        self.table(table).map_or(vec![], |table| self.named(schema::of(&self.schema().partition_key, table)))
    }

    fn ordering(self, table: &str) -> Vec<&'static str> {
        self.table(table).map_or(vec![], |table| self.named(schema::ordering(self.schema(), table)))
    }

    fn column(self, table: &str, column: &str) -> Option<Column> {
        let mut columns = self.table(table).into_iter().flat_map(|table| self.schema().columns(table));
        columns.find(|other| self.schema().name(*other) == column)
    }

    fn may_be_empty(self, table: &str, column: &str) -> bool {
        self.column(table, column).is_some_and(|column| self.schema().nullable.contains(&(column,)))
    }

    fn refers(self, table: &str, column: &str, to: &str) -> bool {
        let pair = self.column(table, column).zip(self.table(to));
        pair.is_some_and(|pair| self.schema().references.contains(&pair))
    }

    fn kept(self, table: &str) -> bool {
        self.table(table).is_some_and(|table| self.schema().kept.iter().any(|(other, _)| *other == table))
    }

    fn way(self, path: Entity, table: &str) -> Option<(Way, Vec<&'static str>)> {
        let table = self.table(table)?;
        let ways: Vec<_> = self.schema().way.iter().filter(|(of, other, ..)| *of == path && *other == table).collect();
        let (.., way) = ways.first()?;
        let mut columns: Vec<_> = ways.iter().map(|(_, _, column, place, _)| (*place, *column)).collect();
        columns.sort();
        Some((*way, self.named(columns.into_iter().map(|(_, column)| column).collect())))
    }
}
