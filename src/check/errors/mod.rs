//! E0201 … E0259 and W0201 … W0229: what the checker says of names, dimensions, types and brackets. One constructor
//! function per error, so its words stand in one place.

mod bracket;
mod dims;
mod names;
mod net;
mod refused;
mod types;
mod warnings;

pub(super) use bracket::{
    bad_slice, index_of_missing, label_without_labels, lag_not_listed, lag_of_prime,
    latent_in_part, no_such_axis, not_a_position, nothing_to_index, number_as_index, out_of_range,
    unknown_label, value_in_part, which_axis, wrong_index,
};
pub(super) use dims::{
    as_length, as_of_what, as_taken, by_lacks, by_taken, by_what, datum_as_dimension,
    dim_declared_twice, dimension_twice, filled_without_dimension, label_twice, left_side_lacks,
    lengths_differ, list_without_name, no_matching, not_a_dim_value, not_a_dimension,
    not_a_left_side, not_a_size, nothing_shared, nothing_to_reduce, only_sums_by, over_not_shared,
    over_on_elementwise, over_what, over_which, prime_of_what, several_shared, size_of_itself,
    unequal_matching, unnamed_dimensions, unsized_dimension,
};
pub(super) use names::{
    built_in_redefined, declared_twice, dimension_as_value, distribution_as_value,
    function_as_value, prime_in_name, recursion, unknown_argument, unknown_function, unknown_index,
    unknown_name, used_above, used_in_itself, value_as_function, wrong_number,
};
pub(super) use net::{
    argument_lacks, bound_twice, dropout_over, dropout_rate, embedding_of_what, index_as_input,
    layer_along_mapped, layer_argument, layer_of_nothing, layer_option, layer_outside,
    layer_over_missing, mapped_over, not_for_nets, other_count, other_result, other_results,
    other_weights, several_values, unseen, unused_net,
};
pub(super) use refused::{missing_cells_refused, recurrence, start_of_recurrence};
pub(super) use types::{
    arrow_as_value, bad_bounds, condition_needed, element_takes_no_arguments, empty_list,
    event_dimensions, factor_of_what, index_as_number, index_in_product, index_in_reduction,
    index_of_what, indices_differ, init_dimensions, init_of_latent, init_outside,
    label_against_what, list_of_what, no_event_dimensions, onehot_of_what, origin_not_whole,
    outside_domain, param_of_what, ragged_list, setting_as_value, several_targets, text_as_value,
    tuple_as_value, unknown_element,
};
pub(super) use warnings::{idle_latent, may_leave_domain, unused_data, unused_dim, unused_param};

use crate::diag::Diagnostic;

fn did_you_mean(d: Diagnostic, near: Option<&str>) -> Diagnostic {
    match near {
        Some(near) => d.help(format!("did you mean `{near}`?")),
        None => d,
    }
}

/// `a`, `a and b`, `a, b and c`, in backquotes.
fn words(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}
