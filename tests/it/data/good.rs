//! Every format and every rule of binding, on small files whose values are known.

use super::{bind, bind_files, labels, size, values};
use std::io::Write;

const HOMES: &[u8] = b"county,log_radon\nANOKA,1.5\nAITKIN,0.5\nANOKA,2\n";

#[test]
fn csv_columns_by_name() {
    let text = "data y: real[n]\ndata s: positive[n] from \"sd (cm)\"\n";
    let file =
        "\u{feff}# a comment\r\n\r\nname,y,sd (cm)\r\n\"Doe, Jane\",-1.5,2\r\nRoe, 3 ,1e-3\r\n";
    let bound = bind_files(text, &[("d.csv", file.as_bytes())]);
    assert_eq!(values(&bound, "y"), [-1.5, 3.0]);
    assert_eq!(values(&bound, "s"), [2.0, 1e-3]);
    assert_eq!(size(&bound, "n"), 2);
}

#[test]
fn separators_are_found() {
    for (name, file) in
        [("d.tsv", "a\ty\n1\t2\n"), ("d.csv", "a;y\n1;2\n"), ("d.txt", "a y\n1 2\n")]
    {
        let bound = bind_files("data y: real[n]\n", &[(name, file.as_bytes())]);
        assert_eq!(values(&bound, "y"), [2.0], "{name}");
    }
}

#[test]
fn texts_become_labels_in_sorted_order() {
    let text = "data county: index(county)[home]\ndata log_radon: real[home]\n";
    let bound = bind_files(text, &[("homes.csv", HOMES)]);
    assert_eq!(labels(&bound, "county"), ["AITKIN", "ANOKA"]);
    assert_eq!(values(&bound, "county"), [1.0, 0.0, 1.0]);
    let county = bound.model.find_dim("county").unwrap();
    assert_eq!(bound.position(county, "ANOKA"), Some(1));
}

#[test]
fn a_table_is_keyed_by_the_column_named_like_its_dimension() {
    let text = "data county: index(county)[home]\ndata uranium: real[county]\n";
    let counties = b"uranium,county\n3,BECKER\n2,ANOKA\n1,AITKIN\n";
    let bound = bind_files(text, &[("homes.csv", HOMES), ("counties.csv", counties)]);
    assert_eq!(labels(&bound, "county"), ["AITKIN", "ANOKA", "BECKER"]);
    assert_eq!(values(&bound, "uranium"), [1.0, 2.0, 3.0]);
}

#[test]
fn a_declared_list_keeps_its_order() {
    let text = "dim rating = [\"low\", \"mid\", \"high\"]\ndata r: index(rating)[n]\n";
    let bound = bind_files(text, &[("d.csv", b"r\nhigh\nlow\n")]);
    assert_eq!(values(&bound, "r"), [2.0, 0.0]);
    assert_eq!(size(&bound, "rating"), 3);
}

#[test]
fn whole_numbers_are_positions_or_labels() {
    let text = "data g: index(g)[n]\n";
    let bound = bind_files(text, &[("d.json", br#"{"g": [2, 1, 3]}"#)]);
    assert_eq!((labels(&bound, "g").len(), values(&bound, "g")), (0, [1.0, 0.0, 2.0].as_slice()));
    let bound = bind_files(text, &[("d.json", br#"{"g": [2004, 1999, 2004]}"#)]);
    assert_eq!(labels(&bound, "g"), ["1999", "2004"]);
    assert_eq!(values(&bound, "g"), [1.0, 0.0, 1.0]);
    let text = "data g: index(g, from = 0)[n]\ndata m: real[g]\n";
    let bound = bind_files(text, &[("d.json", br#"{"g": [2, 0], "m": [1, 2, 3]}"#)]);
    assert_eq!(values(&bound, "g"), [2.0, 0.0]);
}

#[test]
fn a_run_of_columns_labels_its_dimension() {
    let text = "data X: real[n, k] from [\"A1\":\"A3\"]\n";
    let bound = bind_files(text, &[("d.csv", b"id,A1,A2,A3\n7,1,2,3\n8,4,5,6\n")]);
    assert_eq!(values(&bound, "X"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(labels(&bound, "k"), ["A1", "A2", "A3"]);
}

#[test]
fn json_in_every_layout() {
    let stan = br#"{"N": 2, "X": [[1, 2], [3, "-Inf"]], "b": [true, false], "K": 5}"#;
    let bound = bind_files("data b: binary[n]\ndata K: count\n", &[("d.json", stan)]);
    assert_eq!(
        (values(&bound, "b"), values(&bound, "K")),
        ([1.0, 0.0].as_slice(), [5.0].as_slice())
    );
    let records = br#"[{"y": 1, "g": "b"}, {"g": "a", "y": 2.5}]"#;
    let bound = bind_files("data y: real[n]\ndata g: index(g)[n]\n", &[("d.json", records)]);
    assert_eq!(
        (values(&bound, "y"), values(&bound, "g")),
        ([1.0, 2.5].as_slice(), [1.0, 0.0].as_slice())
    );
}

#[test]
fn truth_values_may_be_words() {
    let bound = bind_files("data b: binary[n]\n", &[("d.csv", b"b\nTRUE\nno\nYes\nfalse\n")]);
    assert_eq!(values(&bound, "b"), [1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn idx_and_gzip() {
    let idx = [0, 0, 0x0B, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0xFF, 0xFE, 1, 0];
    let mut gz = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    gz.write_all(&idx).unwrap();
    let packed = gz.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x-idx2-ubyte.gz");
    std::fs::write(&path, packed).unwrap();
    let bound = super::expect_bound("data x: real[n, k]\n", &[format!("x={}", path.display())]);
    assert_eq!(values(&bound, "x"), [-2.0, 256.0]);
}

/// Images are read as rows of pixels where the model has one dimension fewer, packed or not.
#[test]
fn images_are_rows_of_pixels() {
    let mut idx = vec![0, 0, 0x08, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3];
    idx.extend(0..12_u8);
    let mut gz = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    gz.write_all(&idx).unwrap();
    let packed = gz.finish().unwrap();
    let array = npy("|u1", false, "(2, 2, 3)", &(0..12).collect::<Vec<u8>>());
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("x-idx3-ubyte", &idx), ("x-idx3-ubyte.gz", &packed), ("x.npy", &array)] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let specs = [format!("x={}", path.display())];
        let flat = super::expect_bound("data x: real[image, pixel]\n", &specs);
        assert_eq!((size(&flat, "image"), size(&flat, "pixel")), (2, 6), "{name}");
        assert_eq!(values(&flat, "x"), (0..12).map(f64::from).collect::<Vec<_>>(), "{name}");
        let whole = super::expect_bound("data x: real[image, row, column]\n", &specs);
        assert_eq!((size(&whole, "row"), size(&whole, "column")), (2, 3), "{name}");
        let (bound, diagnostics) = bind("data x: real[n]\n", &specs, &[]);
        assert!(bound.is_none() && diagnostics.iter().any(|d| d.code.name() == "E0313"));
    }
}

#[test]
fn npy_of_every_type_and_order() {
    let float = |v: &[f32]| v.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
    let fortran = npy("<f4", true, "(2, 3)", &float(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
    assert_eq!(read_npy("data x: real[n, k]\n", &fortran), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(read_npy("data x: binary[n]\n", &npy("|b1", false, "(2,)", &[1, 0])), [1.0, 0.0]);
    assert_eq!(read_npy("data x: count[n]\n", &npy("|u1", false, "(2,)", &[7, 255])), [7.0, 255.0]);
    assert_eq!(read_npy("data x: int[n]\n", &npy(">i2", false, "(1,)", &[0xFF, 0xFE])), [-2.0]);
    let wide = (-5_i64).to_le_bytes();
    assert_eq!(read_npy("data x: int[n]\n", &npy("<i8", false, "(1,)", &wide)), [-5.0]);
}

pub(super) fn npy(dtype: &str, fortran: bool, shape: &str, values: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.bytes());
    file.extend(values);
    file
}

fn read_npy(text: &str, file: &[u8]) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    std::fs::write(&path, file).unwrap();
    values(&super::expect_bound(text, &[format!("x={}", path.display())]), "x").to_vec()
}

#[test]
fn sizes_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.json");
    std::fs::write(&path, r#"{"w": [1, 2, 3, 4]}"#).unwrap();
    let specs = [path.display().to_string()];
    let sizes = [("K".to_string(), 4)];
    let (bound, _) = bind("dim K = 3\ndata w: real[K]\n", &specs, &sizes);
    assert_eq!(size(&bound.unwrap(), "K"), 4);
}

#[test]
fn offsets_and_primes_follow() {
    let text = "data r: index(rating)[n]\ndata S: cov over [n, n']\n";
    let bound = bind_files(text, &[("d.json", br#"{"r": [1, 2], "S": [[2, 1], [1, 2]]}"#)]);
    assert_eq!((size(&bound, "n"), size(&bound, "n'")), (2, 2));
}

#[test]
fn a_million_rows_load_in_time() {
    let mut file = String::from("a,b,c\n");
    for i in 0..1_000_000 {
        let x = f64::from(i) * 0.001;
        file.push_str(&format!("{x},{},{}\n", x + 0.5, i));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.csv");
    std::fs::write(&path, file).unwrap();
    let start = std::time::Instant::now();
    let text = "data a: real[n]\ndata b: real[n]\ndata c: count[n]\n";
    let bound = super::expect_bound(text, &[path.display().to_string()]);
    println!("1,000,000 rows of 3 numbers: {:?}", start.elapsed());
    assert_eq!(values(&bound, "c")[999_999], 999_999.0);
}

#[test]
fn a_file_is_known_by_its_hash() {
    let bound = bind_files("data y: real[n]\n", &[("d.csv", b"y\n1\n")]);
    let expected = "b6ff7597e8694a31e17b2205359da788d370f3ab4565258279fd5a2a51e7666b";
    assert_eq!(bound.files[0].sha256, expected);
}
