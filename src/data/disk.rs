//! Arrays that stay on disk: plain numbers, row-major, in a file that is too large to be held twice.
//!
//! They are read where they are needed, by position. What the system keeps of the file is its own affair, so that the memory
//! of a fit in batches does not grow with its data.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::sync::Arc;

/// An array of numbers in a file.
#[derive(Debug)]
pub struct OnDisk {
    file: Arc<File>,
    /// Where the first number begins.
    start: u64,
    kind: Kind,
    big_endian: bool,
    len: usize,
    extent: Option<Extent>,
}

/// What all of some numbers have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    pub low: f64,
    pub high: f64,
    pub are_finite: bool,
    pub are_whole: bool,
}

impl Extent {
    const NONE: Extent =
        Extent { low: f64::INFINITY, high: f64::NEG_INFINITY, are_finite: true, are_whole: true };

    fn of(numbers: &[f64]) -> Self {
        numbers.iter().fold(Self::NONE, |all, &x| Self {
            low: all.low.min(x),
            high: all.high.max(x),
            are_finite: all.are_finite & x.is_finite(),
            are_whole: all.are_whole & (x.trunc() == x),
        })
    }

    fn and(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            are_finite: self.are_finite & other.are_finite,
            are_whole: self.are_whole & other.are_whole,
        }
    }
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
}

/// Numbers that are read together.
const BLOCK: usize = 1 << 16;
/// The same where the whole file is read.
const SURVEY: usize = 1 << 20;

impl Kind {
    fn size(self) -> usize {
        match self {
            Kind::Bool | Kind::I8 | Kind::U8 => 1,
            Kind::I16 | Kind::U16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 => 4,
            Kind::I64 | Kind::U64 | Kind::F64 => 8,
        }
    }
}

/// Reads numbers of one kind from bytes of either order.
macro_rules! decode {
    ($ty:ty, $bytes:expr, $big:expr, $out:expr) => {
        for (number, to) in $bytes.chunks_exact(size_of::<$ty>()).zip($out) {
            let bytes = number.try_into().unwrap_or_default();
            let number =
                if $big { <$ty>::from_be_bytes(bytes) } else { <$ty>::from_le_bytes(bytes) };
            *to = number as f64;
        }
    };
}

impl OnDisk {
    pub(super) fn new(file: File, start: u64, kind: Kind, big_endian: bool, len: usize) -> Self {
        Self { file: Arc::new(file), start, kind, big_endian, len, extent: None }
    }

    /// Some of the numbers.
    pub(super) fn part(&self, numbers: Range<usize>) -> Self {
        let start = self.start + (numbers.start * self.kind.size()) as u64;
        let Self { kind, big_endian, extent, .. } = *self;
        Self { file: self.file.clone(), start, kind, big_endian, len: numbers.len(), extent }
    }

    /// What is known of all numbers once the file was read.
    pub fn extent(&self) -> Option<Extent> {
        self.extent
    }

    /// Reads the whole file once: shows its bytes, and finds what all numbers have in common.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(super) fn survey(&mut self, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let mut file = &*self.file;
        file.seek(io::SeekFrom::Start(0))?;
        let mut bytes = vec![0; self.start as usize];
        file.read_exact(&mut bytes)?;
        see(&bytes);
        let (size, mut numbers) = (self.kind.size(), vec![0.0; SURVEY]);
        let mut all = Extent::NONE;
        for first in (0..self.len).step_by(SURVEY) {
            let numbers = &mut numbers[..SURVEY.min(self.len - first)];
            bytes.resize(numbers.len() * size, 0);
            file.read_exact(&mut bytes)?;
            see(&bytes);
            all = all.and(self.extent_of(&bytes, numbers));
        }
        bytes.resize(SURVEY, 0);
        loop {
            match file.read(&mut bytes)? {
                0 => break,
                count => see(&bytes[..count]),
            }
        }
        self.extent = Some(all);
        Ok(())
    }

    /// Of the numbers in some bytes, for which there is room.
    fn extent_of(&self, bytes: &[u8], room: &mut [f64]) -> Extent {
        if self.kind == Kind::U8 {
            let ends = |(low, high): (u8, u8), &b: &u8| (low.min(b), high.max(b));
            let (low, high) = bytes.iter().fold((u8::MAX, u8::MIN), ends);
            return Extent { low: low.into(), high: high.into(), ..Extent::NONE };
        }
        self.decode(bytes, room);
        Extent::of(room)
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads numbers from one on.
    ///
    /// # Errors
    /// Where the file cannot be read, or has become shorter.
    pub fn read(&self, first: usize, out: &mut [f64]) -> io::Result<()> {
        let size = self.kind.size();
        let mut bytes = vec![0; out.len() * size];
        read_at(&self.file, &mut bytes, self.start + (first * size) as u64)?;
        self.decode(&bytes, out);
        Ok(())
    }

    fn decode(&self, bytes: &[u8], out: &mut [f64]) {
        let big = self.big_endian;
        match self.kind {
            Kind::Bool => {
                bytes.iter().zip(out).for_each(|(b, to)| *to = f64::from(u8::from(*b != 0)))
            }
            Kind::I8 => decode!(i8, bytes, big, out),
            Kind::I16 => decode!(i16, bytes, big, out),
            Kind::I32 => decode!(i32, bytes, big, out),
            Kind::I64 => decode!(i64, bytes, big, out),
            Kind::U8 => bytes.iter().zip(out).for_each(|(b, to)| *to = f64::from(*b)),
            Kind::U16 => decode!(u16, bytes, big, out),
            Kind::U32 => decode!(u32, bytes, big, out),
            Kind::U64 => decode!(u64, bytes, big, out),
            Kind::F32 => decode!(f32, bytes, big, out),
            Kind::F64 => decode!(f64, bytes, big, out),
        }
    }

    /// Asks the system to read ahead: numbers from one on will be wanted soon.
    pub fn expect(&self, first: usize, count: usize) {
        let size = self.kind.size();
        fetch(&self.file, self.start + (first * size) as u64, count * size);
    }

    /// One number; NaN where the file cannot be read.
    pub fn number(&self, place: usize) -> f64 {
        let mut number = [f64::NAN];
        // What cannot be read is a missing value.
        let _ = self.read(place, &mut number);
        number[0]
    }

    /// All numbers in blocks, each with the place of its first; those that cannot be read are NaN.
    pub fn each(&self, see: &mut dyn FnMut(usize, &[f64])) {
        let mut block = vec![0.0; BLOCK];
        for first in (0..self.len).step_by(BLOCK) {
            let block = &mut block[..BLOCK.min(self.len - first)];
            if self.read(first, block).is_err() {
                block.fill(f64::NAN);
            }
            see(first, block);
        }
    }

    /// All numbers, in memory.
    pub fn all(&self) -> Vec<f64> {
        let mut all = Vec::with_capacity(self.len);
        self.each(&mut |_, block| all.extend_from_slice(block));
        all
    }
}

#[cfg(target_os = "linux")]
fn fetch(file: &File, at: u64, bytes: usize) {
    use rustix::fs::{Advice, fadvise};
    if let Ok(bytes) = std::num::NonZeroU64::try_from(bytes as u64) {
        // Without it the rows are read later, and nothing else.
        let _ = fadvise(file, at, Some(bytes), Advice::WillNeed);
    }
}

#[cfg(not(target_os = "linux"))]
fn fetch(_: &File, _: u64, _: usize) {}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut out: &mut [u8], mut at: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !out.is_empty() {
        match file.seek_read(out, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                out = &mut out[count..];
                at += count as u64;
            }
        }
    }
    Ok(())
}
