//! The checks of this step, one file and one page each.

crate::checks! { missing_axis, several_single_writers, crowd_as_single_writer, unneeded_coordination, unmergeable, changed_append_only, undeclared_transition, ruled_out_transition, unreachable_state, transition_without_operation, dead_end_state, empty_machine, contradictory_axes, unclocked_order, outside_writer, axis_without_evidence }
