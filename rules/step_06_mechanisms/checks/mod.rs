//! The checks of this step, one file and one page each.

use crate::Design;
use crate::fact::*;
use crate::step_06_mechanisms::patterns::Mechanism;

crate::checks! {
    cas_without_idempotency_key,
    lock_held_by_crashable_holder,
    lease_without_fencing,
    two_phase_commit_where_saga_applies,
    saga_step_without_idempotency,
    saga_step_without_compensation,
    committed_before_call,
    saga_without_isolation,
    crdt_for_non_commutative,
    mechanism_on_single_writer,
    unsatisfiable_across_regions,
    consumer_without_dedup,
    ttl_cache_exceeds_staleness,
    geo_query_without_spatial_field,
    partition_policy_conflict,
    guard_crosses_partitions,
    windowed_without_late_policy,
    fan_out_without_size,
    hot_key_beyond_cas,
    counter_with_negative_deltas,
    mechanism_not_admissible,
    unknown_mechanism,
    best_effort_to_offline_audience,
    write_crosses_instances,
    no_mechanism_fits,
    same_shape_of_computed,
}

/// One call of an operation that is carried out as a saga.
struct Step {
    dp: Dp,
    operation: Operation,
    call: Call,
    service: Service,
}

/// The calls of all sagas, in the order of the spec; each once.
fn steps(design: &Design) -> Vec<Step> {
    let sagas = design.mechanisms.mechanism.iter().filter(|(_, mechanism, _)| *mechanism == Mechanism::Saga);
    let sagas: std::collections::BTreeSet<Dp> = sagas.map(|(dp, ..)| *dp).collect();
    let protects = design.parameters.protects.iter().filter(|(dp, _)| sagas.contains(dp));
    let under: std::collections::BTreeMap<Operation, Dp> = protects.map(|(dp, operation)| (*operation, *dp)).collect();
    let calls = design.facts.call.iter();
    let step = |(call, operation, service): &(Call, Operation, Service)| {
        under.get(operation).map(|dp| Step { dp: *dp, operation: *operation, call: *call, service: *service })
    };
    calls.filter_map(step).collect()
}
