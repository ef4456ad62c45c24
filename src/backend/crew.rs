//! Work in numbered parts, and the threads that stand by to take some of them.
//!
//! A step hands out work some twenty times, a few tens of microseconds apart. A thread that sleeps in between wakes up too
//! late to be of use, so the threads of a crew stay awake over many steps. The one that leads takes parts from the front, the
//! others from the back: work that runs over the same array as the work before finds it in the cache of the same processor.

use super::denormals::{self, Mode};
use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Work whose parts may run at the same time, in any order.
///
/// # Safety
/// A part writes to memory that no other part reads or writes, and what parts share they only read.
pub(super) unsafe trait Parts {
    fn run_part(&self, number: usize);
}

/// Runs parts 0 .. count, on several threads if there are several of both.
pub(super) fn run_parts(parts: &impl Parts, count: usize, threads: usize) {
    if threads > 1 && count > 1 {
        together(threads, || with_crew(|crew| Crew::share(crew, parts, count)));
    } else {
        (0..count).for_each(|number| parts.run_part(number));
    }
}

/// Runs `f` on every item, side by side, and gives the results in their order.
pub(super) fn run_each<T: Send, R: Send>(
    items: impl Iterator<Item = T>,
    threads: usize,
    f: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let cells: Vec<_> = items.map(|item| UnsafeCell::new((Some(item), None))).collect();
    let items = Items { cells, f };
    run_parts(&items, items.cells.len(), threads);
    items.cells.into_iter().filter_map(|cell| cell.into_inner().1).collect()
}

/// Items to be worked on, each beside its result.
struct Items<T, R, F> {
    cells: Vec<UnsafeCell<(Option<T>, Option<R>)>>,
    f: F,
}

// SAFETY: a part touches its own cell; items and results may move between threads, and all threads may call `f`.
unsafe impl<T: Send, R: Send, F: Fn(T) -> R + Sync> Parts for Items<T, R, F> {
    fn run_part(&self, number: usize) {
        // SAFETY: no other part has this cell, and a part is not run twice at a time.
        let (item, result) = unsafe { &mut *self.cells[number].get() };
        *result = item.take().map(&self.f);
    }
}

/// Looks at the clock every so many rounds of waiting.
const ROUNDS: u32 = 256;
/// A thread that found nothing to do for so long offers its processor to others in every round.
const PATIENCE: Duration = Duration::from_micros(100);
/// A thread that found nothing to do for so long naps between two rounds.
const BOREDOM: Duration = Duration::from_millis(1);
const NAP: Duration = Duration::from_micros(100);
/// A leader that waits for so much longer than it worked itself has lost a thread to other processes. It then works alone
/// for a while, twice as many jobs each time: to wait for the system's next time slice costs more than a second processor gives.
const LOST: Duration = Duration::from_micros(500);
const ALONE: [usize; 2] = [64, 8192];

thread_local! {
    /// The crew that this thread leads.
    static LED: Cell<Option<NonNull<Crew>>> = const { Cell::new(None) };
}

/// Runs `f` with that many threads of the pool standing by for its parts; inside another crew, or outside of a pool, it just
/// runs.
pub(super) fn together<R>(threads: usize, f: impl FnOnce() -> R) -> R {
    let leader = rayon::current_thread_index();
    if threads < 2 || leader.is_none() || LED.get().is_some() {
        return f();
    }
    let crew = Crew::default();
    rayon::in_place_scope(|scope| {
        for _ in 1..threads {
            // Its leader has no time to stand by.
            scope.spawn(|_| {
                if rayon::current_thread_index() != leader {
                    crew.stand_by();
                }
            });
        }
        let _lead = Lead::of(&crew);
        f()
    })
}

fn with_crew<R>(f: impl FnOnce(Option<&Crew>) -> R) -> R {
    // SAFETY: a crew outlives its `Lead`, which takes it out of the cell.
    f(LED.get().map(|crew| unsafe { crew.as_ref() }))
}

/// While it lives, this thread leads the crew.
struct Lead<'a>(&'a Crew);

impl<'a> Lead<'a> {
    fn of(crew: &'a Crew) -> Self {
        LED.set(Some(NonNull::from(crew)));
        Self(crew)
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        LED.set(None);
        self.0.is_over.store(true, Ordering::Release);
    }
}

/// The parts of a job, seen through a pointer.
#[derive(Clone, Copy)]
struct Job {
    parts: *const (),
    run: unsafe fn(*const (), usize),
    count: usize,
    /// What its leader's arithmetic does with denormals.
    mode: u32,
}

/// # Safety
/// The pointer is that of a `P`.
unsafe fn run_of<P: Parts>(parts: *const (), number: usize) {
    // SAFETY: as the caller promises.
    unsafe { &*parts.cast::<P>() }.run_part(number);
}

/// What the threads of a crew share. Its leader opens a job and closes it when no part is left; others are `inside` while
/// they may look at it.
#[derive(Default)]
struct Crew {
    job: UnsafeCell<Option<Job>>,
    /// Which job is open, from 1; 0 between two of them.
    open: AtomicUsize,
    /// Parts that are taken.
    taken: AtomicUsize,
    /// Those of them that were taken from the back.
    from_back: AtomicUsize,
    inside: AtomicUsize,
    is_over: AtomicBool,
    /// How many jobs there were.
    jobs: AtomicUsize,
    /// Up to this job the leader works alone; and how many jobs it did so for the last time.
    alone_until: AtomicUsize,
    alone: AtomicUsize,
}

// SAFETY: only the leader writes to the job, and only while it is closed and nobody is inside.
unsafe impl Sync for Crew {}

impl Crew {
    /// Runs all parts, some of them on threads of the crew, if there is one.
    fn share<P: Parts>(crew: Option<&Self>, parts: &P, count: usize) {
        let Some(crew) = crew.filter(|crew| crew.open.load(Ordering::Relaxed) == 0) else {
            return (0..count).for_each(|number| parts.run_part(number));
        };
        let number = crew.jobs.fetch_add(1, Ordering::Relaxed) + 1;
        if number <= crew.alone_until.load(Ordering::Relaxed) {
            return (0..count).for_each(|number| parts.run_part(number));
        }
        let parts = std::ptr::from_ref(parts).cast();
        let job = Job { parts, run: run_of::<P>, count, mode: denormals::now() };
        // SAFETY: the job is closed and nobody is inside.
        unsafe { *crew.job.get() = Some(job) };
        crew.taken.store(0, Ordering::Relaxed);
        crew.from_back.store(0, Ordering::Relaxed);
        let since = Instant::now();
        crew.open.store(number, Ordering::SeqCst);
        let mut closing = Closing { crew, since, worked: Duration::ZERO };
        let mut front = 0..;
        crew.take(job, || front.next().unwrap_or_default());
        closing.worked = since.elapsed();
    }

    /// What a job that took so long says of the threads of the crew.
    fn judge(&self, worked: Duration, took: Duration) {
        let (now, alone) = (self.jobs.load(Ordering::Relaxed), self.alone.load(Ordering::Relaxed));
        if took > 2 * worked + LOST {
            let alone = (2 * alone).clamp(ALONE[0], ALONE[1]);
            self.alone.store(alone, Ordering::Relaxed);
            self.alone_until.store(now + alone, Ordering::Relaxed);
        } else if now - self.alone_until.load(Ordering::Relaxed) > ALONE[1] {
            self.alone.store(0, Ordering::Relaxed);
        }
    }

    /// Takes parts while there are any, the next of its own end each time.
    fn take(&self, job: Job, mut next: impl FnMut() -> usize) {
        while self.taken.fetch_add(1, Ordering::Relaxed) < job.count {
            // SAFETY: the parts outlive the job; no more than all are taken, so that the two ends do not meet.
            unsafe { (job.run)(job.parts, next()) };
        }
    }

    /// The last part that is left.
    fn last(&self, job: Job) -> usize {
        job.count - 1 - self.from_back.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes parts of job after job until the crew goes home.
    fn stand_by(&self) {
        let (mut last, mut since) = (0, Instant::now());
        let (mut rounds, mut is_idle, mut is_bored): (u32, bool, bool) = (0, false, false);
        while !self.is_over.load(Ordering::Acquire) {
            let open = self.open.load(Ordering::Relaxed);
            if open != 0 && open != last {
                last = open;
                self.help();
                (since, rounds, is_idle, is_bored) = (Instant::now(), 0, false, false);
                continue;
            }
            rounds = rounds.wrapping_add(1);
            if rounds.is_multiple_of(ROUNDS) {
                let idle = since.elapsed();
                (is_idle, is_bored) = (idle > PATIENCE, idle > BOREDOM);
            }
            if is_bored {
                std::thread::sleep(NAP);
            } else if is_idle {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
    }

    fn help(&self) {
        self.inside.fetch_add(1, Ordering::SeqCst);
        let _inside = Inside(self);
        // Either this sees that the job is closed, or its leader sees that somebody is inside.
        if self.open.load(Ordering::SeqCst) == 0 {
            return;
        }
        // SAFETY: the job stays as it is while it is open or somebody is inside.
        if let Some(job) = unsafe { *self.job.get() } {
            let _mode = Mode::of(job.mode);
            self.take(job, || self.last(job));
        }
    }
}

struct Inside<'a>(&'a Crew);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Release);
    }
}

/// Closes a job, and waits for those inside, also where a part panics: they look at what the leader's stack holds.
struct Closing<'a> {
    crew: &'a Crew,
    since: Instant,
    /// How long the leader took for its own parts.
    worked: Duration,
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        let Self { crew, since, worked } = self;
        crew.open.store(0, Ordering::SeqCst);
        let mut rounds: u32 = 0;
        while crew.inside.load(Ordering::SeqCst) != 0 {
            rounds = rounds.wrapping_add(1);
            // One that is inside may have lost its processor to somebody else.
            if rounds.is_multiple_of(ROUNDS) {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
        crew.judge(*worked, since.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::{run_each, together};

    /// Sums of squares of 1 ..= n, from jobs inside and outside of a crew.
    #[test]
    fn every_part_runs_once() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("a pool starts");
        let total = |n: u64| run_each(1..=n, 3, |i| i * i).iter().sum::<u64>();
        let sums = pool.install(|| {
            let inside = together(3, || (0..2_000).map(|i| total(i % 40)).sum::<u64>());
            [inside, (0..2_000).map(|i| total(i % 40)).sum::<u64>()]
        });
        let known: u64 = (0..2_000).map(|i| i % 40).map(|n| n * (n + 1) * (2 * n + 1) / 6).sum();
        assert_eq!(sums, [known; 2]);
    }

    #[test]
    fn a_panic_of_a_part_reaches_the_caller() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("a pool starts");
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            pool.install(|| run_each(0..100, 2, |i| assert!(i != 50, "fifty")));
        }));
        assert!(result.is_err());
    }
}
