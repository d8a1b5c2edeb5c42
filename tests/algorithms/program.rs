//! The pseudocode of a design as a program: read line by line, as a reader would. A line that says something unknown makes the
//! whole unreadable, so that nothing is run that means something else.

use std::collections::BTreeSet;

use sysd::rules::artifact::Line;

/// A write path, ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// Parameters of the request.
    pub parameters: BTreeSet<String>,
    /// What runs from the first to the last.
    pub steps: Vec<Step>,
    /// The conditions of the path, whatever later becomes of its steps.
    pub guards: Vec<Test>,
    /// Where the rejection begins.
    pub reject: usize,
    /// The rows that are updated, where there are several.
    pub rows: Vec<String>,
}

/// What happens between two moments in which others may act or the process may die.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A request that has an outcome gets it again.
    Known,
    /// A request that has made the record is accepted.
    KnownRecord,
    /// Reads the row.
    Read,
    /// Rejects who names no row. `recorded`: as any other rejection; otherwise at once, for the place of the outcome is unknown.
    Absent { recorded: bool },
    /// Answers that nothing is decided, where the time has not come.
    Await(Test),
    /// Rejects where there is such a record already.
    Vacant,
    /// Tests on what was read; where one fails, the request is rejected.
    Check(Vec<Test>),
    /// Keeps a rejection, unless there is an outcome, and returns what is kept.
    RejectRecorded,
    /// Returns a rejection.
    Reject,
    /// One commit.
    Transaction(Vec<Write>),
    /// A write outside of any transaction: a commit of its own.
    Alone(Write),
    /// Returns.
    Accept,
    /// Returns that nothing is known; where races end that were lost too often.
    Undecided,
}

/// What is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// A row, under conditions, of which one is that it is there.
    Update(Update),
    /// A new record.
    Create(Existing),
    /// The acceptance, unless there is an outcome, which is returned then.
    Outcome,
    /// What others must hear of.
    Event,
    /// The id of what is applied; if it is there, nothing more happens.
    Mark,
    /// The amount of what is applied.
    Add,
}

/// An update of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Which of the rows.
    pub row: usize,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// What is set.
    pub settings: Vec<Setting>,
    /// Whether the request is rejected where nothing changed, and not tried again.
    pub rejects: bool,
}

/// What becomes of a new record whose identity is there already.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Existing {
    /// Nobody looks.
    Ignored,
    /// The request is done.
    Done,
    /// The request is rejected.
    Rejected,
}

/// A condition of a write.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Nobody has written since the read.
    Version,
    /// A condition of the path.
    Test(Test),
}

/// `amount > auction.current_highest`
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What stands left.
    pub left: Term,
    /// `>`
    pub operator: String,
    /// What stands right.
    pub right: Term,
}

/// `auction.current_highest = amount`
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The field.
    pub field: String,
    /// `=`, `+=` or `-=`
    pub operator: String,
    /// The operand.
    pub value: Term,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A field of the row.
    Field(String),
    /// A parameter, or who calls.
    Parameter(String),
    /// The clock.
    Now,
    /// A state, or another constant.
    Constant(String),
}

impl Program {
    /// The program of these lines, or the line that is not understood.
    pub fn read(lines: &[Line]) -> Result<Program, String> {
        let header = lines.first().map_or("", |line| &line.text);
        let inputs = header.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inputs, _)| inputs);
        let parameters = inputs.split(',').filter_map(|input| Some(input.split_once(':')?.0.trim().to_owned()));
        let rows = lines.iter().zip(lines.iter().skip(1)).filter(|(line, next)| next.depth > line.depth);
        let updated = rows.filter_map(|(line, _)| line.text.strip_prefix("update "));
        let rows: Vec<String> = updated.map(|name| name.trim_end_matches(" where").to_owned()).collect();
        let mut program = Program::empty(parameters.collect());
        program.rows = if rows.len() > 1 { rows } else { vec![] };
        let mut reader = Reader { lines, at: 1, program, rejects: false };
        while reader.at < lines.len() {
            reader.line()?;
        }
        if reader.rejects && reader.program.reject == usize::MAX {
            return Err("there is no rejection to go to".to_owned());
        }
        Ok(reader.program)
    }

    /// The upkeep of a copy, record by record: what stands in its first transaction.
    pub fn read_upkeep(lines: &[Line]) -> Result<Program, String> {
        let mut steps = vec![];
        // What a processor keeps by checkpoint is one commit as well.
        let opens =
            |line: &Line| line.text == "in one transaction:" || line.text.starts_with("together, in the state ");
        let transaction = lines.iter().position(opens).ok_or("no transaction")?;
        for line in lines[transaction + 1..].iter().take_while(|line| line.depth > lines[transaction].depth) {
            match &line.text {
                text if text.ends_with("if it is there: roll back, skip") => steps.push(Write::Mark),
                text if text.contains("+=") => steps.push(Write::Add),
                text => return Err(text.clone()),
            }
        }
        let steps = vec![Step::Transaction(steps), Step::Accept];
        Ok(Program { steps, ..Program::empty(BTreeSet::new()) })
    }

    fn empty(parameters: BTreeSet<String>) -> Program {
        Program { parameters, steps: vec![], guards: vec![], reject: usize::MAX, rows: vec![] }
    }
}

impl Program {
    /// Everything that is written, in its order.
    pub fn writes(&self) -> impl Iterator<Item = &Write> {
        self.steps.iter().flat_map(|step| match step {
            Step::Transaction(writes) => writes.as_slice(),
            Step::Alone(write) => std::slice::from_ref(write),
            _ => &[],
        })
    }

    /// Takes a write out of its transaction and makes it a commit of its own, behind or before it.
    pub fn apart(&self, which: &Write, offset: usize) -> Program {
        let mut program = self.clone();
        let at = program.steps.iter().position(|step| matches!(step, Step::Transaction(all) if all.contains(which)));
        let at = at.expect("it is written in a transaction");
        let Step::Transaction(writes) = &mut program.steps[at] else { unreachable!() };
        writes.retain(|write| write != which);
        program.steps.insert(at + offset, Step::Alone(which.clone()));
        program.reject = program.reject.saturating_add(1);
        program
    }

    /// Leaves a write out.
    pub fn without(&self, which: &Write) -> Program {
        let mut program = self.clone();
        for step in &mut program.steps {
            if let Step::Transaction(writes) = step {
                writes.retain(|write| write != which);
            }
        }
        program
    }

    /// Keeps only the conditions of writes for which that is so.
    pub fn where_only(&self, keep: impl Fn(&Condition) -> bool) -> Program {
        let mut program = self.clone();
        for step in &mut program.steps {
            let Step::Transaction(writes) = step else { continue };
            for write in writes {
                if let Write::Update(update) = write {
                    update.conditions.retain(&keep);
                }
            }
        }
        program
    }

    /// Leaves out what asks whether the row is there.
    pub fn blind(&self) -> Program {
        let mut program = self.clone();
        for step in &mut program.steps {
            let Step::Transaction(writes) = step else { continue };
            for write in writes {
                if let Write::Update(update) = write {
                    update.rejects = false;
                }
            }
        }
        program
    }

    /// Puts a step in the place of others.
    pub fn instead(&self, which: impl Fn(&Step) -> bool, other: Step) -> Program {
        let mut program = self.clone();
        program.steps.iter_mut().filter(|step| which(step)).for_each(|step| *step = other.clone());
        program
    }
}

struct Reader<'l> {
    lines: &'l [Line],
    at: usize,
    program: Program,
    /// Some line goes to the rejection.
    rejects: bool,
}

impl Reader<'_> {
    fn text(&self) -> &str {
        self.lines.get(self.at).map_or("", |line| &line.text)
    }

    fn unknown<T>(&self) -> Result<T, String> {
        Err(self.text().to_owned())
    }

    fn line(&mut self) -> Result<(), String> {
        let text = self.text().to_owned();
        let step = match text.as_str() {
            "in one transaction:" => return self.transaction(),
            "reject:" => return self.rejection(),
            "return accepted" => Step::Accept,
            text if text.starts_with("return undecided") => Step::Undecided,
            text if text.starts_with("on no answer in time: return undecided") => return self.skip(),
            text if text.starts_with("repeat within the retry budget") || text.starts_with("open: ") => {
                return self.skip();
            }
            text if text.contains("refuse unless ") => {
                let permitted = text.split_once("refuse unless permitted: ").and_then(|(_, test)| self.test(test).ok());
                self.program.guards.extend(permitted);
                return self.skip();
            }
            text if text.starts_with("if there is no such ") && text.ends_with(": reject") => {
                self.rejects = true;
                Step::Absent { recorded: true }
            }
            text if text.starts_with("if there is no such ") && text.ends_with(": return rejected") => {
                Step::Absent { recorded: false }
            }
            text if text.contains(" has one of (") && text.ends_with(": return accepted") => Step::KnownRecord,
            text if text.ends_with(": return its answer") => Step::Known,
            text if text.starts_with("read ") => Step::Read,
            // In the log it stands as often as it is sent; whoever reads the log takes it once (`read_upkeep`).
            text if text.starts_with("append ") => Step::Transaction(vec![Write::Create(Existing::Done)]),
            text if text.starts_with("whoever reads the log: ") && text.contains("only the first counts") => {
                return self.skip();
            }
            text if text.starts_with("unless ") => {
                let test = text["unless ".len()..].split_once(": return undecided").map(|(test, _)| self.test(test));
                let test = test.unwrap_or_else(|| self.unknown())?;
                self.program.guards.push(test.clone());
                Step::Await(test)
            }
            text if text.starts_with("check ") => return self.checks(),
            _ => return self.unknown(),
        };
        if step != Step::Read || self.program.steps.last() != Some(&Step::Read) {
            self.program.steps.push(step);
        }
        self.skip()
    }

    fn skip(&mut self) -> Result<(), String> {
        self.at += 1;
        Ok(())
    }

    fn checks(&mut self) -> Result<(), String> {
        let (mut tests, mut vacant) = (vec![], false);
        while let Some(test) = self.text().strip_prefix("check ") {
            match test.starts_with("not exists ") {
                true => vacant = true,
                false => tests.push(self.test(test)?),
            }
            self.at += 1;
        }
        if self.text() != "if a check fails: reject" {
            return self.unknown();
        }
        self.rejects = true;
        self.program.guards.extend(tests.iter().cloned());
        self.program.steps.extend(vacant.then_some(Step::Vacant));
        self.program.steps.push(Step::Check(tests));
        self.skip()
    }

    fn rejection(&mut self) -> Result<(), String> {
        self.program.reject = self.program.steps.len();
        self.at += 1;
        if self.text().contains(" has one of (") && self.text().ends_with(": return accepted") {
            self.program.steps.push(Step::KnownRecord);
            self.at += 1;
        }
        if self.text().contains(" = rejected into ") {
            self.at += 1;
            if !self.text().starts_with("return the answer that ") {
                return self.unknown();
            }
            self.program.steps.push(Step::RejectRecorded);
        } else if self.text().starts_with("return rejected") {
            self.program.steps.push(Step::Reject);
        } else {
            return self.unknown();
        }
        self.skip()
    }

    fn transaction(&mut self) -> Result<(), String> {
        let depth = self.lines[self.at].depth;
        self.at += 1;
        let mut writes = vec![];
        while self.lines.get(self.at).is_some_and(|line| line.depth > depth) {
            let text = self.text().to_owned();
            match text.as_str() {
                // A view that changes with its source: nothing hangs on it.
                text if text.starts_with("update ")
                    && self.lines.get(self.at + 1).is_none_or(|next| next.depth <= self.lines[self.at].depth) => {}
                text if text.starts_with("update ") => {
                    writes.push(self.update()?);
                    continue;
                }
                text if text.starts_with("create ") => {
                    let next = self.lines.get(self.at + 1).map_or("", |line| &line.text);
                    let once = text.contains(", unless there is one of ");
                    let existing = match next {
                        "if there is one: roll back, reject" => Existing::Rejected,
                        next if next.starts_with("if there is one: roll back, return") => Existing::Done,
                        _ => Existing::Ignored,
                    };
                    if once != (existing != Existing::Ignored) {
                        return self.unknown();
                    }
                    self.rejects |= existing == Existing::Rejected;
                    self.at += usize::from(once);
                    writes.push(Write::Create(existing));
                }
                text if text.contains(" = accepted into ") => {
                    self.at += 1;
                    if self.text() != "if it has one: roll back, return that answer" {
                        return self.unknown();
                    }
                    writes.push(Write::Outcome);
                }
                text if text.starts_with("insert ") && (text.ends_with(" outbox") || text.ends_with(" inbox")) => {
                    writes.push(Write::Event)
                }
                text if text.starts_with("insert the request for ") => writes.push(Write::Event),
                // Nothing here waits for a lock.
                text if text.starts_with("the updates in the order of the keys of their rows") => (),
                // What a record is called, and where it comes in a sequence, is made in the transaction: nobody can come between.
                text if text.contains(" = the smaller and the larger of ") || text.contains(" = the hash of ") => (),
                text if text.starts_with("the position is the next of ") => (),
                _ => return self.unknown(),
            }
            self.at += 1;
        }
        self.program.steps.push(Step::Transaction(writes));
        Ok(())
    }

    fn update(&mut self) -> Result<Write, String> {
        let name = self.text().trim_start_matches("update ").trim_end_matches(" where").to_owned();
        let row = self.program.rows.iter().position(|row| *row == name).unwrap_or(0);
        let depth = self.lines[self.at].depth;
        self.at += 1;
        let (mut conditions, mut settings) = (vec![], vec![]);
        while self.lines.get(self.at).is_some_and(|line| line.depth > depth) {
            let text = self.text().to_owned();
            if let Some(set) = text.strip_prefix("set ") {
                for setting in set.split(", ") {
                    settings.extend(self.setting(setting)?);
                }
            } else {
                let test = text.strip_prefix("and ").unwrap_or(&text);
                conditions.push(match test {
                    "version == the version read" => Condition::Version,
                    test => Condition::Test(self.test(test)?),
                });
            }
            self.at += 1;
        }
        let rejects = match self.text() {
            "if nothing changed: roll back, try again" => false,
            "if nothing changed: roll back, reject" => true,
            text if text.starts_with("if there is no such ") && text.ends_with(": roll back, reject") => true,
            _ => return self.unknown(),
        };
        self.rejects |= rejects;
        self.at += 1;
        Ok(Write::Update(Update { row, conditions, settings, rejects }))
    }

    fn test(&self, text: &str) -> Result<Test, String> {
        match text.split(' ').collect::<Vec<_>>()[..] {
            [left, operator @ ("==" | "!=" | "<" | "<=" | ">" | ">="), right] => {
                Ok(Test { left: self.term(left), operator: operator.to_owned(), right: self.term(right) })
            }
            _ => Err(text.to_owned()),
        }
    }

    /// What is set, if it is a field of the author's: the version is everybody's.
    fn setting(&self, text: &str) -> Result<Option<Setting>, String> {
        match text.split(' ').collect::<Vec<_>>()[..] {
            ["version", "=", "version", "+", "1"] => Ok(None),
            [field, operator @ ("=" | "+=" | "-="), value] if field.contains('.') => {
                let field = self.field(field);
                Ok(Some(Setting { field, operator: operator.to_owned(), value: self.term(value) }))
            }
            _ => Err(text.to_owned()),
        }
    }

    /// A field of the one row goes by its own name; where there are several rows, by theirs and its own.
    fn field(&self, path: &str) -> String {
        match path.split_once('.') {
            Some((row, _)) if self.program.rows.iter().any(|other| other == row) => path.to_owned(),
            _ => path.rsplit('.').next().unwrap_or_default().to_owned(),
        }
    }

    fn term(&self, text: &str) -> Term {
        match text {
            "now" => Term::Now,
            "caller" => Term::Parameter("caller".to_owned()),
            text if text.contains('.') => Term::Field(self.field(text)),
            text if self.program.parameters.contains(text) => Term::Parameter(text.to_owned()),
            text if text.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()) => {
                Term::Constant(text.to_owned())
            }
            "true" | "false" => Term::Constant(text.to_owned()),
            text => Term::Field(text.to_owned()),
        }
    }
}
