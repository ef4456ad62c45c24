//! Parquet, through its own crate: flat columns of numbers, truth values, decimals and texts, row group by row group.
//!
//! Only the columns that somebody wants are read. Numbers of a long column are written to a file without a name as they are decoded,
//! and stay there, since the rows of a batch come from everywhere and a row group is only read as a whole.

use super::disk::{Kind, OnDisk};
use super::errors::file as errors;
use super::read::Content;
use super::table::{Cells, Field, Flaw, Layout};
use super::wanted::Wanted;
use crate::diag::Diagnostic;
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type as types;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use std::cell::Cell;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Rows that are decoded together.
const BLOCK: usize = 1 << 13;

thread_local! {
    /// The crate panics on some damaged files; such a panic is an error of the file, about which nothing else is to be said.
    static READS: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread reads a file whose damage may be a panic.
pub fn is_reading() -> bool {
    READS.get()
}

/// Reads the columns that are wanted; columns of numbers that take more than `large` bytes stay on disk.
pub(super) fn read(
    path: &str,
    file: File,
    target: Option<&str>,
    wanted: &Wanted,
    large: u64,
) -> std::result::Result<Content, Diagnostic> {
    READS.set(true);
    let read = catch_unwind(AssertUnwindSafe(|| columns(path, file, target, wanted, large)));
    READS.set(false);
    read.unwrap_or_else(|_| {
        Err(errors::damaged(path, "Parquet", "what it says of itself contradicts itself"))
    })
}

fn columns(
    path: &str,
    file: File,
    target: Option<&str>,
    wanted: &Wanted,
    large: u64,
) -> std::result::Result<Content, Diagnostic> {
    let damaged = |e: ParquetError| errors::damaged(path, "Parquet", &words(&e));
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let roots: Vec<String> =
        schema.root_schema().get_fields().iter().map(|f| f.name().to_string()).collect();
    let rows = reader.metadata().row_groups().iter().map(|g| g.num_rows().max(0) as usize).sum();
    let is_wanted = wanted.among(target, &roots);
    let mut fields = vec![];
    for (place, key) in roots.into_iter().enumerate() {
        let leaves = (0..schema.num_columns()).filter(|&i| schema.get_column_root_idx(i) == place);
        let leaves: Vec<usize> = leaves.collect();
        let cells = match leaves[..] {
            _ if !is_wanted[place] => Cells::Flawed(Flaw::Unread),
            [leaf] if is_flat(&schema.column(leaf)) => {
                let column = Column { reader: &reader, leaf, rows, large };
                column.cells().map_err(damaged)?
            }
            _ => Cells::Flawed(Flaw::Kind("a column of lists or structures")),
        };
        let found = cells.len();
        if found != rows && !matches!(cells, Cells::Flawed(_)) {
            let why = format!("column `{key}` has {found} rows of {rows}");
            return Err(errors::damaged(path, "Parquet", &why));
        }
        fields.push(Field { key, shape: vec![rows], cells });
    }
    Ok((Layout::Rows, fields))
}

/// The crate's words, without its own name for the kind of error.
fn words(error: &ParquetError) -> String {
    let text = error.to_string();
    let text = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
    text.lines().next().unwrap_or_default().to_string()
}

fn is_flat(column: &ColumnDescriptor) -> bool {
    column.path().parts().len() == 1 && column.max_rep_level() == 0 && column.max_def_level() <= 1
}

/// How the values of a column are understood.
#[derive(Clone, Copy)]
enum Form {
    Bool,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    /// Whole numbers of these units, most significant byte first.
    Decimal,
    Text,
    /// What the column is in its place.
    Other(&'static str),
}

fn form(column: &ColumnDescriptor) -> Form {
    use ConvertedType as C;
    let is_unsigned = matches!(column.logical_type_ref(), Some(LogicalType::Integer(t)) if !t.is_signed)
        || matches!(column.converted_type(), C::UINT_8 | C::UINT_16 | C::UINT_32 | C::UINT_64);
    match column.logical_type_ref() {
        Some(LogicalType::Date) => return Form::Other("a column of dates"),
        Some(LogicalType::Time(_) | LogicalType::Timestamp(_)) => {
            return Form::Other("a column of times");
        }
        Some(LogicalType::Uuid | LogicalType::Bson | LogicalType::Float16) => {
            return Form::Other("a column of an unusual kind");
        }
        _ => {}
    }
    match column.converted_type() {
        C::DATE => return Form::Other("a column of dates"),
        C::TIME_MILLIS | C::TIME_MICROS | C::TIMESTAMP_MILLIS | C::TIMESTAMP_MICROS => {
            return Form::Other("a column of times");
        }
        C::INTERVAL | C::BSON => return Form::Other("a column of an unusual kind"),
        _ => {}
    }
    let is_decimal = column.converted_type() == C::DECIMAL
        || matches!(column.logical_type_ref(), Some(LogicalType::Decimal(_)));
    match column.physical_type() {
        Physical::BOOLEAN => Form::Bool,
        Physical::INT32 if is_unsigned => Form::U32,
        Physical::INT32 => Form::I32,
        Physical::INT64 if is_unsigned => Form::U64,
        Physical::INT64 => Form::I64,
        Physical::INT96 => Form::Other("a column of times"),
        Physical::FLOAT => Form::F32,
        Physical::DOUBLE => Form::F64,
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY if is_decimal => Form::Decimal,
        Physical::BYTE_ARRAY => Form::Text,
        Physical::FIXED_LEN_BYTE_ARRAY => Form::Other("a column of bytes"),
    }
}

/// One column of a file.
struct Column<'r> {
    reader: &'r SerializedFileReader<File>,
    leaf: usize,
    rows: usize,
    large: u64,
}

impl Column<'_> {
    fn descriptor(&self) -> Arc<ColumnDescriptor> {
        self.reader.metadata().file_metadata().schema_descr().column(self.leaf)
    }

    fn cells(&self) -> Result<Cells> {
        let form = form(&self.descriptor());
        match form {
            Form::Other(what) => Ok(Cells::Flawed(Flaw::Kind(what))),
            Form::Text => self.texts(),
            _ if 8 * self.rows as u64 > self.large => self.on_disk(form),
            _ => {
                let mut numbers = vec![];
                self.numbers(form, &mut |x| {
                    numbers.push(x);
                    Ok(())
                })?;
                Ok(Cells::Numbers(numbers))
            }
        }
    }

    /// Texts; a column of other bytes is flawed. A missing one is an empty one.
    fn texts(&self) -> Result<Cells> {
        let mut texts = vec![];
        let mut is_text = true;
        self.each::<types::ByteArrayType>(&mut |bytes| {
            let text = bytes.map_or(Ok(""), |b| str::from_utf8(b.data()));
            is_text &= text.is_ok();
            texts.push(text.unwrap_or_default().trim().to_string());
            Ok(())
        })?;
        let other = Flaw::Kind("a column of bytes");
        Ok(if is_text { Cells::Texts(texts) } else { Cells::Flawed(other) })
    }

    fn on_disk(&self, form: Form) -> Result<Cells> {
        let kind = if matches!(form, Form::F32) { Kind::F32 } else { Kind::F64 };
        let mut file = BufWriter::new(tempfile::tempfile()?);
        let mut count = 0;
        self.numbers(form, &mut |x| {
            count += 1;
            match kind {
                Kind::F32 => file.write_all(&(x as f32).to_le_bytes())?,
                _ => file.write_all(&x.to_le_bytes())?,
            }
            Ok(())
        })?;
        let file = file.into_inner().map_err(|e| e.into_error())?;
        Ok(Cells::OnDisk(Arc::new(OnDisk::new(file, 0, kind, false, count))))
    }

    /// Every number in turn, NaN for a missing one.
    fn numbers(&self, form: Form, see: &mut dyn FnMut(f64) -> Result<()>) -> Result<()> {
        let scale = 10f64.powi(self.descriptor().type_scale().max(0));
        macro_rules! each {
            ($ty:ty, $convert:expr) => {
                self.each::<$ty>(&mut |x| see(x.map_or(f64::NAN, $convert)))
            };
        }
        let is_fixed = self.descriptor().physical_type() == Physical::FIXED_LEN_BYTE_ARRAY;
        match form {
            Form::Bool => each!(types::BoolType, |x| f64::from(u8::from(*x))),
            Form::I32 => each!(types::Int32Type, |x| f64::from(*x) / scale),
            Form::U32 => each!(types::Int32Type, |x| f64::from(*x as u32)),
            Form::I64 => each!(types::Int64Type, |x| *x as f64 / scale),
            Form::U64 => each!(types::Int64Type, |x| *x as u64 as f64),
            Form::F32 => each!(types::FloatType, |x| f64::from(*x)),
            Form::F64 => each!(types::DoubleType, |x| *x),
            Form::Decimal if is_fixed => {
                each!(types::FixedLenByteArrayType, |x| decimal(x.data()) / scale)
            }
            Form::Decimal => each!(types::ByteArrayType, |x| decimal(x.data()) / scale),
            Form::Text | Form::Other(_) => unreachable!("only numbers come here"),
        }
    }

    /// Every value in turn, `None` for a missing one.
    fn each<T: types::DataType>(
        &self,
        see: &mut dyn FnMut(Option<&T::T>) -> Result<()>,
    ) -> Result<()> {
        let can_lack = self.descriptor().max_def_level() > 0;
        let (mut values, mut levels) = (vec![], vec![]);
        for group in 0..self.reader.metadata().num_row_groups() {
            let group = self.reader.get_row_group(group)?;
            let mut column = get_typed_column_reader::<T>(group.get_column_reader(self.leaf)?);
            loop {
                values.clear();
                levels.clear();
                let wanted = can_lack.then_some(&mut levels);
                let (rows, ..) = column.read_records(BLOCK, wanted, None, &mut values)?;
                if rows == 0 {
                    break;
                }
                let mut present = values.iter();
                match can_lack {
                    false => present.try_for_each(|x| see(Some(x)))?,
                    true => levels.iter().try_for_each(|&level| {
                        see(if level > 0 { present.next() } else { None })
                    })?,
                }
            }
        }
        Ok(())
    }
}

/// A whole number in two's complement, the most significant byte first.
fn decimal(bytes: &[u8]) -> f64 {
    let first = bytes.first().map_or(0.0, |&b| f64::from(b as i8));
    bytes.iter().skip(1).fold(first, |number, &b| 256.0 * number + f64::from(b))
}
