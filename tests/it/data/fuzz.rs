//! Whatever the bytes of a file are, it is read or refused: no reader panics, and none allocates what a file only claims.

use super::{bind, columns};
use proptest::prelude::*;
use std::io::Write;

/// What is done to a good file.
#[derive(Clone, Debug)]
enum Edit {
    Cut(prop::sample::Index),
    Put(prop::sample::Index, u8),
    Insert(prop::sample::Index, &'static str),
    Repeat(prop::sample::Index, prop::sample::Index),
}

const PIECES: &[&str] = &[
    "1e999",
    "-1e-999",
    "99999999999999999999999",
    "9223372036854775808",
    "[",
    "[[[[",
    "{",
    "}",
    "]",
    "null",
    "NaN",
    "\"",
    "\"\\ud800\"",
    ",",
    ",,,,",
    "\n",
    "\r",
    "\t",
    "#",
    "\u{feff}",
    "\0",
    "(",
    "'shape': (7,",
    "<U9999999999",
];

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let place = any::<prop::sample::Index>;
    let edit = prop_oneof![
        1 => place().prop_map(Edit::Cut),
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Edit::Put(at, byte)),
        4 => (place(), prop::sample::select(PIECES)).prop_map(|(at, text)| Edit::Insert(at, text)),
        1 => (place(), place()).prop_map(|(a, b)| Edit::Repeat(a, b)),
    ];
    prop::collection::vec(edit, 0..6)
}

fn apply(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for edit in edits {
        let end = bytes.len() + 1;
        let at = |index: &prop::sample::Index| index.index(end);
        match edit {
            Edit::Cut(end) => bytes.truncate(at(end)),
            Edit::Put(place, byte) => {
                if let Some(old) = bytes.get_mut(at(place)) {
                    *old = *byte;
                }
            }
            Edit::Insert(place, text) => {
                let place = at(place);
                drop(bytes.splice(place..place, text.bytes()));
            }
            Edit::Repeat(a, b) => {
                let (a, b) = (at(a), at(b));
                let part = bytes[a.min(b)..a.max(b)].to_vec();
                bytes.extend(part);
            }
        }
    }
    bytes
}

/// A good file of each format, with declarations that it fits.
fn files() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let idx = [&[0, 0, 0x0B, 2, 0, 0, 0, 2, 0, 0, 0, 2][..], &[0, 1, 0, 2, 0, 3, 0, 4]].concat();
    let mut gz = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    gz.write_all(b"y,g\n1,a\n2,b\n").unwrap();
    let array = super::good::npy("<f8", false, "(2, 1)", &[0; 16]);
    let texts = super::good::npy("<U2", true, "(1, 2)", &[0x61, 0, 0, 0, 0, 0, 0, 0].repeat(2));
    vec![
        ("d.csv", "data y: real[n]\ndata g: index(G)[n]\n", b"# c\ny,g\n1,\"a\"\n2.5,b\n".to_vec()),
        (
            "d.tsv",
            "data y: count[n]\ndata g: index(G, from = 0)[n]\n",
            b"y\tg\n1\t3\n2\t0\n".to_vec(),
        ),
        ("d.csv.gz", "data y: real[n]\ndata g: index(G)[n]\n", gz.finish().unwrap()),
        (
            "d.json",
            "data y: real[n, k]\ndata g: index(G)[n]\n",
            br#"{"y": [[1, 2], [3, null]], "g": ["a", "b"]}"#.to_vec(),
        ),
        (
            "r.json",
            "data y: real[n]\ndata g: index(G)[n]\n",
            br#"[{"y": 1, "g": 7}, {"y": "Inf", "g": true}]"#.to_vec(),
        ),
        ("y.json", "data y: real[n, k]\n", b"[[1, 2], [3, 4]]".to_vec()),
        ("y.idx", "data y: real[n, k]\n", idx),
        ("y.npy", "data y: real[n, k]\n", array.clone()),
        ("g.npy", "data g: index(G)[n, k]\n", texts),
        ("d.npz", "data y: real[n, k]\n", archive(&array)),
        ("d.parquet", "data y: real[n]\ndata g: index(G)[n]\n", table()),
    ]
}

/// Two columns, packed.
fn table() -> Vec<u8> {
    let y = columns::Cells::F64(vec![Some(1.0), Some(2.5)]);
    let cells = vec![y, columns::texts(&["a", "b"])];
    let names = "optional double y; optional binary g (UTF8)";
    columns::file(names, &[cells], parquet::basic::Compression::SNAPPY)
}

/// A zip archive with one stored entry.
fn archive(array: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(array);
    let size = (array.len() as u32).to_le_bytes();
    let entry = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
        &crc.sum().to_le_bytes(),
        &size,
        &size,
        &[5, 0, 0, 0],
    ]
    .concat();
    let mut file = [b"PK\x03\x04".as_slice(), &entry, b"y.npy", array].concat();
    let start = file.len() as u32;
    let listed = [b"PK\x01\x02\x14\0".as_slice(), &entry, &[0; 14], b"y.npy"].concat();
    file.extend(&listed);
    file.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    file.extend((listed.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

/// Whether a file is read and fits; panics are failures by themselves.
fn is_read(name: &str, text: &str, bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let target = name.split('.').next().filter(|t| text.contains(&format!("data {t}:")));
    let target = target.map_or(String::new(), |t| format!("{t}="));
    bind(text, &[format!("{target}{}", path.display())], &[]).0.is_some()
}

#[test]
fn the_files_are_good_before_they_are_edited() {
    for (name, text, bytes) in files() {
        let bytes = String::from_utf8(bytes.clone())
            .map_or(bytes, |t| t.replace("null", "4").replace(r#""Inf""#, "2").into_bytes());
        assert!(is_read(name, text, &bytes), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn edited_files_are_read_or_refused(file in 0..files().len(), edits in edits()) {
        let (name, text, bytes) = &files()[file];
        is_read(name, text, &apply(bytes, &edits));
    }

    #[test]
    fn random_bytes_are_read_or_refused(file in 0..files().len(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (name, text, _) = &files()[file];
        is_read(name, text, &bytes);
    }
}

#[test]
fn deep_and_long_files_are_refused() {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    let header = super::good::npy(&"(".repeat(50_000), false, "(2,)", &[0; 16]);
    for (name, bytes) in [
        ("y.json", deep("[")),
        ("y.json", deep("{\"y\":")),
        ("y.json", deep("[{\"y\":")),
        ("y.npy", header),
        ("y.npz", b"PK\x03\x04".repeat(1000)),
    ] {
        assert!(!is_read(name, "data y: real[n]\n", &bytes), "{name}");
    }
}
