//! Aligned columns of text.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table without lines; columns from `numbers` on are aligned to the right.
pub fn table(header: &[&str], rows: Vec<Vec<String>>, numbers: usize) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header.to_vec())
        .add_rows(rows);
    for column in table.column_iter_mut().skip(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.lines().map(|line| line.trim_end().to_string() + "\n").collect()
}

/// Four digits, without an exponent where that stays short.
pub fn short(x: f64) -> String {
    let size = x.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{x:.3e}");
    }
    let whole = if size < 1.0 { 0 } else { size.log10().floor() as usize };
    format!("{x:.*}", 3_usize.saturating_sub(whole).max(usize::from(size < 1e4)))
}

/// Three significant digits, without an exponent where that stays short.
pub fn significant(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return if x == 0.0 { "0".into() } else { x.to_string() };
    }
    match x.abs().log10().floor() as i32 {
        power @ -4..6 => format!("{x:.*}", (2 - power).max(0) as usize),
        _ => format!("{x:.2e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown: Vec<String> =
            [0.0, 0.01234, 1.0, 12.345, 12345.6, 1.5e9, f64::NAN].map(short).into();
        assert_eq!(shown, ["0.000", "0.012", "1.000", "12.35", "12346", "1.500e9", "NaN"]);
    }

    #[test]
    fn numbers_have_three_digits() {
        let shown: Vec<String> = [0.0, 0.001234, 1.0, -12.345, 12345.6, 1.5e9, 2e-7, f64::INFINITY]
            .map(significant)
            .into();
        assert_eq!(shown, ["0", "0.00123", "1.00", "-12.3", "12346", "1.50e9", "2.00e-7", "inf"]);
    }
}
