//! Writes the simulated tables of the examples anew: `cargo run --example simulate`.

mod tables;

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for (name, text) in tables::tables() {
        std::fs::write(folder.join(name), text)?;
        println!("{name}");
    }
    Ok(())
}
