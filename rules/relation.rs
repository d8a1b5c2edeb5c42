//! Every relation by name: what a fact of it says, and whether a fact is among its tuples.
//!
//! One table. Sentences for proofs come from it, membership for the re-check, and the names that questions may use.

use crate::Design;
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::proof::{Fact, IntoTerm, Term, is_subsequence};
use crate::vocabulary::Vocabulary;
use std::cell::Cell;

/// A relation of the facts, of evidence, or of a step.
pub struct Relation {
    /// As in the program: `mechanism`.
    pub name: &'static str,
    /// Whether its facts are the author's own.
    pub declared: bool,
    /// What a fact of it says: `{0}` is its first column. What stands in `[` `]` is left out where a column of it is missing.
    pub says: &'static str,
    /// Whether any tuple satisfies a test of its columns.
    any: fn(&Design, &dyn Fn(&[Term]) -> bool) -> bool,
}

macro_rules! relations {
    ($($layer:ident $declared:literal { $($name:ident $says:literal,)+ })+) => {
        /// All of them, layer by layer.
        pub static RELATIONS: &[Relation] = &[$($(Relation {
            name: stringify!($name),
            declared: $declared,
            says: $says,
            any: |design, test| design.$layer.$name.iter().any(|tuple| test(&tuple.columns())),
        },)+)+];
    };
}

relations! {
    facts true {
        clock "the {0} clock decides about time",
        partition_policy "in a network partition the system is to {0}",
        actor_kind "{0} is of the kind {1}",
        actor_count "there are {1} of {0}",
        actor_fault "{0} {1}",
        touches "{0} comes down to {1} {2}",
        says "{0} says {1}",
        class "{0} is declared of class {1}",
        field "{0} is a field of {1}",
        key "{1} is part of the identity of {0}",
        initial "{0} has an initial value",
        ownership "{0} is declared with ownership {1}",
        owner "{1} is declared as the owner of {0}",
        winner_per "the contest for {0} is per {1}",
        evolution "{0} is declared with evolution {1}",
        ordering "{0} is declared with ordering {1}",
        ordered_by "the order of {0} is by {1}",
        ordered_within "the order of {0} is within {1}",
        state "{0} is a state of {1}",
        initial_state "{0} begins in state {1}",
        terminal "{0} is terminal",
        transition "{0} is a transition of {1}[, from {2}]",
        triggers "{0} takes the transition {1}",
        content_addressed "{0} is identified by the hash of {1}",
        canonical_pair "{0} is identified by the unordered pair of {1} and {2}",
        spatial "{0} is looked up by place, {1}",
        windowed "{0} is aggregated in windows of {1}",
        sign "{0} is changed by amounts that are {1}",
        derivable "{0} is declared derivable from {1}",
        ephemeral "{0} is declared ephemeral",
        retention "records of {0} are kept for {1}",
        written_by "{1} is declared a writer of {0}",
        size "a record of {0} takes {1}",
        population "there are {1} of {0}",
        upstream "{0} is declared a view of {1}",
        computed "{0} computes {1}[ of {2}]",
        grouped "{0} is computed for each {1}",
        filtered "{0} takes only what satisfies its condition",
        top "{0} keeps the first {1}",
        window "{0} is over a window of {1}",
        decays "{0} weighs by recency, with half-life {1}",
        staleness "{0} is declared at most {1} old",
        lateness "events count in {0} when they are up to {1} late",
        shape "{0} is read in {1}",
        rebuild "{0} is declared to be rebuilt from {1}",
        read_by "{1} reads {0}[ at {2}]",
        order_of "{0} is ordered by {1}",
        assigns_own_sequence "{0} assigns positions of its own",
        computed_by "{1} computes {0}",
        read_latency "a read of {0} has a latency target[, {2}]",
        rejected "{0} is rejected as an object",
        rejected_from "{0} is rejected because it is derivable from {1}",
        operation "{1} runs {0}",
        parameter "{0} is a parameter of {1}",
        parameter_sign "{0} is {1}",
        guard "{1} requires {0}",
        effect "{1} has the effect {0}[ on {2}]",
        through "{0} is on the instance that {1} names",
        once_per "{0} is asked for once per {1}",
        remembered "outcomes of {0} are remembered for {1}",
        call "{1} calls {2}",
        compensated "{0} can be undone",
        reserves "{0} reserves first and confirms later",
        indivisible "{0} cannot be cut into local steps",
        announces "{0} announces {1}",
        audience "{1} hears of {0}",
        watchers "whoever watches {1} hears of {0}",
        audience_size "{0} has {1} receivers",
        coupling "{0} is to arrive {1}",
        fan_out "{0} fans out {1}",
        holds "{0} holds {1} beyond its request",
        released_by "what {0} holds is released by {1}",
        hold_time "what {0} holds is held for {1}",
        across "contention of {0} is across {1}",
        latency "{0} has a latency target[, {2}]",
        rate "{0} runs at {1}",
        hottest "{0} runs at {2} on the busiest {1}",
        causes "{0} causes {1}",
        asks "{1} asks {0}",
        query_reads "{0} reads {1}",
        query_by "{0} looks up by {1}",
        query_radius "{0} looks within {2} of {1}",
        query_window "{0} looks back {1}",
        query_ranked "{0} ranks by {1}",
        query_text "{0} searches in the text of {1}",
        query_fans_out "{0} touches many partitions",
        query_rate "{0} is asked at {1}",
        query_freshness "{0} may be {1} stale",
        query_latency "{0} has a latency target[, {2}]",
        invariant "{0} is declared as an invariant[ of type {1}]",
        statement "{0} is stated",
        serves "{0} is stated for {1}",
        horizon "{0} is asked for {1}",
        about_concurrency "{0} says how it holds under concurrency",
        owns "{1} lives in {0}",
        service_trait "{0} is declared as {1}",
        service_latency "{0} answers in a stated time[, {2}]",
        placed "{0} runs in {1}",
        written_from "{0} is written in {1}",
        written_everywhere "one instance of {0} is written in several regions at once",
        home_region "each instance of {0} has its home region in {1}",
        fault "{0} can happen: {1}",
        fault_at "{0} can happen at {1}",
        load "{0} is stated[ of {1}]",
        budget "{0} is a latency budget of {1}",
        hop "{0} has a hop",
        price "{0} is a price",
        technology "{0} is {1}",
        provides "{0} provides a capability",
        decision "the author decides {0}",
        hole "{0} has an open question",
    }
    evidence false {
        writes "{0} writes {1}",
        creates "{0} creates {1}",
        deletes "{0} deletes {1}",
        changes "{0} changes {1}",
        writes_field "{0} writes {1}",
        reads_field "{0} reads {1}",
        writer "{1} writes {0}",
        changer "{1} changes {0}",
        takes "{0} moves from {1} to {2}",
        loses "{0} may run in {1} and not in {2}",
        needs "{0} survives only some moves of {1}[; its polarity is {2}]",
        moves "{0} moves {1} {2}",
        breaks "{1} can make {0} false[, by {2}]",
        conflict "{1} can make a condition of {0} false, by {2}",
        contended "writers of {0} contend",
        blind "{0} overwrites {1} without looking",
        clash "{0} and {1} do not commute[ on {2}]",
        commutes "all effects on {0} commute",
        repeatable "{0} run twice has the effect of once",
        harmless "{0} changes nothing when it is repeated, however late",
        clocked "{0} depends on the clock",
        foreign_read "{0} decides on {1}, which it does not write[; what it reads is {2}]",
        absence "{0} requires that there is no {1} yet",
        crosses "{0} decides on {1}, which no key places with what it writes",
        monotone "the condition of {0} on {1} stays false once it is false",
        additive "{0} changes {1} only by adding",
        spread "{0} writes two instances of {1} in one run",
        upkeep "to keep {0} up to date takes {1}",
    }
    normalization false {
        acts "{0} does to {2}: {1}",
        mutual "{0} acts when a record meets the one that mirrors it",
        normalized "{0} is, for {1}, {2}",
        hidden_write "{0} hides that {1} writes {2}",
        hidden_trigger "{0} hides that {1} announces {2}",
        hidden_view "{0} hides that {1} is derived",
        unresolved "nothing declared resolves {1} in {0}",
    }
    objects false {
        shows "{0} shows the trait {1}",
        derivable_from "{0} can be recomputed from {1}",
        guard_field "{1} could be computed from {2}, and stands in {0} because its own predicate reads it",
        primary "{0} is a primary object of class {1}",
        class_origin "the class of {0} is {1}",
        fails "{0} fails the test of {1}",
        passes "{0} passes the test of {1}",
        derived "{0} can be computed from other state",
    }
    axes false {
        wrote "{1} writes {0}",
        several "different actors write {0}",
        meets "several writers can meet on one instance of {0}",
        ownership "the ownership of {0} is {1}[, {2}]",
        partition_by "writers of {0} meet per {1}",
        evolution "the evolution of {0} is {1}[, {2}]",
        ordering "the ordering of {0} is {1}[, {2}]",
        ordered_within "the order of {0} holds within {1}",
        tie_broken_by "of two {0} at the same time {1} says which comes first",
        multi_writer "several writers can meet on one {0}",
    }
    invariants false {
        invariant "{0} is an invariant of type {1}[, {2}]",
        about "{0} is about {1}",
        governs "{1} must keep {0}",
        serves "{1} needs {0}",
        scope "{0} holds per {1}",
        concurrent "what {0} is about can change between check and action",
        within "{0} constrains {1} per {2}",
        retried "{0} may run more than once for one request",
        natural "all that {0} does is create a {1} that there cannot be twice",
        filled "the identity of a request to {0} becomes {2} of the {1} it creates",
        mutual "{0} decides on two records of {1} that complete each other",
        spans "{0} takes effect in several services",
        guarded_by "the condition of {0} reads {1}",
        mentions "{0} is stated in terms of {1}",
    }
    parameters false {
        dp "{0} is a design parameter[, {1} of {2}]",
        enforces "{0} enforces {1}",
        guards "{0} guards {1}",
        protects "{1} runs under {0}",
        serves_view "{0} serves {1}",
        disturbs "{1} can make a condition false that {0} checks",
        closure "{0} needs {1} to enforce its invariants",
        foreign "{0} needs {1}, which is no state of its own",
        backstop "{0} stops duplicates that {1} answers",
        instead "an {1} of {2} would do in place of {0}",
        named "the author calls {0} what {1} says",
    }
    mechanisms false {
        family "{0} asks for {1}",
        property "{0}: {1}",
        query_property "{0}: {1}",
        decided "the author decides on {2} for {0}, {1}",
        selected "the tables select {1} for {0}",
        mechanism "the mechanism of {0} is {1}",
        adds "{0} needs {1} besides",
        form "{1} of {0} takes the form of {2}",
        confirmed "{1} is right for {0} under this question as well",
        doubles "{1} of {0} does the work of {2} as well",
        alternative "{1} would do for {0} as well",
        instead "{1} could take the place of {2} for {0}",
        taken "the author decides on {2} for {0}",
        excluded "{1} is wrong for {0}",
        accepted "{0} agrees with what is derived",
        refused "{0} decides on {2} for {1}, which is wrong there",
        answers "{0} is answered by {1}",
    }
    validation false {
        keeper "every change of {0} goes through {1}",
        materialized "{0} is an aggregate that is kept, and truth for its readers",
        truth "where copies of {0} disagree, {1} is right",
        volatile "the truth of {0} may live in memory",
        contests "{2} makes {1} the truth of {0}",
        computed_twice "{0} and {1} are the same value, computed twice",
        field_and_view "{0} and {1} are the same value, computed twice",
        decides_on_copy "{0} decides on {1}, which is a copy",
        projection "{0} is a projection of {1}",
        rebuildable "{0} can be rebuilt from {1}",
        diverges "{0} can differ from its source for ever",
        depends "{0} depends on {1}[ for its {2}]",
        needs_order "{0} needs the order of {1}",
        shares_order "{0} and {1} need the same order of {2}",
        own_order "{0} numbers what {1} has numbered already",
        cycle "{0} depends on itself, by way of {1}",
        view_cycle "{0} is computed from itself, by way of {1}",
        lag "{0} is at most {1} behind its source",
        total_lag "{0} is at most {1} behind the primary objects",
    }
    algorithms false {
        template "{0} follows the template {1}",
        answers "{0} answers a {1} with {2}",
        path "{0} is a write path",
        feature "{0}: {1}",
        judged_by "what {0} says about time is decided by the clock of the {1}",
        maintained "{0} is kept this way: {1}",
        forbidden "{0} never goes from {1} to {2}",
    }
    schema false {
        table "{0} is a table of class {1}, for {2}",
        column "{0} is a column of {1}",
        stores "{0} holds {1}",
        nullable "{0} may be empty",
        kept "rows of {0} are kept for {1}",
        primary_key "{1} is part of the primary key of {0}",
        partition_key "{0} is partitioned by {1}",
        unique "{1} is part of a unique key of {0}",
        ordering_key "{0} is ordered by {1}",
        indexed "{0} has an index on {1}",
        served "{0} is served by {1}",
        references "{0} refers to a row of {1}",
    }
    technology false {
        needs "{0} needs the capability {1}",
        shape "{0} takes the shape {1}",
        product "{0} is kept by {1}",
        also "{1} would keep {0} as well",
        streamed "records of {0} live in the log they are sent through",
        folded "{1} is computed event by event under {0}",
        together "one product must keep {0} and {1}",
        archived "old records of {0} move to {1}",
        unmet "no allowed product gives {0} the capability {1} with all else it needs",
        secures "what enforces {1} lives in {0}",
    }
    topology false {
        component "{0} is a {1}, for {2}",
        hosts "{0} hosts {1}",
        belongs "{0} belongs to {1}",
        spread "{0} is spread by {1}",
        flows "{2} flows from {0} to {1}",
        justified "{0} and {1} stand apart for {2}",
        partitioned "{0} is spread by {1}",
        criticality "{0} is {1}",
        fails_closed "{0} refuses work rather than answer wrongly",
    }
    consistency false {
        path "{0} is a {1} path",
        consistency "{0} is {1}",
        bound "{0} is at most {1} old",
        delivery "{0} is delivered {1}",
        critical "a stale answer in {0} would break what {1} enforces",
        ingest "{0} appends and decides nothing on the way in",
        relied_on "{1} must see what {0} wrote",
        raised "the author asks for more of {0}, by {1}",
        inherits "{0} is as fresh as {1}",
    }
    scaling false {
        scale_type "{0} is {1}",
        total "{0} runs at {1} in total",
        hot "{0} has a hot spot of kind {1} on {2}",
        hot_rate "{0} runs at {1} on the busiest key",
        strategy "{0} is scaled by {1}",
        load_value "{0}, {1}: {2}",
        contends "attempts of {0} on one key meet under {1}",
    }
    failures false {
        failure "{0} is {1} on {2}",
        possible "{0} can happen",
        handled_by "{0} is handled by {1}",
        unhandled "nothing answers {0}",
        late_policy "late events of {0} are treated by {1}",
        applies "{0} can be asked about: {1}",
        happens "{1} can happen to {0}",
        offers "{1} works on {0}",
        in_force "{1} is in force for {0}",
        answered "{1} of {0} is answered by {2}",
    }
    objectives false {
        slo "{0} is an objective of {1} for {2}",
        target "the target of {0} is {1}",
        percentile "{0} is about the {1} percentile",
        origin "{0} is {1}",
        hop_timeout "a call of {1} in {0} may take {2}",
        attempts "{0} tries {1} {2} times at most",
        backoff "{0} waits {1} before its second attempt, then twice as long",
    }
    knobs false {
        knob "{0} is the {1} of {2}",
        default "{0} is {1} by default",
        range "{0} lies between {1} and {2}",
        bounded "{0} is bounded by {1}",
        settled "{0} is what {1} says",
        constraint "the numbers of {0} keep {1}",
    }
    runbooks false {
        runbook "{0} is the runbook for {1}",
        triggered "{1} leads to {0}",
        incident "{0} is about {1}",
        lever "{1} has a lever for {0}",
        eased "{1} is what the scaling model has for {0}",
        verified "{0} is over when an audit finds no violation of {1}",
    }
    observability false {
        metric "{0} measures {1} of {2}",
        measures "{0} shows whether {1} holds",
        alert "{0} fires when {1} passes {2}",
        detects "{0} detects {1}",
        guards_slo "{0} guards {1}",
        audited "an audit counts violations of {0}",
        shows "{0} shows what {1} does",
    }
    costs false {
        growth "{0} grows as {1}",
        driver "{1} drives the growth of {0}",
        dominant "the dominant cost of {0} is {1}",
        under_way "{1} requests of {0} are under way at once, at most",
    }
    evolution false {
        stage "{0} is stage {1}",
        adds "{0} adds {2} for {1}",
        signal "{0} ends when {1} passes {2}",
        stands_in "{1} stands in for {2} in {0} at first",
        beyond "what is declared of {1} is past {0}",
        change "a change of {0} is {1}",
        brings "{0} brings {1}",
        locked "the {1} of {0} cannot be taken back",
    }
}

/// The relations of that name; a step may repeat a declared one under its own name.
pub fn named(name: &str) -> impl Iterator<Item = &'static Relation> {
    RELATIONS.iter().filter(move |relation| relation.name == name)
}

/// Where the relation stands in the order of the steps.
pub fn position(name: &str) -> usize {
    RELATIONS.iter().rposition(|relation| relation.name == name).unwrap_or(RELATIONS.len())
}

/// Whether a relation of that name holds what the author declared.
pub fn is_declared(name: &str) -> bool {
    named(name).any(|relation| relation.declared)
}

impl Relation {
    /// Whether the fact is a tuple of the relation. A fact may leave columns out: those that are no [`Term`]
    /// (expressions), and those that say nothing in a proof. Those it has must stand in the tuple, in that order.
    pub fn holds(&self, design: &Design, fact: &Fact) -> bool {
        (self.any)(design, &|columns| is_subsequence(&fact.terms, columns))
    }

    /// Visits the columns of every tuple.
    pub(crate) fn each(&self, design: &Design, visit: &mut dyn FnMut(&[Term])) {
        let visit = std::cell::RefCell::new(visit);
        (self.any)(design, &|columns| {
            (visit.borrow_mut())(columns);
            false
        });
    }

    /// The fact with the columns it leaves out, those of the first tuple it is short for.
    fn completed(&self, design: &Design, fact: &Fact) -> Fact {
        let full = Cell::new(*fact);
        (self.any)(design, &|columns| {
            let meant = is_subsequence(&fact.terms, columns);
            if meant {
                full.set(Fact::new(fact.relation, columns.get(..3).unwrap_or(columns)));
            }
            meant
        });
        full.get()
    }
}

/// What a fact says, in words: "the ownership of `Auction` is many writers, one winner, declared".
pub fn says(design: &Design, fact: &Fact) -> String {
    // A step's own sentence tells more than the declaration it repeats; the declared fact has fewer columns.
    let mut sentences: Vec<&Relation> = named(fact.relation).collect();
    sentences.sort_by_key(|relation| !relation.holds(design, fact));
    let template = sentences.first().map_or("{0} {1} {2}", |relation| relation.says);
    let fact = &match sentences.first() {
        Some(relation) if lacks(template, fact) => relation.completed(design, fact),
        _ => *fact,
    };
    let mut text = String::new();
    for (i, part) in template.split(['[', ']']).enumerate() {
        let optional = i % 2 == 1;
        let missing = (0..3).any(|column| fact.terms[column] == Term::None && part.contains(&format!("{{{column}}}")));
        if !(optional && missing) {
            fill(design, fact, part, &mut text);
        }
    }
    text.trim_end().to_owned()
}

/// Whether a column that the sentence cannot go without is missing.
fn lacks(template: &str, fact: &Fact) -> bool {
    let needs = |column: &str| template.split(['[', ']']).step_by(2).any(|part| part.contains(column));
    fact.terms.iter().zip(["{0}", "{1}", "{2}"]).any(|(term, column)| *term == Term::None && needs(column))
}

/// Puts the columns of the fact in place of `{0}`, `{1}`, `{2}`.
fn fill(design: &Design, fact: &Fact, template: &str, text: &mut String) {
    for (i, part) in template.split(['{', '}']).enumerate() {
        match part.parse::<usize>() {
            Ok(column) if i % 2 == 1 => {
                text.push_str(&fact.terms.get(column).map_or(String::new(), |term| word(design, term)))
            }
            _ => text.push_str(part),
        }
    }
}

fn word(design: &Design, term: &Term) -> String {
    match term {
        Term::None => String::new(),
        Term::Entity(Entity::Field(field)) => format!("`{}`", design.facts.path(*field)),
        Term::Entity(entity) => format!("`{}`", design.name(*entity)),
        Term::Word(word) => (*word).to_owned(),
        Term::Quantity(quantity) => quantity.to_string(),
    }
}

/// A tuple as columns; [`Term::None`] stands for what is no term.
trait Tuple {
    fn columns(&self) -> [Term; 5];
}

macro_rules! tuples {
    ($($($column:ident)+;)+) => { $(
        impl<$($column: Column),+> Tuple for ($($column,)+) {
            fn columns(&self) -> [Term; 5] {
                #[allow(non_snake_case)]
                let ($($column,)+) = self;
                let mut columns = [Term::None; 5];
                for (place, term) in columns.iter_mut().zip([$($column.column()),+]) {
                    *place = term;
                }
                columns
            }
        }
    )+ };
}
tuples! { A; A B; A B C; A B C D; A B C D E; }

/// What can stand in a column of a tuple.
trait Column {
    fn column(&self) -> Term;
}
impl<T: IntoTerm + Copy> Column for T {
    fn column(&self) -> Term {
        self.term()
    }
}
impl<T: Column> Column for Option<T> {
    fn column(&self) -> Term {
        self.as_ref().map_or(Term::None, Column::column)
    }
}
impl Column for Type {
    fn column(&self) -> Term {
        match self {
            Type::Primitive(primitive) => Term::Word(primitive.word()),
            Type::Object(object) => (*object).term(),
            Type::Unknown => Term::None,
        }
    }
}

macro_rules! no_terms {
    ($($name:ident)+) => { $(impl Column for $name { fn column(&self) -> Term { Term::None } })+ };
}
no_terms! { String Expr Action Statement Choice }
