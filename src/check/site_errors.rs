//! E0260 … E0299: what the checker says of sites, annotations and the fit block.
