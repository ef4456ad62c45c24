//! The checker: never panics, and never promises an interval that a function leaves.

use crate::common::{loss, problem, program};
use elbow::check::functions::{self, Does, Domain, Function};
use elbow::check::model::{Interval, Reduction};
use elbow::check::plan::{Policy, Sizes, plan};
use elbow::ir::{self, Graph};
use elbow::source::Source;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Words and signs of a line; concatenated they are the line.
fn pieces(line: &str) -> Vec<String> {
    let mut pieces: Vec<String> = vec![];
    let mut in_word = false;
    for c in line.chars() {
        let word = c.is_alphanumeric() || c == '_';
        match pieces.last_mut() {
            Some(last) if word && in_word => last.push(c),
            _ => pieces.push(c.to_string()),
        }
        in_word = word;
    }
    pieces
}

/// Every line of every model under `tests/ui`, good and bad.
fn corpus() -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let inside = |dir: &Path| fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let mut files: Vec<_> = inside(&root).flat_map(|dir| inside(&dir)).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "elbow"));
    files.sort();
    let texts = files.iter().filter_map(|f| fs::read_to_string(f).ok());
    let lines: Vec<_> = texts.flat_map(|t| t.lines().map(pieces).collect::<Vec<_>>()).collect();
    lines.into_iter().filter(|l| !l.is_empty() && l.len() < 100).collect()
}

/// A line of the corpus, and words of it that are exchanged for others.
type Edit = (prop::sample::Index, Vec<(prop::sample::Index, prop::sample::Index)>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let exchange = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let line = (any::<prop::sample::Index>(), prop::collection::vec(exchange, 0..3));
    prop::collection::vec(line, 2..10)
}

fn spliced(corpus: &[Vec<String>], words: &[String], edits: &[Edit]) -> String {
    let line = |(line, exchanges): &Edit| {
        let mut line = line.get(corpus).clone();
        for (at, word) in exchanges {
            let at = at.index(line.len());
            line[at] = word.get(words).clone();
        }
        line.concat() + "\n"
    };
    edits.iter().map(line).collect()
}

#[test]
fn whatever_is_parsed_is_checked_and_planned_without_a_panic() {
    let corpus = corpus();
    let words: Vec<String> = corpus.concat();
    assert!(words.len() > 1000, "the models are found");
    proptest!(ProptestConfig::with_cases(2000), |(edits in edits())| {
        let source = Source::new("spliced", spliced(&corpus, &words, &edits));
        let (program, _) = elbow::syntax::parse(&source);
        let (model, mut found) = elbow::check::check(&program);
        let _ = elbow::check::dump(&model);
        if !found.has_errors() {
            found.extend(plan(&model, &Policy::default(), &Sizes { dims: model.sizes(), ..Sizes::default() }).1);
        }
        for diagnostic in found.iter() {
            let label = diagnostic.primary.as_ref();
            prop_assert!(label.is_some_and(|l| !source.slice(l.span).is_empty()), "{diagnostic:?}");
        }
    });
}

/// Ends that meet the special cases: signs, 0 and 1, infinities, open and closed.
fn intervals() -> impl Strategy<Value = Interval> {
    let end = prop::sample::select(vec![
        f64::NEG_INFINITY,
        -2.5,
        -1.0,
        0.0,
        0.5,
        1.0,
        3.0,
        f64::INFINITY,
    ]);
    let ends = (end.clone(), end, any::<bool>(), any::<bool>());
    ends.prop_filter_map("an interval with room in it", |(low, high, low_open, high_open)| {
        let (low_open, high_open) =
            (low_open || low.is_infinite(), high_open || high.is_infinite());
        (low < high).then_some(Interval { low, high, low_open, high_open })
    })
}

/// A value of an interval: `at` 0 and 1 are the ends, where those are attained.
fn value(interval: Interval, at: f64) -> f64 {
    let (low, high) = (interval.low.max(-20.0), interval.high.min(20.0));
    let closed = |open: bool, at: f64| if open { at.clamp(1e-3, 1.0 - 1e-3) } else { at };
    let at = if at < 0.5 { closed(interval.low_open, at) } else { closed(interval.high_open, at) };
    low + (high - low) * at
}

fn at_numbers(function: &Function, args: &[f64]) -> f64 {
    let mut g = Graph::new();
    let args: Vec<_> = args.iter().map(|&x| g.number(x)).collect();
    let node = (function.build)(&mut g, &args);
    ir::constant(&g, node)[0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn values_of_functions_lie_where_their_intervals_say(
        row in 0..functions::ALL.len(),
        args in prop::array::uniform3((intervals(), prop_oneof![Just(0.0), Just(1.0), 0.0..1.0])),
    ) {
        let function = &functions::ALL[row];
        let args = &args[..function.params.len()];
        let truth = |at: f64| (Interval::UNIT, at.round());
        let (supports, values): (Vec<Interval>, Vec<f64>) = args
            .iter()
            .zip(function.domain)
            .map(|((interval, at), domain)| match domain {
                Domain::Binary => truth(*at),
                _ => (*interval, value(*interval, *at)),
            })
            .unzip();
        let inside = |(x, domain): (&f64, &Domain)| Interval::point(*x).within(domain.interval());
        prop_assume!(values.iter().zip(function.domain).all(inside));
        let found = at_numbers(function, &values);
        prop_assume!(found.is_finite());
        let promised = (function.support)(&supports);
        let slack = 1e-9 * found.abs().max(1.0);
        prop_assert!(
            found >= promised.low - slack && found <= promised.high + slack,
            "{function:?}{values:?} = {found} leaves {promised} for {supports:?}"
        );
    }
}

/// Every call beside the elementwise ones is listed, as it can be written.
#[test]
fn listed_calls_are_what_the_checker_takes() {
    let folder = tempfile::tempdir().unwrap();
    let listed = program("list functions --json", folder.path()).output().unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    for function in functions::ALL.iter().filter(|f| f.is_called()) {
        assert!(names.contains(&&*format!("{}({})", function.name, function.params.join(", "))));
    }
    for call in functions::BUILT_IN {
        assert!(names.contains(&call.usage), "{} in {names:?}", call.usage);
        let x = match call.does {
            Does::Reduce(Reduction::All | Reduction::Any) => "([0.3, 1, 2] as d) > 0.5",
            Does::Assignment => "ones(a, b)",
            _ => "[0.3, 1, 2] as d",
        };
        let text = format!(
            "data y: real\ndim d = 3\ndim a = 2\ndim b = 2\nx = {x}\nk = argmax([0.3, 1, 2] as d)\nv = {}\n\
             y ~ Normal(0, 1)\n",
            call.usage
        );
        assert!(loss(&problem(&text, r#"{"y": 0.5}"#, &[]), &[]).is_finite());
    }
}
