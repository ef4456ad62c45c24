//! Parquet: files that the crate's own writer makes, of every type and codec, read as the same table in CSV would be.

use super::{bind_files, expect_bound, labels, root, size, values};
use elbow::data;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::fs;
use std::sync::Arc;

/// The cells of one column of a row group; `None` is a missing one.
pub(super) enum Cells {
    Bool(Vec<Option<bool>>),
    I32(Vec<Option<i32>>),
    I64(Vec<Option<i64>>),
    F32(Vec<Option<f32>>),
    F64(Vec<Option<f64>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Fixed(Vec<Option<Vec<u8>>>),
}

fn all<T: Clone>(cells: &[T]) -> Vec<Option<T>> {
    cells.iter().cloned().map(Some).collect()
}

pub(super) fn texts(cells: &[&str]) -> Cells {
    Cells::Bytes(cells.iter().map(|t| Some(t.as_bytes().to_vec())).collect())
}

/// A file of these columns, `required double y; optional int32 z`, row group by row group.
pub(super) fn file(columns: &str, groups: &[Vec<Cells>], codec: Compression) -> Vec<u8> {
    let end = if columns.ends_with('}') { "" } else { ";" };
    let schema = parse_message_type(&format!("message t {{ {columns}{end} }}")).unwrap();
    let settings = WriterProperties::builder().set_compression(codec).build();
    let mut bytes = vec![];
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(settings)).unwrap();
    for group in groups {
        let mut row_group = writer.next_row_group().unwrap();
        for cells in group {
            let mut column = row_group.next_column().unwrap().unwrap();
            write(column.untyped(), cells);
            column.close().unwrap();
        }
        row_group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

fn write(column: &mut ColumnWriter<'_>, cells: &Cells) {
    fn levels<T>(cells: &[Option<T>]) -> Vec<i16> {
        cells.iter().map(|c| i16::from(c.is_some())).collect()
    }
    macro_rules! put {
        ($writer:expr, $cells:expr, $value:expr) => {{
            let values: Vec<_> = $cells.iter().flatten().cloned().map($value).collect();
            $writer.write_batch(&values, Some(&levels($cells)), None).unwrap();
        }};
    }
    match (column, cells) {
        (ColumnWriter::BoolColumnWriter(w), Cells::Bool(c)) => put!(w, c, |x| x),
        (ColumnWriter::Int32ColumnWriter(w), Cells::I32(c)) => put!(w, c, |x| x),
        (ColumnWriter::Int64ColumnWriter(w), Cells::I64(c)) => put!(w, c, |x| x),
        (ColumnWriter::FloatColumnWriter(w), Cells::F32(c)) => put!(w, c, |x| x),
        (ColumnWriter::DoubleColumnWriter(w), Cells::F64(c)) => put!(w, c, |x| x),
        (ColumnWriter::ByteArrayColumnWriter(w), Cells::Bytes(c)) => put!(w, c, ByteArray::from),
        (ColumnWriter::FixedLenByteArrayColumnWriter(w), Cells::Fixed(c)) => {
            put!(w, c, |x| FixedLenByteArray::from(ByteArray::from(x)));
        }
        _ => panic!("the cells are not those of the column"),
    }
}

const TYPES: &str = "required boolean b; required int32 i8 (INT_8); required int32 u32 (UINT_32); \
    required int32 i32; required int64 i64; required int64 u64 (UINT_64); required float f32; \
    required double f64; required int32 d32 (DECIMAL(9, 2)); \
    required fixed_len_byte_array(9) d72 (DECIMAL(20, 1)); required binary text (UTF8)";

/// Two rows, then one.
fn types(codec: Compression) -> Vec<u8> {
    let nine = |last: &[u8]| {
        let sign = if last[0] > 127 { 255 } else { 0 };
        [vec![sign; 9 - last.len()], last.to_vec()].concat()
    };
    let first = vec![
        Cells::Bool(all(&[true, false])),
        Cells::I32(all(&[-3, 4])),
        Cells::I32(all(&[-1, 7])),
        Cells::I32(all(&[i32::MIN, 5])),
        Cells::I64(all(&[-9_007_199_254_740_991, 6])),
        Cells::I64(all(&[-1, 8])),
        Cells::F32(all(&[0.1, f32::MAX])),
        Cells::F64(all(&[0.1, -1e300])),
        Cells::I32(all(&[12345, -1])),
        Cells::Fixed(all(&[nine(&[1, 0]), nine(&[0xFF, 0xFE])])),
        texts(&["north", "süd"]),
    ];
    let second = vec![
        Cells::Bool(all(&[true])),
        Cells::I32(all(&[0])),
        Cells::I32(all(&[0])),
        Cells::I32(all(&[1])),
        Cells::I64(all(&[2])),
        Cells::I64(all(&[3])),
        Cells::F32(all(&[4.0])),
        Cells::F64(all(&[5.0])),
        Cells::I32(all(&[600])),
        Cells::Fixed(all(&[nine(&[70])])),
        texts(&["north"]),
    ];
    file(TYPES, &[first, second], codec)
}

#[test]
fn every_type_and_codec_is_read() {
    let model = "data b: binary[n]\ndata i8: int[n]\ndata u32: real[n]\ndata i32: int[n]\n\
        data i64: int[n]\ndata u64: real[n]\ndata f32: real[n]\ndata f64: real[n]\n\
        data d32: real[n]\ndata d72: real[n]\ndata text: index(place)[n]\n";
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ];
    for codec in codecs {
        let bound = bind_files(model, &[("t.parquet", &types(codec))]);
        let is = |name: &str, expected: [f64; 3]| {
            assert_eq!(values(&bound, name), expected, "{name}, {codec:?}");
        };
        is("b", [1.0, 0.0, 1.0]);
        is("i8", [-3.0, 4.0, 0.0]);
        is("u32", [4_294_967_295.0, 7.0, 0.0]);
        is("i32", [-2_147_483_648.0, 5.0, 1.0]);
        is("i64", [-9_007_199_254_740_991.0, 6.0, 2.0]);
        is("u64", [u64::MAX as f64, 8.0, 3.0]);
        is("f32", [f64::from(0.1f32), f64::from(f32::MAX), 4.0]);
        is("f64", [0.1, -1e300, 5.0]);
        is("d32", [123.45, -0.01, 6.0]);
        is("d72", [25.6, -0.2, 7.0]);
        is("text", [0.0, 1.0, 0.0]);
        assert_eq!(labels(&bound, "place"), ["north", "süd"]);
    }
}

#[test]
fn a_table_is_what_it_is_in_csv() {
    let columns = "required binary school (UTF8); required double y; required double x1; \
        required double x2; required int64 unused";
    let group = |school: &[&str], y: &[f64], x1: &[f64], x2: &[f64]| {
        let unused = Cells::I64(all(&vec![0; y.len()]));
        let [y, x1, x2] = [y, x1, x2].map(|x| Cells::F64(all(x)));
        vec![texts(school), y, x1, x2, unused]
    };
    let groups = [
        group(&["b", "a"], &[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]),
        group(&["c"], &[7.0], &[8.0], &[9.0]),
    ];
    let parquet = file(columns, &groups, Compression::SNAPPY);
    let csv = b"school,y,x1,x2,unused\nb,1,3,5,0\na,2,4,6,0\nc,7,8,9,0\n";
    let model = "data y: real[school]\ndata x: real[school, f] from [\"x1\":\"x2\"]\n";
    let (one, two) =
        (bind_files(model, &[("t.parquet", &parquet)]), bind_files(model, &[("t.csv", csv)]));
    for name in ["y", "x"] {
        assert_eq!(values(&one, name), values(&two, name), "{name}");
    }
    assert_eq!(labels(&one, "school"), ["a", "b", "c"]);
    assert_eq!(labels(&one, "f"), ["x1", "x2"]);
    assert_eq!(size(&one, "school"), 3);
}

/// A column that the model does not mention may be anything.
#[test]
fn columns_without_use_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let columns =
        "required double y; required int32 day (DATE); required group s { required double a; }";
    let group =
        vec![Cells::F64(all(&[1.0, 2.0])), Cells::I32(all(&[1, 2])), Cells::F64(all(&[1.0, 2.0]))];
    fs::write(&path, file(columns, &[group], Compression::SNAPPY)).unwrap();
    let (program, _) = elbow::syntax::parse(&elbow::source::Source::new("m", "data y: real[n]\n"));
    let (model, _) = elbow::check::check(&program);
    let (tables, found) = data::read_for(&[path.display().to_string()], &model, &|_| {});
    assert!(!found.has_errors());
    let read: Vec<(&str, bool)> = tables.files[0]
        .fields
        .iter()
        .map(|f| (f.key.as_str(), !matches!(f.cells, data::Cells::Flawed(_))))
        .collect();
    assert_eq!(read, [("y", true), ("day", false), ("s", false)]);
    assert_eq!(
        values(&expect_bound("data y: real[n]\n", &[path.display().to_string()]), "y"),
        [1.0, 2.0]
    );
}

/// Numbers of a long column stay on disk: in single precision where they are, with a NaN for what is missing.
#[test]
fn long_columns_stay_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let f32s: Vec<f32> = (0..30_000).map(|i| (i as f32).sin()).collect();
    let i64s: Vec<Option<i64>> = (0..30_000).map(|i| (i % 7 != 3).then_some(i * i)).collect();
    let groups: Vec<Vec<Cells>> = [0..20_000, 20_000..30_000]
        .map(|rows| vec![Cells::F32(all(&f32s[rows.clone()])), Cells::I64(i64s[rows].to_vec())])
        .into();
    let columns = "required float a; optional int64 b";
    fs::write(&path, file(columns, &groups, Compression::ZSTD(ZstdLevel::default()))).unwrap();
    let spec = [path.display().to_string()];
    let (kept, found) = data::read_keeping(&spec, 100_000);
    assert!(!found.has_errors());
    let (held, _) = data::read(&spec);
    for (kept, held) in kept.files[0].fields.iter().zip(&held.files[0].fields) {
        let data::Cells::OnDisk(disk) = &kept.cells else { panic!("{:?} is held", kept.key) };
        let data::Cells::Numbers(numbers) = &held.cells else { panic!("{:?} is not", held.key) };
        let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
        assert!(disk.all().iter().zip(numbers).all(same), "{}", kept.key);
        assert_eq!(disk.len(), 30_000);
        let mut part = [0.0; 3];
        disk.read(19_999, &mut part).unwrap();
        assert!(part.iter().zip(&numbers[19_999..]).all(same), "{}", kept.key);
    }
}

/// The files of `tests/data/bad` that are no texts; `BLESS=1` writes them.
#[test]
fn bad_files_are_there() {
    let whole =
        file("required double y", &[vec![Cells::F64(all(&[1.0, 2.0, 3.0]))]], Compression::SNAPPY);
    let lists = file(
        "required group y { required double a; required double b; }",
        &[vec![Cells::F64(all(&[1.0])), Cells::F64(all(&[2.0]))]],
        Compression::SNAPPY,
    );
    let dates =
        file("required int32 y (DATE)", &[vec![Cells::I32(all(&[1, 2]))]], Compression::SNAPPY);
    let missing = file(
        "optional double y",
        &[vec![Cells::F64(vec![Some(1.0), None, Some(3.0)])]],
        Compression::SNAPPY,
    );
    let names =
        file("required binary y (UTF8)", &[vec![texts(&["1", "two"])]], Compression::SNAPPY);
    let cut = whole[..whole.len() - 9].to_vec();
    let middle = [&whole[..4], &[0xFF; 12], &whole[16..]].concat();
    let files = [
        ("E0303/cut_parquet", cut),
        ("E0303/parquet_of_other_bytes", middle),
        ("E0302/parquet_of_structures", lists),
        ("E0302/parquet_of_dates", dates),
        ("E0330/parquet", missing),
        ("E0331/parquet", names),
    ];
    for (case, bytes) in files {
        let path = root().join("bad").join(case).join("y.parquet");
        if std::env::var_os("BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path.with_file_name("model.elbow"), "data y: real[n]\n").unwrap();
            fs::write(&path, bytes).unwrap();
        }
        assert!(path.exists(), "{case}");
    }
}
