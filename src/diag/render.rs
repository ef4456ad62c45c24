//! Diagnostics to text, through ariadne, and to JSON for editors. The only file that names ariadne.

use super::{Diagnostic, Severity};
use crate::source::Source;
use ariadne::{Config, IndexType, Label, Report, ReportKind};

/// The message as a terminal shows it; `color` decides on escape codes.
pub fn render(diagnostic: &Diagnostic, source: &Source, color: bool) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let name = source.name.as_str();
    let at = diagnostic.primary.as_ref().map_or(0..0, |l| l.span.range());
    let config = Config::default().with_color(color).with_index_type(IndexType::Byte);
    let mut report = Report::build(kind, (name, at))
        .with_config(config)
        .with_code(diagnostic.code.name())
        .with_message(&diagnostic.message);
    for label in diagnostic.primary.iter().chain(&diagnostic.others) {
        report =
            report.with_label(Label::new((name, label.span.range())).with_message(&label.text));
    }
    for help in &diagnostic.help {
        report = report.with_help(help);
    }
    for note in &diagnostic.note {
        report = report.with_note(note);
    }
    let mut out = Vec::new();
    let text = ariadne::Source::from(source.text.as_str());
    if report.finish().write((name, text), &mut out).is_err() {
        return diagnostic.message.clone();
    }
    let mut out = String::from_utf8_lossy(&out).into_owned();
    if diagnostic.primary.is_none() {
        out.push_str(&advice(diagnostic));
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

/// Help and notes as lines of their own: ariadne leaves them out of a report without labels.
fn advice(diagnostic: &Diagnostic) -> String {
    let line = |kind: &str, text: &String| format!("  {kind}: {text}\n");
    let help = diagnostic.help.iter().map(|text| line("Help", text));
    help.chain(diagnostic.note.iter().map(|text| line("Note", text))).collect()
}

/// One diagnostic as a JSON object: code, severity, message, labels with byte spans and positions, help, notes.
pub fn to_json(diagnostic: &Diagnostic, source: &Source) -> serde_json::Value {
    let label = |l: &super::Label| {
        let (line, column) = source.position(l.span.start);
        let (end_line, end_column) = source.position(l.span.end);
        serde_json::json!({
            "start": l.span.start, "end": l.span.end, "line": line, "column": column,
            "end_line": end_line, "end_column": end_column, "text": l.text,
        })
    };
    serde_json::json!({
        "code": diagnostic.code.name(),
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "file": source.name,
        "message": diagnostic.message,
        "primary": diagnostic.primary.as_ref().map(label),
        "others": diagnostic.others.iter().map(label).collect::<Vec<_>>(),
        "help": diagnostic.help,
        "notes": diagnostic.note,
    })
}
