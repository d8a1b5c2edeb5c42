//! What can happen to a program: two requests, each tried twice at most, at the same time or not; a process that dies between
//! two steps; a clock that moves on; a row that is not there yet; a record whose identity two requests want; a request that
//! comes before its time. Every order is tried.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::program::{Condition, Existing, Program, Setting, Step, Term, Test, Write};

const REQUESTS: usize = 2;
const ATTEMPTS: usize = 2;
/// How often a lost race is tried again.
const TRIES: u8 = 2;
/// Far above what any program of the corpus reaches.
const STATES: usize = 2_000_000;

/// As many rows as a program updates.
const ROWS: usize = 2;

/// What the requests meet.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Meets {
    /// The row is there, nobody wants the record of another, and the time has come.
    Everything,
    /// The row is not there, and may yet be made.
    NoRow,
    /// Both requests want a record of one identity.
    OneIdentity,
    /// The time has not come.
    TooEarly,
}

impl Meets {
    /// Whatever makes a difference to the program.
    pub fn all(program: &Program) -> Vec<Meets> {
        let updates = program.writes().any(|write| matches!(write, Write::Update(_)));
        let told = program.steps.contains(&Step::Absent { recorded: false });
        let makes = program.writes().any(|write| *write == Write::Create(Existing::Rejected));
        let waits = program.steps.iter().any(|step| matches!(step, Step::Await(_)));
        let mut all = vec![Meets::Everything];
        all.extend((updates && !told).then_some(Meets::NoRow));
        all.extend(makes.then_some(Meets::OneIdentity));
        all.extend(waits.then_some(Meets::TooEarly));
        all
    }
}

/// What was found out.
pub struct Explored {
    /// How many states there are.
    pub states: usize,
    /// What went wrong first, and the shortest way there; one line a step.
    pub violation: Option<(&'static str, Vec<String>)>,
    /// What happened in at least one of the orders.
    pub seen: BTreeSet<&'static str>,
}

/// A program with values to run on.
pub struct World<'p> {
    program: &'p Program,
    meets: Meets,
    fields: Vec<String>,
    row: Vec<i64>,
    requests: Vec<BTreeMap<String, i64>>,
    constants: BTreeMap<String, i64>,
    /// Some condition asks for the time.
    timed: bool,
    /// Somebody must hear of what happens.
    announces: bool,
    /// All it does is to say what some fields are: said twice, that is no more than said once.
    repeatable: bool,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    row: Vec<i64>,
    /// Whether the rows are there.
    there: bool,
    versions: [u8; ROWS],
    /// How often each row was updated.
    updated: [u8; ROWS],
    clock: i64,
    crashed: bool,
    outcomes: [Option<Answer>; REQUESTS],
    records: [u8; REQUESTS],
    /// Which request made the record of each identity.
    makers: [Option<usize>; REQUESTS],
    events: [u8; REQUESTS],
    marks: [bool; REQUESTS],
    sums: [u8; REQUESTS],
    /// How often each request took effect, and whether one did where its conditions did not hold: nobody in the world sees it.
    effects: [u8; REQUESTS],
    ineligible: bool,
    answers: [[bool; 3]; REQUESTS],
    attempts: [[Attempt; ATTEMPTS]; REQUESTS],
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Attempt {
    Waiting,
    Running { at: usize, read: Option<Read>, tries: u8 },
    Over,
}

/// What a read has found.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Read {
    row: Vec<i64>,
    there: bool,
    versions: [u8; ROWS],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Answer {
    Accepted,
    Rejected,
    Undecided,
}

enum Committed {
    Yes,
    LostRace,
    Rejected,
    Answer(Answer),
}

impl<'p> World<'p> {
    /// The world in which every condition of the program holds at first, for both requests, but for what they meet; nothing,
    /// where there is none so small.
    pub fn of(program: &'p Program, meets: Meets) -> Option<World<'p>> {
        let mut terms: Vec<&Term> = program.guards.iter().flat_map(|test| [&test.left, &test.right]).collect();
        let settings: Vec<&Setting> = program.writes().flat_map(settings).collect();
        terms.extend(settings.iter().map(|setting| &setting.value));
        let mut constants: BTreeMap<String, i64> = BTreeMap::new();
        for term in &terms {
            if let Term::Constant(text) = term {
                let next = 100 + constants.len() as i64;
                constants.entry(text.clone()).or_insert_with(|| text.parse().unwrap_or(next));
            }
        }
        let named = |of: fn(&Term) -> Option<&String>| -> BTreeSet<String> {
            terms.iter().filter_map(|term| of(term).cloned()).collect()
        };
        let mut fields = named(|term| if let Term::Field(name) = term { Some(name) } else { None });
        fields.extend(settings.iter().map(|setting| setting.field.clone()));
        let parameters = named(|term| if let Term::Parameter(name) = term { Some(name) } else { None });
        let timed = program.guards.iter().any(|test| [&test.left, &test.right].contains(&&Term::Now));
        let mut world = World {
            program,
            meets,
            row: vec![0; fields.len()],
            fields: fields.into_iter().collect(),
            requests: vec![parameters.iter().map(|name| (name.clone(), 1)).collect(); REQUESTS],
            constants,
            timed,
            announces: program.writes().any(|write| *write == Write::Event),
            repeatable: program
                .writes()
                .all(|write| matches!(write, Write::Update(it) if it.settings.iter().all(|it| it.operator == "="))),
        };
        world.settle().then_some(world)
    }

    /// Looks for values under which both requests would be accepted, each on its own.
    fn settle(&mut self) -> bool {
        let mut domain: Vec<i64> = vec![0, 1, 2];
        domain.extend(self.constants.values());
        let parameters: Vec<String> = self.requests[0].keys().cloned().collect();
        let count = self.fields.len() + parameters.len();
        let Some(all) = domain.len().checked_pow(count as u32).filter(|all| *all < 2_000_000) else { return false };
        for choice in 0..all {
            let mut rest = choice;
            let mut next = || {
                let value = domain[rest % domain.len()];
                rest /= domain.len();
                value
            };
            let row: Vec<i64> = self.fields.iter().map(|_| next()).collect();
            let request: BTreeMap<String, i64> = parameters.iter().map(|name| (name.clone(), next())).collect();
            // A request for nothing leaves everything to the other.
            let asks = request.values().all(|value| *value != 0);
            self.requests[0] = request;
            let (when, early) = if self.meets == Meets::TooEarly { (5, true) } else { (0, false) };
            if asks && self.holds(&row, when, 0) && !(early && self.holds(&row, 0, 0)) {
                self.row = row;
                // The other wants more where that is admitted too, so that the two can be told apart.
                let more = self.requests[0].iter().map(|(name, value)| (name.clone(), value + 1)).collect();
                self.requests[1] = more;
                if !self.holds(&self.row, when, 1) {
                    self.requests[1] = self.requests[0].clone();
                }
                return true;
            }
        }
        false
    }

    /// Tries every order.
    pub fn explore(&self) -> Explored {
        let first = self.first();
        let mut from: HashMap<State, Option<(State, String)>> = HashMap::from([(first.clone(), None)]);
        let mut open = VecDeque::from([first]);
        let mut seen = BTreeSet::new();
        while let Some(state) = open.pop_front() {
            let next = self.next(&state, &mut seen);
            let wrong = self.wrong(&state).or_else(|| next.is_empty().then(|| self.wrong_at_rest(&state)).flatten());
            if let Some(wrong) = wrong {
                return Explored { states: from.len(), violation: Some((wrong, trace(&from, state))), seen };
            }
            for (label, next) in next {
                if !from.contains_key(&next) {
                    from.insert(next.clone(), Some((state.clone(), label)));
                    open.push_back(next);
                }
            }
            assert!(from.len() < STATES, "there is no end of states");
        }
        Explored { states: from.len(), violation: None, seen }
    }

    fn first(&self) -> State {
        State {
            row: self.row.clone(),
            there: self.meets != Meets::NoRow,
            versions: [0; ROWS],
            updated: [0; ROWS],
            clock: 0,
            crashed: false,
            outcomes: [None; REQUESTS],
            records: [0; REQUESTS],
            makers: [None; REQUESTS],
            events: [0; REQUESTS],
            marks: [false; REQUESTS],
            sums: [0; REQUESTS],
            effects: [0; REQUESTS],
            ineligible: false,
            answers: [[false; 3]; REQUESTS],
            attempts: std::array::from_fn(|_| std::array::from_fn(|_| Attempt::Waiting)),
        }
    }

    fn next(&self, state: &State, seen: &mut BTreeSet<&'static str>) -> Vec<(String, State)> {
        let mut next = vec![];
        if self.timed && state.clock == 0 {
            seen.insert("tick");
            next.push(("the clock moves on".to_owned(), State { clock: 5, ..state.clone() }));
        }
        // Who was refused, and not on record, may be accepted when the row is there: no order of events to be told of.
        if !state.there && self.program.steps.contains(&Step::RejectRecorded) {
            seen.insert("no row");
            next.push(("the row is made".to_owned(), State { there: true, ..state.clone() }));
        }
        for request in 0..REQUESTS {
            for attempt in 0..self.attempts(request) {
                let who = format!("request {request}, attempt {attempt}");
                match &state.attempts[request][attempt] {
                    Attempt::Waiting if attempt == 0 || state.attempts[request][attempt - 1] != Attempt::Waiting => {
                        if attempt > 0 {
                            seen.insert("retry");
                        }
                        let mut after = state.clone();
                        after.attempts[request][attempt] = Attempt::Running { at: 0, read: None, tries: 0 };
                        next.push((format!("{who}: arrives"), after));
                    }
                    Attempt::Running { at, read, tries } => {
                        let mut after = state.clone();
                        let (now, said) = self.step(&mut after, request, *at, read, *tries, seen);
                        after.attempts[request][attempt] = now;
                        let answers = ["accepted", "rejected", "undecided"].into_iter().zip(after.answers[request]);
                        seen.extend(answers.filter_map(|(answer, given)| given.then_some(answer)));
                        next.push((format!("{who}: {said}"), after));
                        if !state.crashed {
                            seen.insert("crash");
                            let mut after = State { crashed: true, ..state.clone() };
                            after.attempts[request][attempt] = Attempt::Over;
                            next.push((format!("{who}: its process dies"), after));
                        }
                    }
                    _ => (),
                }
            }
        }
        next
    }

    /// One step of one attempt, and what to call it.
    fn step(
        &self,
        state: &mut State,
        request: usize,
        at: usize,
        read: &Option<Read>,
        tries: u8,
        seen: &mut BTreeSet<&'static str>,
    ) -> (Attempt, String) {
        let going = |at, read: &Option<Read>| Attempt::Running { at, read: read.clone(), tries };
        let answer = |state: &mut State, answer: Answer| {
            state.answers[request][answer as usize] = true;
            (Attempt::Over, format!("is answered {answer:?}"))
        };
        match &self.program.steps[at] {
            Step::Known => match state.outcomes[request] {
                Some(known) => answer(state, known),
                None => (going(at + 1, read), "has no outcome yet".to_owned()),
            },
            Step::KnownRecord => match state.makers[self.identity(request)] == Some(request) {
                true => answer(state, Answer::Accepted),
                false => (going(at + 1, read), "has made no record yet".to_owned()),
            },
            Step::Read => (going(at + 1, &Some(Read::of(state))), "reads".to_owned()),
            Step::Absent { recorded } => match (read.as_ref().is_none_or(|read| read.there), recorded) {
                (true, _) => (going(at + 1, read), "has a row".to_owned()),
                (false, true) => (going(self.program.reject, read), "has no row".to_owned()),
                (false, false) => answer(state, Answer::Rejected),
            },
            Step::Await(test) => {
                let now = read.clone().unwrap_or_else(|| Read::of(state));
                match self.test(test, &now.row, state.clock, request) {
                    true => (going(at + 1, read), "comes in time".to_owned()),
                    false => {
                        seen.insert("too early");
                        answer(state, Answer::Undecided)
                    }
                }
            }
            Step::Vacant => match state.makers[self.identity(request)].is_none() {
                true => (going(at + 1, read), "finds no record".to_owned()),
                false => (going(self.program.reject, read), "finds a record".to_owned()),
            },
            Step::Check(tests) => {
                let now = read.clone().unwrap_or_else(|| Read::of(state));
                match tests.iter().all(|test| self.test(test, &now.row, state.clock, request)) {
                    true => (going(at + 1, read), "passes its checks".to_owned()),
                    false => (going(self.program.reject, read), "fails a check".to_owned()),
                }
            }
            Step::RejectRecorded => {
                let kept = *state.outcomes[request].get_or_insert(Answer::Rejected);
                answer(state, kept)
            }
            Step::Reject => answer(state, Answer::Rejected),
            Step::Transaction(writes) => match self.commit(state, request, writes, read) {
                Committed::Yes => (going(at + 1, read), "commits".to_owned()),
                Committed::Answer(known) => answer(state, known),
                Committed::Rejected => (going(self.program.reject, read), "cannot take effect".to_owned()),
                Committed::LostRace => {
                    seen.insert("race");
                    let again = self.program.steps[..at].iter().rposition(|step| *step == Step::Read).unwrap_or(0);
                    match tries + 1 < TRIES {
                        true => {
                            (Attempt::Running { at: again, read: None, tries: tries + 1 }, "loses the race".to_owned())
                        }
                        false => answer(state, Answer::Undecided),
                    }
                }
            },
            Step::Alone(write) => match self.commit(state, request, std::slice::from_ref(write), read) {
                Committed::Answer(known) => answer(state, known),
                _ => (going(at + 1, read), format!("{write:?}, alone")),
            },
            Step::Accept => answer(state, Answer::Accepted),
            Step::Undecided => answer(state, Answer::Undecided),
        }
    }

    /// All or nothing.
    fn commit(&self, state: &mut State, request: usize, writes: &[Write], read: &Option<Read>) -> Committed {
        let before = state.clone();
        let mut effect = false;
        for write in writes {
            match write {
                Write::Update(update) => {
                    let met = update.conditions.iter().all(|condition| match condition {
                        Condition::Version => {
                            read.as_ref().is_none_or(|read| read.versions[update.row] == state.versions[update.row])
                        }
                        Condition::Test(test) => self.test(test, &state.row, state.clock, request),
                    });
                    if update.rejects && !(met && state.there) {
                        *state = before;
                        return Committed::Rejected;
                    }
                    if !met || (!state.there && !update.conditions.is_empty()) {
                        *state = before;
                        return Committed::LostRace;
                    }
                    // A statement that finds no row changes none, and says nothing of it to who does not ask.
                    if state.there {
                        let old = state.row.clone();
                        update.settings.iter().for_each(|setting| self.set(setting, &old, state, request));
                        state.versions[update.row] += 1;
                        state.updated[update.row] += 1;
                        // Of two rows the first is the one that the conditions are about.
                        effect |= update.row == 0;
                    }
                }
                Write::Create(existing) => {
                    let identity = self.identity(request);
                    if *existing != Existing::Ignored && state.makers[identity].is_some() {
                        *state = before;
                        return match existing {
                            Existing::Rejected => Committed::Rejected,
                            _ => Committed::Answer(Answer::Accepted),
                        };
                    }
                    state.makers[identity] = Some(request);
                    state.records[request] += 1;
                    effect = true;
                }
                Write::Outcome => {
                    if let Some(known) = state.outcomes[request] {
                        *state = before;
                        return Committed::Answer(known);
                    }
                    state.outcomes[request] = Some(Answer::Accepted);
                }
                Write::Event => state.events[request] += 1,
                Write::Mark => {
                    if state.marks[request] {
                        *state = before;
                        return Committed::Answer(Answer::Accepted);
                    }
                    state.marks[request] = true;
                }
                Write::Add => {
                    state.sums[request] += 1;
                    effect = true;
                }
            }
        }
        state.effects[request] += u8::from(effect);
        state.ineligible |= effect && !self.holds(&before.row, before.clock, request);
        Committed::Yes
    }

    /// How often a request is tried. What concerns one request alone is told by its own retry.
    fn attempts(&self, request: usize) -> usize {
        match (self.meets, request) {
            (Meets::Everything, _) | (_, 0) => ATTEMPTS,
            (Meets::OneIdentity, _) => 1,
            (Meets::NoRow | Meets::TooEarly, _) => 0,
        }
    }

    /// The identity of the record that a request makes.
    fn identity(&self, request: usize) -> usize {
        if self.meets == Meets::OneIdentity { 0 } else { request }
    }

    fn set(&self, setting: &Setting, old: &[i64], state: &mut State, request: usize) {
        let value = self.value(&setting.value, old, state.clock, request);
        // INVARIANT: every field that is set is among the fields.
        let Some(index) = self.fields.iter().position(|field| *field == setting.field) else { return };
        match setting.operator.as_str() {
            "+=" => state.row[index] += value,
            "-=" => state.row[index] -= value,
            _ => state.row[index] = value,
        }
    }

    fn holds(&self, row: &[i64], clock: i64, request: usize) -> bool {
        self.program.guards.iter().all(|test| self.test(test, row, clock, request))
    }

    fn test(&self, test: &Test, row: &[i64], clock: i64, request: usize) -> bool {
        let (left, right) = (self.value(&test.left, row, clock, request), self.value(&test.right, row, clock, request));
        match test.operator.as_str() {
            "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left >= right,
        }
    }

    fn value(&self, term: &Term, row: &[i64], clock: i64, request: usize) -> i64 {
        match term {
            Term::Field(name) => self.fields.iter().position(|field| field == name).map_or(0, |index| row[index]),
            Term::Parameter(name) => self.requests[request][name],
            Term::Now => clock,
            Term::Constant(text) => self.constants[text],
        }
    }

    /// What must never be, whatever comes next.
    fn wrong(&self, state: &State) -> Option<&'static str> {
        if state.ineligible {
            return Some("took effect though a condition did not hold");
        }
        for request in 0..REQUESTS {
            let [accepted, rejected, _] = state.answers[request];
            if state.effects[request] > 1 && !self.repeatable {
                return Some("one request took effect twice");
            }
            if rejected && state.effects[request] > 0 {
                return Some("told rejected though accepted");
            }
            let marked = state.marks[request];
            if accepted && state.effects[request] == 0 && state.records[request] == 0 && !marked {
                return Some("told accepted though nothing happened");
            }
        }
        None
    }

    /// What must not be once nothing can happen any more.
    fn wrong_at_rest(&self, state: &State) -> Option<&'static str> {
        for request in 0..REQUESTS {
            if self.announces && state.effects[request] > 0 && state.events[request] == 0 {
                return Some("an event is lost");
            }
            if state.marks[request] && state.sums[request] == 0 {
                return Some("acknowledged and never counted");
            }
            let early = self.meets == Meets::TooEarly && state.effects.iter().all(|effects| *effects == 0);
            if early && state.outcomes[request] == Some(Answer::Rejected) {
                return Some("refused for good though only too early");
            }
        }
        if self.program.rows.len() > 1 && state.updated[0] != state.updated[1] {
            return Some("half of it happened");
        }
        None
    }
}

impl Read {
    fn of(state: &State) -> Read {
        Read { row: state.row.clone(), there: state.there, versions: state.versions }
    }
}

fn settings(write: &Write) -> Vec<&Setting> {
    match write {
        Write::Update(update) => update.settings.iter().collect(),
        _ => vec![],
    }
}

fn trace(from: &HashMap<State, Option<(State, String)>>, last: State) -> Vec<String> {
    let mut trace = vec![];
    let mut state = last;
    while let Some(Some((before, label))) = from.get(&state) {
        trace.push(label.clone());
        state = before.clone();
    }
    trace.reverse();
    trace
}
