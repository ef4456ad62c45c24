//! `FILE[2:5]`: the same rows of every format, named by their places in the file.

use super::{bind, expect_bound, size, values};
use elbow::data::{Cells, read_keeping};
use std::fs;
use std::path::Path;

const TEXT: &str = "data y: real[n]\n";
const MATRIX: &str = "data x: real[n, k]\n";

fn npy(shape: &str, numbers: &[f64]) -> Vec<u8> {
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    header += &" ".repeat((64 - (10 + header.len() + 1) % 64) % 64);
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(numbers.iter().flat_map(|x| x.to_le_bytes()));
    file
}

fn write(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.display().to_string()
}

#[test]
fn rows_of_every_format_count_from_one_with_both_ends() {
    let folder = tempfile::tempdir().unwrap();
    let idx = [[0, 0, 0x08, 1, 0, 0, 0, 4].as_slice(), &[10, 20, 30, 40]].concat();
    let files = [
        write(folder.path(), "y.csv", b"y\n10\n20\n30\n40\n"),
        write(folder.path(), "y.json", b"{\"y\": [10, 20, 30, 40]}"),
        write(folder.path(), "y.npy", &npy("(4,)", &[10.0, 20.0, 30.0, 40.0])),
        write(folder.path(), "y-idx1-ubyte", &idx),
    ];
    for file in files {
        let of =
            |rows: &str| values(&expect_bound(TEXT, &[format!("y={file}{rows}")]), "y").to_vec();
        assert_eq!(of("[2:3]"), [20.0, 30.0], "{file}");
        assert_eq!(of("[3:]"), [30.0, 40.0], "{file}");
        assert_eq!(of("[:1]"), [10.0], "{file}");
        assert_eq!(of("[ 1 : 0_4 ]"), of(""), "{file}");
    }
}

#[test]
fn rows_of_a_matrix_and_of_a_table_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let matrix = write(folder.path(), "x.npy", &npy("(3, 2)", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let bound = expect_bound(MATRIX, &[format!("x={matrix}[2:3]")]);
    assert_eq!(values(&bound, "x"), [3.0, 4.0, 5.0, 6.0]);
    let table = write(folder.path(), "t.csv", b"a,b\n1,x\n2,y\n3,z\n");
    let text = "data a: real[n]\ndata b: index(b)[n]\n";
    let bound = expect_bound(text, &[format!("{table}[2:3]")]);
    assert_eq!((values(&bound, "a"), values(&bound, "b")), (&[2.0, 3.0][..], &[0.0, 1.0][..]));
    assert_eq!(size(&bound, "b"), 2, "labels of other rows are none");
}

#[test]
fn a_file_whose_name_ends_in_brackets_is_that_file() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "y.csv", b"y\n1\n2\n3\n");
    let literal = write(folder.path(), "y.csv[2:3]", b"y\n1\n2\n3\n");
    let (_, found) = bind(TEXT, &[literal], &[]);
    assert!(found.iter().all(|d| d.code.name() == "E0302"), "its name says no kind of data");
}

#[test]
fn rows_on_disk_stay_there_and_are_checked_alone() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = [f64::NAN, 2.0, 0.0, 1.0, 1.0, 0.0];
    let path = write(folder.path(), "x.npy", &npy("(3, 2)", &numbers));
    let part = |rows: &str| {
        let (tables, found) = read_keeping(&[format!("x={path}{rows}")], 0);
        assert!(!found.has_errors(), "{found:?}");
        let Cells::OnDisk(disk) = &tables.files[0].fields[0].cells else { panic!("in memory") };
        let (program, _) =
            elbow::syntax::parse(&elbow::source::Source::new("model", "data x: binary[n, k]\n"));
        let (model, _) = elbow::check::check(&program);
        let (bound, found) = elbow::data::bind(model.into(), &tables, &[]);
        let codes: Vec<&str> = found.iter().map(|d| d.code.name()).collect();
        (bound.map(|_| disk.all()), codes)
    };
    assert_eq!(part("[2:3]"), (Some(vec![0.0, 1.0, 1.0, 0.0]), vec![]));
    assert_eq!(part("[1:3]"), (None, vec!["E0330"]));
    assert_eq!(part("[1:1]"), (None, vec!["E0330"]));
}
