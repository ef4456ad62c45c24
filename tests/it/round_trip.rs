//! Properties of the parser and the formatter: nothing panics, spans lie in the text, printing keeps the meaning.

use elbow::source::{Source, Span};
use elbow::syntax::{ast, dump, parse, print};
use proptest::prelude::*;

/// The models of the language reference.
const MODELS: [&str; 8] = [
    "data y: real[school]\ndata sigma: positive[school]\n\nmu ~ Normal(0, 5)\ntau ~ HalfCauchy(5)\n\
     theta[school] ~ Normal(mu, tau)\ny ~ Normal(theta, sigma)\n",
    "data log_radon: real[home]\ndata floor: binary[home]\n\
     data county: index(county)[home]      # strings become labels\n\n# prior\nmu_a ~ Normal(0, 2)\n\
     sigma_a ~ HalfNormal(1)\n@noncentered\na[county] ~ Normal(mu_a, sigma_a)\nb ~ Normal(0, 2)\n\
     sigma ~ HalfNormal(2)\nlog_radon ~ Normal(a[county] + b * floor, sigma)\n",
    "data x: binary[image, pixel]\ndim hidden = 400\ndim code = 20\n\n\
     net decode(z[code]) -> [pixel] {\n  h = relu(dense(z, hidden))  # one layer\n  dense(h, pixel)\n}\n\
     net encode(x[pixel]) -> (loc[code], scale[code]) {\n  h = relu(dense(x, hidden))\n\
     \n  (dense(h, code), exp(0.5 * dense(h, code)))\n}\n\nz[image, code] ~ Normal(0, 1)\n\
     x ~ Bernoulli(logits = decode(z))\n\nguide {\n  (m, s) = encode(x)\n  z ~ Normal(m, s)\n}\n\
     fit { batch image = 128, steps = 20_000, optimizer = adam(1e-3) }\n",
    "dim variable = 10\ndim class = 20\n\
     @gumbel_softmax(tau = anneal(1.0 -> 0.5, rate = 1e-5, every = 1000))\n\
     k[image, variable] ~ Categorical(zeros(class))\nx ~ Bernoulli(logits = decode(onehot(k)))\n\
     guide { k ~ Categorical(encode(x)) }\n",
    "data x: real[n]\ndim k = 3\nw ~ Dirichlet(ones(k))\nmu ~ Ordered(Normal(0, 10), k)\n\
     s[k] ~ HalfNormal(2)\n@marginalize\nz[n] ~ Categorical(probs = w)\nx ~ Normal(mu[z], s[z])\n",
    "x[t = 1] ~ Normal(0, 1)\nx[t] ~ Normal(phi * x[t-1], q)            # a state-space model\n\
     z[t = 1] ~ Categorical(probs = start)\nz[t] ~ Categorical(probs = move[z[t-1]])\ns[t = 1] = s0\n\
     s[t] = sqrt(a0 + a1 * (y[t-1] - mu)^2 + b1 * s[t-1]^2)\ny[t] ~ Normal(c + b * y[t-1], sigma)\n",
    "data y: real?[n] from \"Age (\\\"years\\\")\"\ndata a: real(0, 1)?[n, d] from [\"A1\":\"A24\"]\n\
     data g: index(K, from = 0)[n]\ndata l: cholesky over [D, D'][n]\ndata p: simplex over K[n]\n\
     dim rating = [\"low\", \"mid\", \"high\"]\ndim cut = rating - 1\nparam w: positive[D] = 1.0\n\
     fn f(a, b) = where(a < b and not (b == 0), -a^-2, b)\nfactor -sum(x by county) + sum(x over [a, b])\n\
     m = x @ A @ x' + (A @ B)' - beta[9] as k\nq = move[k = z1, k' = z2] + x[d = 3] + x[2:5] @\n\
     \x20 b over f\n@kl(weight = anneal(0 -> 1, over = 5000), free_bits = 0.5)\n\
     v[n, 9] ~ MvNormal(m, L over d)\n\n\nfit {\n  objective = iwae(5 over image)\n\
     \x20 estimators = exact,\n  lr = cosine(1e-2 -> 1e-4, over = 1_000)\n}\n",
    "overall = 1\nbyte = overall\nnote ~ Normal(\n  # inside\n  0,  # zero\n\n  1\n)\ndata = 3\nfit = data\n\
     factor[n] ~ Normal(fit, 1)\nα_β' = true\nr = [\n  1, 2,\n  3,\n]\n",
];

fn source(text: &str) -> Source {
    Source::new("test.elbow", text)
}

/// The tree without places, and the comments.
fn meaning(program: &ast::Program) -> (String, Vec<String>) {
    (dump(program), program.comments.iter().map(|c| c.text.clone()).collect())
}

/// Parses, and checks every span that a message or a comment points at.
fn parse_and_check_spans(text: &str) -> (ast::Program, bool) {
    let (program, diagnostics) = parse(&source(text));
    let inside = |span: Span| assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    for diagnostic in diagnostics.iter() {
        diagnostic.primary.iter().chain(&diagnostic.others).for_each(|label| inside(label.span));
    }
    program.comments.iter().for_each(|c| inside(c.span));
    program.stmts.iter().for_each(|s| inside(s.span));
    (program, diagnostics.has_errors())
}

fn expect_round_trip(text: &str) {
    let original = source(text);
    let (program, diagnostics) = parse(&original);
    assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
    let printed = source(&print(&program, &original));
    let (again, diagnostics) = parse(&printed);
    assert!(diagnostics.is_empty(), "{}\n{diagnostics:?}", printed.text);
    assert_eq!(meaning(&program), meaning(&again), "{}", printed.text);
    assert_eq!(print(&again, &printed), printed.text);
}

#[test]
fn the_models_of_the_reference_parse_and_print() {
    MODELS.iter().for_each(|model| expect_round_trip(model));
}

#[test]
fn the_reference_is_already_formatted() {
    let first = source(MODELS[0]);
    assert_eq!(print(&parse(&first).0, &first), MODELS[0]);
}

#[test]
fn carriage_returns_tabs_and_a_byte_order_mark_change_nothing() {
    for model in MODELS {
        let dos = format!("\u{FEFF}{}", model.replace('\n', "\r\n").replace("  ", "\t "));
        let (program, failed) = parse_and_check_spans(&dos);
        assert!(!failed, "{dos:?}");
        assert_eq!(dump(&program), dump(&parse(&source(model)).0));
    }
}

#[test]
fn truncated_models_never_panic() {
    for model in MODELS {
        for (end, _) in model.char_indices() {
            parse_and_check_spans(&model[..end]);
        }
    }
}

#[test]
fn precedence_is_that_of_the_reference() {
    let tree = |text: &str| dump(&parse(&source(&format!("x = {text}"))).0);
    let bare = |text: &str| {
        let lines = tree(text);
        lines.lines().map(str::trim).filter(|l| *l != "( )").collect::<Vec<_>>().join(" ")
    };
    for (plain, bracketed) in [
        ("-a^b", "-(a^b)"),
        ("a^b^c", "a^(b^c)"),
        ("a^-b", "a^(-b)"),
        ("-a @ b", "(-a) @ b"),
        ("a * b @ c", "a * (b @ c)"),
        ("a * b @ c over f", "a * (b @ c over f)"),
        ("a @ b^c over f", "a @ (b^c) over f"),
        ("a - b - c * d", "(a - b) - (c * d)"),
        ("a + b < c - d", "(a + b) < (c - d)"),
        ("not a < b and c or d", "((not (a < b)) and c) or d"),
        ("-a[n]'", "-((a[n])')"),
    ] {
        assert_eq!(bare(plain), bare(bracketed), "{plain}");
    }
}

#[test]
fn independent_mistakes_are_each_reported_once() {
    let text = "a = \nb ~ Normal(0, 1\nc ~ 3 ** 2\n'd' = 3\ne ~ Normal(0 1)\nf ~ Normal(0, 1)\n";
    let (program, diagnostics) = parse(&source(text));
    let codes: Vec<_> = diagnostics.iter().map(|d| d.code.name()).collect();
    assert_eq!(codes, ["E0115", "E0102", "E0111", "E0108", "E0101"]);
    assert_eq!(program.stmts.len(), 1);
}

#[test]
fn nesting_of_any_depth_is_an_error_and_no_overflow() {
    let n = 100_000;
    for text in [
        format!("x = {}1{}", "(".repeat(n), ")".repeat(n)),
        format!("x = {}", "[".repeat(n)),
        format!("x = {}1", "f(".repeat(n)),
        "{".repeat(n),
        "guide {".repeat(n),
        format!("x = {}a", "-".repeat(n)),
        format!("x = {}a", "not ".repeat(n)),
        format!("x = a{}", "^a".repeat(n)),
        format!("x = a{}", "[1]".repeat(n)),
        format!("x = a{}", " as b".repeat(n)),
        format!("x{} = 1", "'".repeat(n)),
        format!("x = {}", "}])".repeat(n)),
    ] {
        assert!(parse_and_check_spans(&text).1);
    }
}

#[test]
fn the_deepest_that_is_allowed_parses() {
    let brackets = format!("x = {}1{}\n", "f((".repeat(32), "))".repeat(32));
    let operators = format!("x = a{}\n", " ^ -a".repeat(128));
    expect_round_trip(&brackets);
    expect_round_trip(&operators);
}

#[test]
fn a_line_of_a_megabyte_is_read() {
    let numbers = format!("x = [{}1]\n", "12345, ".repeat(150_000));
    assert!(!parse_and_check_spans(&numbers).1);
    assert!(parse_and_check_spans(&format!("x = {}1\n", "1 + ".repeat(250_000))).1);
    assert!(!parse_and_check_spans(&format!("{} = 1\n", "x".repeat(1_000_000))).1);
    assert!(!parse_and_check_spans(&format!("# {}\n", "x".repeat(1_000_000))).1);
    assert!(!parse_and_check_spans(&"\n".repeat(1_000_000)).1);
}

fn token() -> impl Strategy<Value = String> {
    const TOKENS: &[&str] = &[
        "data",
        "dim",
        "param",
        "net",
        "guide",
        "fit",
        "fn",
        "factor",
        "over",
        "as",
        "by",
        "not",
        "and",
        "or",
        "x",
        "y'",
        "α",
        "Normal",
        "1",
        "2.5",
        "1e-3",
        "\"s\"",
        "'",
        "\"",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "@",
        "~",
        "=",
        "->",
        "+",
        "-",
        "*",
        "/",
        "^",
        "<",
        "==",
        "\n",
        "#c\n",
        ";",
        "**",
        ".",
        "\0",
        "\u{2212}",
        "é",
        "\r\n",
        "\t",
        "real",
        "x[t-1]",
        "f(x)",
        "<-",
        "for",
        "vector[N]",
        "//",
        "é.b",
        ".5.",
        "\u{1F600}",
    ];
    prop_oneof![
        9 => proptest::sample::select(TOKENS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #[test]
    fn token_soup_never_panics(
        tokens in prop::collection::vec(token(), 0..40),
        glue in prop::sample::select(vec!["", " "]),
    ) {
        parse_and_check_spans(&tokens.join(glue));
    }

    #[test]
    fn what_parses_survives_the_formatter(tokens in prop::collection::vec(token(), 0..12)) {
        for text in [format!("x = {}", tokens.join(" ")), tokens.join(" ")] {
            if !parse_and_check_spans(&text).1 {
                expect_round_trip(&text);
            }
        }
    }

    #[test]
    fn mutated_models_never_panic(
        model in prop::sample::select(MODELS.to_vec()),
        at in any::<prop::sample::Index>(),
        inserted in token(),
    ) {
        let places: Vec<usize> = model.char_indices().map(|(i, _)| i).collect();
        let place = places[at.index(places.len())];
        let text = format!("{}{inserted}{}", &model[..place], &model[place..]);
        if !parse_and_check_spans(&text).1 {
            expect_round_trip(&text);
        }
    }
}
