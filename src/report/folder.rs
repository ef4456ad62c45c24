//! The output folder: written beside its place under a temporary name and renamed, so it is whole or not there.

use super::errors;
use crate::diag::Diagnostic;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A place for results that may be written to.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    force: bool,
}

/// What shows that a folder holds the results of a run.
const MARK: &str = "run.json";
/// What names of files begin with until they are whole.
const UNFINISHED: &str = ".elbow-";

impl Folder {
    /// # Errors
    /// E0404 where another run's results lie there and `force` is not set, E0405 where something else does, E0406 where
    /// nothing can be written.
    pub fn claim(path: PathBuf, force: bool) -> Result<Self, Diagnostic> {
        let folder = Self { path, force };
        folder.check()?;
        folder.workshop().map_err(|e| errors::cannot_write(&folder.path, &e))?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes all files, or none of them; a name may have folders before it, as `images/samples_x.png` has.
    ///
    /// # Errors
    /// As `claim`: the world may have changed since.
    pub fn write<N: AsRef<str>>(&self, files: &[(N, Vec<u8>)]) -> Result<(), Diagnostic> {
        self.check()?;
        self.replace(files).map_err(|e| errors::cannot_write(&self.path, &e))
    }

    /// The folder of a run, to go on in.
    pub fn of_run(path: PathBuf) -> Self {
        Self { path, force: true }
    }

    /// Writes one file of a folder that is there. Whatever happens, the file is the old one or the new one.
    ///
    /// # Errors
    /// E0406 where nothing can be written.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        self.put_durably(name, bytes).map_err(|e| errors::cannot_write(&self.path, &e))
    }

    fn put_durably(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.path.join(name).parent().map_or(Ok(()), std::fs::create_dir_all)?;
        let unfinished = self.path.join(format!("{UNFINISHED}{}", name.replace('/', "-")));
        let mut file = std::fs::File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(unfinished, self.path.join(name))?;
        // A folder is no file on every system.
        if let Ok(folder) = std::fs::File::open(&self.path) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// Takes away what a run that was killed was about to write.
    pub fn sweep(&self) {
        let Ok(entries) = self.path.read_dir() else { return };
        let left = |name: &std::ffi::OsString| name.to_string_lossy().starts_with(UNFINISHED);
        for entry in entries.flatten().filter(|e| left(&e.file_name())) {
            // It is in nobody's way.
            let _ = std::fs::remove_file(entry.path());
        }
    }

    fn check(&self) -> Result<(), Diagnostic> {
        if !self.path.exists() {
            return Ok(());
        }
        let empty = || self.path.read_dir().is_ok_and(|mut entries| entries.next().is_none());
        match self.path.join(MARK).is_file() {
            true if self.force => Ok(()),
            true => Err(errors::results_exist(&self.path)),
            false if empty() => Ok(()),
            false => Err(errors::not_results(&self.path)),
        }
    }

    fn replace<N: AsRef<str>>(&self, files: &[(N, Vec<u8>)]) -> io::Result<()> {
        let workshop = self.workshop()?;
        let (new, old) = (workshop.path().join("new"), workshop.path().join("old"));
        std::fs::create_dir(&new)?;
        for (name, bytes) in files {
            let place = new.join(name.as_ref());
            place.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(place, bytes)?;
        }
        let replaces = self.path.exists();
        if replaces {
            std::fs::rename(&self.path, &old)?;
        }
        let moved = std::fs::rename(&new, &self.path);
        if moved.is_err() && replaces {
            std::fs::rename(&old, &self.path)?;
        }
        moved
    }

    /// A temporary folder on the same disk, gone when it is dropped.
    fn workshop(&self) -> io::Result<tempfile::TempDir> {
        let beside = self.path.parent().filter(|p| !p.as_os_str().is_empty());
        let beside = beside.unwrap_or(Path::new("."));
        std::fs::create_dir_all(beside)?;
        tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(beside)
    }
}
