//! The body of a write path's function, statement by statement.

mod begin;
mod effects;
mod failures;
mod grounds;

use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::sql::{interval, literal};
use sysd_rules::step_09_schema::{self as schema, TableClass};

use super::key::Key;
use super::plan::{Change, Plan};
use super::statement::*;
use crate::export::postgres::expression::Scope;
use crate::export::postgres::names::comment;

pub use begin::begin;

/// What the function says when a condition does not hold; raised to undo what was written before it.
const REJECTED: &str = "SY001";
/// nothing is decided, and the same request may be sent again.
const UNDECIDED: &str = "SY002";
/// Who asked may not. Nothing is recorded, so that nobody can spoil the request of somebody else (S8-p3).
const REFUSED: &str = "SY003";

/// The body, from `declare` to `end`.
pub fn write(plan: &Plan) -> Result<String, String> {
    let key = Key::read(plan)?;
    let mut body = Body { plan, text: String::new(), depth: 1 };
    body.line("begin");
    body.depth += 1;
    body.bounds();
    body.place(&key);
    body.first_outcome(&key)?;
    body.existing_record(&key)?;
    body.line("begin");
    body.depth += 1;
    body.decide()?;
    body.depth -= 1;
    body.failures(&key)?;
    body.line("end;");
    body.record(&key);
    body.line("return v_answer;");
    body.depth -= 1;
    body.line("end");
    Ok(body.declarations() + &body.text)
}

struct Body<'p, 'd> {
    plan: &'p Plan<'d>,
    text: String,
    depth: usize,
}

impl Body<'_, '_> {
    fn line(&mut self, line: &str) {
        for part in line.split('\n') {
            self.text.push_str(&"    ".repeat(self.depth - 1));
            self.text.push_str(part);
            self.text.push('\n');
        }
    }

    fn says(&mut self, fact: &sysd_rules::proof::Fact, why: &str) {
        let trace = self.plan.database.trace(fact);
        self.line(&format!("-- {trace}: {why}"));
    }

    /// The variables that the statements use.
    fn declarations(&self) -> String {
        let mut text = "#variable_conflict use_variable\ndeclare\n".to_owned();
        let plain = [
            ("v_request", "jsonb"),
            ("v_answer", "jsonb"),
            ("v_reason", "jsonb"),
            ("v_message", "text"),
            ("v_reasons", "text[]"),
            ("v_same", "boolean"),
            ("v_now", "timestamptz := clock_timestamp()"),
            ("v_read", "jsonb"),
            ("v_saga", "text"),
            ("v_fence", "bigint"),
            ("v_position", "bigint"),
        ];
        for (name, kind) in plain.iter().filter(|(name, _)| self.text.contains(name)) {
            text.push_str(&format!("    {name} {kind};\n"));
        }
        for instance in &self.plan.scope.instances {
            let table = self.plan.database.truth(instance.object).unwrap_or_default();
            text.push_str(&format!("    {} {table}%rowtype;\n", instance.variable));
            if self.text.contains(&instance.before) {
                text.push_str(&format!("    {} {table}%rowtype;\n", instance.before));
            }
        }
        for (at, (_, object, _)) in self.plan.creations.iter().enumerate() {
            let table = self.plan.database.truth(*object).unwrap_or_default();
            if self.text.contains(&format!("v_made_{at}")) {
                text.push_str(&format!("    v_made_{at} {table}%rowtype;\n"));
            }
        }
        text
    }

    /// Everything that was asked for, by whom: another request under the same key is not the same request.
    fn request(&self) -> String {
        let pairs = self.plan.asked.iter().map(|(name, argument)| format!("{}, {argument}", literal(name)));
        format!("jsonb_build_object({})", pairs.collect::<Vec<_>>().join(", "))
    }

    /// What cannot be meant is refused by itself: nothing is read, and nothing recorded (S8-p3).
    fn bounds(&mut self) {
        if self.plan.bounds.is_empty() {
            return;
        }
        self.line("-- S8-p3: what cannot be meant is refused, whatever the state is");
        self.reasons(&self.plan.bounds);
        self.line(
            "if cardinality(v_reasons) > 0 then\n    return jsonb_build_object('accepted', false, 'refused', true, 'replayed', false, 'reasons', to_jsonb(v_reasons));\nend if;",
        );
    }

    /// Reads the rows that say where the outcome lies. What they say of it does not change.
    fn place(&mut self, key: &Key) {
        for at in &key.needs {
            let instance = &self.plan.scope.instances[*at];
            let (table, found) = (self.table(instance.object), by_key(self.plan, instance, "t"));
            self.line(&format!("select t.* into {} from {table} as t where {found};", instance.variable));
            let reason =
                literal(&format!("there is no such {}", self.plan.database.design.facts.name(instance.parameter)));
            self.line(&format!(
                "if not found then\n    return jsonb_build_object('accepted', false, 'replayed', false, 'reasons', jsonb_build_array({reason}));\nend if;"
            ));
        }
    }

    /// the record of the outcome is made first; who finds one returns it.
    fn first_outcome(&mut self, key: &Key) -> Result<(), String> {
        let Some(table) = self.plan.outcomes else { return Ok(()) };
        let names: Vec<&str> = key.request.iter().map(|(column, _)| column.as_str()).collect();
        let values: Vec<&str> = key.request.iter().map(|(_, value)| value.as_str()).collect();
        let until = match self.plan.remembered {
            Some(time) => format!("clock_timestamp() + {}", interval(&time)),
            None => "null".to_owned(),
        };
        let name = self.plan.database.table(table).to_owned();
        let [asked, accepted, answer, expires] =
            ["request", "accepted", "answer", "expires_at"].map(|column| self.added(table, column));
        let caller = self.plan.database.added(table, "caller").map(str::to_owned);
        let request = self.request();
        self.line(&format!("v_request := {request};"));
        self.says(
            &fact!(table, table, TableClass::Outcomes, self.plan.operation),
            "insert if absent; a repeated request waits here and gets the stored outcome (A-37)",
        );
        let who = caller.map_or((String::new(), ""), |caller| (format!("{caller}, "), "in_caller, "));
        self.line(&format!(
            "insert into {name} ({}, {}{asked}, {accepted}, {answer}, {expires})\nvalues ({}, {}v_request, false, '{{}}', {until})\non conflict do nothing;",
            names.join(", "),
            who.0,
            values.join(", "),
            who.1,
        ));
        let found = Key::condition(&key.request, "o");
        let no = "return jsonb_build_object('accepted', false";
        self.line(&format!(
            "if not found then\n    \
             select o.{answer}, o.{asked} is not distinct from v_request into v_answer, v_same from {name} as o where {found};\n    \
             if not found then\n        {no}, 'undecided', true, 'replayed', false, 'reasons', '[]'::jsonb);\n    end if;\n    \
             if not v_same then\n        {no}, 'replayed', false, 'reasons', jsonb_build_array('another request has this key'));\n    end if;\n    \
             return v_answer || jsonb_build_object('replayed', true);\nend if;"
        ));
        Ok(())
    }

    /// S8-e5: the same for a record that is its own memory.
    fn existing_record(&mut self, key: &Key) -> Result<(), String> {
        let Some(own) = self.own_record(key) else { return Ok(()) };
        self.line("-- S8-e5: insert if absent; the record that this request has made is the answer");
        self.line(&own);
        Ok(())
    }

    fn own_record(&self, key: &Key) -> Option<String> {
        let (object, pairs) = key.natural.as_ref()?;
        let (table, found) = (self.table(*object), key.own_record(pairs, "e"));
        Some(format!(
            "select to_jsonb(e.*) into v_answer from {table} as e where {found};\nif found then\n    return jsonb_build_object('accepted', true, 'replayed', true, 'record', v_answer);\nend if;"
        ))
    }

    /// Everything that takes effect together or not at all.
    fn decide(&mut self) -> Result<(), String> {
        self.begin_saga()?;
        for object in self.plan.absences() {
            let table = self.table(object);
            self.line("-- A-6: that there is none, or so many, holds only while nobody adds one");
            self.line(&format!("lock table {table} in share row exclusive mode;"));
        }
        self.read_others();
        self.lock_first();
        self.keep_before();
        self.record_grounds();
        for (at, change) in self.plan.changes.iter().enumerate() {
            self.change(change, at == 0)?;
        }
        if self.plan.changes.is_empty() {
            self.test()?;
        }
        for (at, (effect, object, values)) in self.plan.creations.iter().enumerate() {
            self.create(at, *effect, *object, values)?;
        }
        self.announce()?;
        self.ask_others()?;
        self.finish_saga()?;
        let answer = self.answer();
        self.line(&answer);
        Ok(())
    }

    fn missing(&mut self, parameter: Parameter) {
        let reason = format!("there is no such {}", self.plan.database.design.facts.name(parameter));
        let raise = self.reject(&format!("array[{}]", literal(&reason)));
        self.line(&format!("if not found then\n    {raise}\nend if;"));
    }

    /// `reasons` is an array of texts; as JSON it passes through the message whole.
    fn reject(&self, reasons: &str) -> String {
        raise(REJECTED, reasons)
    }

    /// the statement that writes carries the whole condition.
    fn change(&mut self, change: &Change, first: bool) -> Result<(), String> {
        let plan = self.plan;
        let table = self.table(change.instance.object);
        let scope = Scope { row: Some(change.instance.parameter), ..plan.scope.clone() };
        let mut tests: Vec<(String, String)> = vec![(by_key(plan, &change.instance, "t"), "the instance".to_owned())];
        if first {
            tests.extend(conditions(plan, &scope)?);
        }
        tests.extend(self.own_tests(change, "t"));
        let version = plan.database.version(change.instance.object);
        if let Some(version) = version.filter(|_| self.is_expected(change)) {
            tests.push((
                format!("(in_expected_version is null or t.{version} = in_expected_version)"),
                "A-25: the version, where the caller has read one".into(),
            ));
        }
        let mut filter = String::new();
        for (at, (test, trace)) in tests.iter().enumerate() {
            let word = if at == 0 { "where" } else { "  and" };
            filter.push_str(&format!("\n{word} {test} -- {trace}"));
        }
        if change.deleted.is_some() {
            self.line(&format!("delete from {table} as t{filter}\nreturning t.* into {};", change.instance.variable));
        } else {
            let before = Scope { row: Some(change.instance.parameter), ..plan.before.clone() };
            let sets = self.sets(change, &before)?;
            let sets = listed(&sets);
            self.line(&format!(
                "update {table} as t set\n{sets}{filter}\nreturning t.* into {};",
                change.instance.variable
            ));
        }
        let mut explained: Vec<(String, String)> = vec![];
        let mut awaited: Vec<String> = vec![];
        let tests = if first { conditions(plan, &plan.scope)? } else { vec![] };
        for (at, (test, trace)) in tests.into_iter().enumerate() {
            match plan.conditions.get(at).is_some_and(|(_, condition)| plan.awaits(condition)) {
                true => awaited.push(test),
                false => explained.push((test, trace)),
            }
        }
        explained.extend(self.own_tests(change, &change.instance.variable));
        let permitted = if first { permissions(plan, &plan.scope)? } else { vec![] };
        self.explain(change, &explained, &permitted, &awaited);
        self.take_claim(change);
        Ok(())
    }

    /// The version that a caller gives is that of the first row that has one.
    fn is_expected(&self, change: &Change) -> bool {
        let database = self.plan.database;
        let versioned = self.plan.changes.iter().find(|change| database.version(change.instance.object).is_some());
        versioned.is_some_and(|first| first.instance.parameter == change.instance.parameter)
    }

    /// The state it must be in, and the claim that must be shown.
    fn own_tests(&self, change: &Change, row: &str) -> Vec<(String, String)> {
        let (plan, facts) = (self.plan, &self.plan.database.design.facts);
        let mut tests = vec![];
        if let Some(status) = status(plan, change.instance.object)
            && !change.moves.is_empty()
        {
            let mut from: Vec<String> = change.moves.iter().map(|(_, from, _)| literal(facts.name(*from))).collect();
            from.sort();
            from.dedup();
            let trace = plan.database.trace(&fact!(triggers, plan.operation, change.moves[0].0));
            let states: Vec<&str> = change.moves.iter().map(|(_, from, _)| facts.name(*from)).collect();
            let field = status.trim_matches('"');
            let named = facts.name(change.instance.parameter);
            let said = format!("{trace}: {named}.{field} in ({})", states.join(", "));
            // A condition of the author's may say so already.
            if !plan.tests_status(change.instance.object) {
                tests.push((format!("{row}.{status} in ({})", from.join(", ")), comment(&said)));
            }
        }
        if let Some((claim, _)) = plan.database.claim(change.instance.object).filter(|_| change.fenced) {
            tests.push((
                format!("{row}.{claim} = in_claim_id"),
                "A-48: only who holds the claim; an older fence is refused".to_owned(),
            ));
        }
        tests
    }

    fn sets(&self, change: &Change, scope: &Scope) -> Result<Vec<(String, String)>, String> {
        let (plan, database) = (self.plan, self.plan.database);
        let facts = &database.design.facts;
        let mut sets: Vec<(String, String)> = vec![];
        let mut written = vec![];
        for (effect, field, action) in &change.effects {
            let Some((column, kind)) = database.truth_column(*field) else { continue };
            if written.contains(field) {
                return Err(format!("it writes `{}` twice", facts.path(*field)));
            }
            written.push(*field);
            let trace = database.trace(&fact!(effect, *effect, plan.operation));
            sets.push((format!("{column} = {}", new_value(scope, column, kind, action)?), trace));
        }
        let status_field = database.design.facts.field.iter().find(|(_, object, kind)| {
            *object == change.instance.object && *kind == Type::Primitive(sysd_rules::vocabulary::Primitive::Status)
        });
        if let (Some(column), Some((field, ..))) = (status(plan, change.instance.object), status_field)
            && !written.contains(field)
            && let Some(value) = next_state(facts, &change.moves, &column)
        {
            let trace = database.trace(&fact!(triggers, plan.operation, change.moves[0].0));
            sets.push((format!("{column} = {value}"), trace));
        }
        if let Some(version) = database.version(change.instance.object) {
            sets.push((format!("{version} = t.{version} + 1"), "6.2#4: the version counts every change".to_owned()));
        }
        if let Some((claim, expires)) = database.claim(change.instance.object).filter(|_| change.released) {
            sets.push((format!("{expires} = null"), "A-45: the end of the claim ends its time limit".to_owned()));
            if self.frees(change) {
                sets.push((format!("{claim} = null"), "A-45: it is free again".to_owned()));
            }
        }
        if sets.is_empty() {
            return Err("its effects change no column".to_owned());
        }
        Ok(sets)
    }

    /// Whether the instance goes back to where a claim can be taken.
    fn frees(&self, change: &Change) -> bool {
        let facts = &self.plan.database.design.facts;
        let holders = facts.holds.iter().filter(|(_, held)| *held == change.instance.object).map(|(holder, _)| *holder);
        let free: Vec<State> =
            holders.flat_map(|holder| super::plan::states(facts, holder, change.instance.object).0).collect();
        change.moves.iter().all(|(_, _, to)| free.contains(to))
    }

    /// Says which conditions do not hold, by the row as it is now.
    fn explain(
        &mut self,
        change: &Change,
        tests: &[(String, String)],
        permitted: &[(String, String)],
        awaited: &[String],
    ) {
        let (table, found) = (self.table(change.instance.object), by_key(self.plan, &change.instance, "t"));
        self.line("if not found then");
        self.depth += 1;
        self.line(&format!("select t.* into {} from {table} as t where {found};", change.instance.variable));
        self.missing(change.instance.parameter);
        self.refuse(permitted);
        for test in awaited {
            self.line("-- A-54: too early is not refused for good");
            self.line(&format!(
                "if ({test}) is not true then\n    raise exception using errcode = '{UNDECIDED}';\nend if;"
            ));
        }
        let undecided = format!("raise exception using errcode = '{UNDECIDED}';");
        if tests.is_empty() {
            self.line(&undecided);
        } else {
            self.reasons(tests);
            self.line(&format!("if cardinality(v_reasons) = 0 then\n    {undecided}\nend if;"));
            let raise = self.reject("v_reasons");
            self.line(&raise);
        }
        self.depth -= 1;
        self.line("end if;");
    }

    /// Who may not is told so before anything else.
    fn refuse(&mut self, permitted: &[(String, String)]) {
        if permitted.is_empty() {
            return;
        }
        self.reasons(permitted);
        let raise = raise(REFUSED, "v_reasons");
        self.line(&format!("if cardinality(v_reasons) > 0 then\n    {raise}\nend if;"));
    }

    fn reasons(&mut self, tests: &[(String, String)]) {
        let cases = tests
            .iter()
            .map(|(test, trace)| format!("    case when ({test}) is not true then {} end", literal(reason(trace))));
        let cases: Vec<String> = cases.collect();
        if cases.is_empty() {
            self.line("v_reasons := '{}';");
        } else {
            self.line(&format!("v_reasons := array_remove(array[\n{}\n]::text[], null);", cases.join(",\n")));
        }
    }

    /// the fence rises with every claim, and lives longer than any.
    fn take_claim(&mut self, change: &Change) {
        let database = self.plan.database;
        let object = change.instance.object;
        let (Some(time), Some((claim, expires))) = (change.claims, database.claim(object)) else { return };
        let Some(epochs) = database.design.schema.table_of(TableClass::Epochs, object) else { return };
        let keys = schema::of(&database.design.schema.primary_key, epochs);
        let values: Vec<&str> = change.instance.key.iter().map(|(_, argument)| argument.as_str()).collect();
        let (table, name) = (self.table(object), database.table(epochs).to_owned());
        let epoch = self.added(epochs, "epoch");
        self.says(
            &fact!(table, epochs, TableClass::Epochs, object),
            "the fence rises with every claim and never expires (A-47)",
        );
        self.line(&format!(
            "insert into {name} as f ({}, {epoch}) values ({}, 1)\non conflict ({}) do update set {epoch} = f.{epoch} + 1\nreturning f.{epoch} into v_fence;",
            database.listed(&keys),
            values.join(", "),
            database.listed(&keys)
        ));
        let until = time.map_or("null".to_owned(), |time| format!("clock_timestamp() + {}", interval(&time)));
        let found = by_key(self.plan, &change.instance, "t");
        self.line(&format!(
            "update {table} as t set {claim} = v_fence, {expires} = {until}\nwhere {found}\nreturning t.* into {};",
            change.instance.variable
        ));
    }

    /// Without a row to write, the condition is tested on rows that are locked.
    fn test(&mut self) -> Result<(), String> {
        let tests = conditions(self.plan, &self.plan.scope)?;
        if tests.is_empty() {
            return Ok(());
        }
        self.refuse(&permissions(self.plan, &self.plan.scope)?);
        self.reasons(&tests);
        let raise = self.reject("v_reasons");
        self.line(&format!("if cardinality(v_reasons) > 0 then\n    {raise}\nend if;"));
        Ok(())
    }

    fn added(&self, table: Table, name: &str) -> String {
        self.plan.database.added(table, name).unwrap_or_default().to_owned()
    }

    fn table(&self, object: Object) -> String {
        self.plan.database.truth(object).unwrap_or_default().to_owned()
    }
}

/// Undoes what was written in this attempt and hands the reasons on, as JSON in the message.
fn raise(state: &str, reasons: &str) -> String {
    format!("raise exception using errcode = '{state}', message = to_jsonb({reasons})::text;")
}
