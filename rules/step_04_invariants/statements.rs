//! What the statements of invariants mention, taken apart into relations of ids.

use super::implied::Implied;
use crate::expression::Expr;
use crate::fact::*;
use crate::vocabulary::InvariantType;

/// One relation per form of [`Statement`].
#[derive(Default, Clone)]
pub struct Statements {
    /// `guard_of(invariant, operation)`: the guard of the operation holds when it takes effect.
    pub guard_of: Vec<(Invariant, Operation)>,
    /// `condition(invariant, field)`: a condition over the state that reads the field.
    pub condition: Vec<(Invariant, Field)>,
    /// `follows(invariant, object)`: transitions follow the machine.
    pub follows: Vec<(Invariant, Object)>,
    /// `orders(invariant, object)`: instances of the object, or values they carry, have an order.
    pub orders: Vec<(Invariant, Object)>,
    /// `sums(invariant, target)`: the field, view or object is an aggregate.
    pub sums: Vec<(Invariant, Entity)>,
    /// `source(invariant, object)`: the events of an aggregate.
    pub source: Vec<(Invariant, Object)>,
    /// `once(invariant, operation)`: one outcome per request.
    pub once: Vec<(Invariant, Operation)>,
    /// `unique(invariant, object)`: one instance per combination of fields.
    pub unique: Vec<(Invariant, Object)>,
    /// `bounds(invariant, view)`: the view lags by no more than a bound.
    pub bounds: Vec<(Invariant, View)>,
    /// `answers(invariant, query)`: the query is answered from an index that lags by no more than it tolerates.
    pub answers: Vec<(Invariant, Query)>,
    /// `restricts(invariant, what)`: only some may do or read it.
    pub restricts: Vec<(Invariant, Entity)>,
    /// `grants(invariant, object)`: instances of the object are the permission.
    pub grants: Vec<(Invariant, Object)>,
    /// `grants_by(invariant, field)`: the permission reads the field.
    pub grants_by: Vec<(Invariant, Field)>,
    /// `delivers(invariant, event)`
    pub delivers: Vec<(Invariant, Event)>,
    /// `completes(invariant, operation)`
    pub completes: Vec<(Invariant, Operation)>,
    /// `within(invariant, object, field)`: the scope it names.
    pub within: Vec<(Invariant, Object, Field)>,
    /// `mentions(invariant, field)`: a field that carries what it says, its scope apart.
    pub mentions: Vec<(Invariant, Field)>,
}

impl Statements {
    /// Takes one statement apart.
    pub fn add(&mut self, facts: &Facts, invariant: Invariant, statement: &Statement) {
        match statement {
            Statement::Vague | Statement::Unresolved => (),
            Statement::GuardOf(operation) => self.guard_of.push((invariant, *operation)),
            Statement::Holds(condition) => self.read(invariant, condition),
            Statement::Increases(field, scope) => self.order(invariant, facts.object_of(*field), Some(*field), scope),
            Statement::Ordered(object, by, scope) => self.order(invariant, *object, *by, scope),
            Statement::Transitions(object) => self.follows.push((invariant, *object)),
            Statement::Equals { target, law, group } => {
                self.sums.push((invariant, *target));
                self.mentions.extend(law.fields().into_iter().map(|field| (invariant, field)));
                self.source.extend(law.fields().into_iter().map(|field| (invariant, facts.object_of(field))));
                self.source.extend(counted(law).map(|object| (invariant, object)));
                self.within.extend(group.iter().map(|field| (invariant, facts.object_of(*field), *field)));
            }
            Statement::OncePer(operation, _) => self.once.push((invariant, *operation)),
            Statement::UniquePer(object, fields) => {
                self.unique.push((invariant, *object));
                self.within.extend(fields.iter().map(|field| (invariant, *object, *field)));
            }
            Statement::Within(view, _) => self.bounds.push((invariant, *view)),
            Statement::OnlyMay(permission, what) => {
                self.restricts.push((invariant, *what));
                match permission {
                    Permission::Is(condition) => {
                        self.grants_by.extend(condition.fields().into_iter().map(|field| (invariant, field)))
                    }
                    Permission::GrantedBy(object) => self.grants.push((invariant, *object)),
                    Permission::Actor(_) => (),
                }
            }
            Statement::Delivered(event) => self.delivers.push((invariant, *event)),
            Statement::Completes(operation) => self.completes.push((invariant, *operation)),
        }
    }

    /// Takes an implied invariant apart. What it says beyond its subject, the step's program reads off the facts.
    pub fn add_implied(&mut self, invariant: Invariant, implied: Implied) {
        match implied {
            Implied::Guard(operation) => self.guard_of.push((invariant, operation)),
            Implied::Lifecycle(object) => self.follows.push((invariant, object)),
            Implied::Order(object) => self.orders.push((invariant, object)),
            Implied::Law(view) => self.sums.push((invariant, view.into())),
            Implied::Additions(object) => self.sums.push((invariant, object.into())),
            Implied::Once(operation) => self.once.push((invariant, operation)),
            Implied::Unique(object) => self.unique.push((invariant, object)),
            Implied::Bound(view) => self.bounds.push((invariant, view)),
            Implied::Index(query) => self.answers.push((invariant, query)),
            Implied::Delivery(event) => self.delivers.push((invariant, event)),
            Implied::Complete(operation) => self.completes.push((invariant, operation)),
            Implied::Permission(operation) => self.restricts.push((invariant, operation.into())),
        }
    }

    fn read(&mut self, invariant: Invariant, condition: &Expr) {
        self.condition.extend(condition.fields().into_iter().map(|field| (invariant, field)));
    }

    fn order(&mut self, invariant: Invariant, object: Object, by: Option<Field>, scope: &[Field]) {
        self.orders.push((invariant, object));
        self.mentions.extend(by.map(|field| (invariant, field)));
        self.within.extend(scope.iter().map(|field| (invariant, object, *field)));
    }
}

/// The objects whose records an aggregate counts as such: `count(Reservation)`.
fn counted(law: &Expr) -> impl Iterator<Item = Object> {
    let mut objects = vec![];
    law.walk(&mut |expr| {
        if let Expr::Exists(object, _) = expr {
            objects.push(*object);
        }
    });
    objects.into_iter()
}

/// What the author states of an invariant.
pub fn declared(facts: &Facts, invariant: Invariant) -> Option<&Statement> {
    // Statements usually stand in the order of their invariants.
    let usual = facts.statement.get(invariant.index()).filter(|(other, _)| *other == invariant);
    usual.or_else(|| facts.statement.iter().find(|(other, _)| *other == invariant)).map(|(_, statement)| statement)
}

/// The types that what is stated can be of; none for what states nothing. A bare condition can be many things, but no
/// order, no repeated request and no lag.
pub fn kinds(statement: &Statement) -> &'static [InvariantType] {
    match statement {
        Statement::Vague | Statement::Unresolved => &[],
        Statement::GuardOf(_) => &[InvariantType::Eligibility],
        Statement::Holds(_) => &[InvariantType::Eligibility, InvariantType::Accounting, InvariantType::Access],
        Statement::Increases(..) | Statement::Ordered(..) | Statement::Transitions(_) => &[InvariantType::Ordering],
        Statement::Equals { .. } => &[InvariantType::Accounting],
        Statement::OncePer(..) | Statement::UniquePer(..) => &[InvariantType::Uniqueness],
        Statement::Within(..) | Statement::Delivered(_) | Statement::Completes(_) => &[InvariantType::Propagation],
        Statement::OnlyMay(..) => &[InvariantType::Access],
    }
}
