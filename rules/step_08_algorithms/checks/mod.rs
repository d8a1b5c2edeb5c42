//! The checks of this step, one file and one page each.

crate::checks! {
    repetition_without_answer,
    key_changes_on_retry,
    claim_without_release,
    endless_causes,
    copy_by_clock,
    moved_during_call,
    cause_without_input,
}
