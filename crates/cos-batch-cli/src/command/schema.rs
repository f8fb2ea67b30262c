//! `cosbatch schema`: what printed JSON, and the JSON and YAML that is read, looks like

use std::collections::BTreeSet;

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output::{self, Column, Document, Format, Printer, Record, no_such_form};
use crate::pager::Out;

/// One definition a type.
const SCHEMA: &str = include_str!("schema.json");

const REFERENCE: &str = "#/$defs/";

#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// The type; all of them are listed without it
    #[arg(value_name = "TYPE")]
    name: Option<String>,
}

/// A type that there is
#[derive(Serialize)]
struct Type {
    name: String,
    description: String,
}

impl Record for Type {
    const NAME: &'static str = "types";
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::new("name", "TYPE", |it, _| it.name.clone()).whole(),
        Column::<Self>::new("description", "DESCRIPTION", |it, _| it.description.clone()),
    ];
    const LINE: &'static [&'static str] = &["name", "description"];
    const ID: Option<fn(&Self) -> String> = Some(|it| it.name.clone());
}

pub(crate) fn run(schema: &Schema, global: &Global) -> Result<Exit, Failure> {
    let all: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
    let no_types = Map::new();
    let types = all.get("$defs").and_then(Value::as_object).unwrap_or(&no_types);
    let Some(name) = &schema.name else { return list(types, global) };
    if !types.contains_key(name) {
        let message = format!("there is no type {name:?}");
        return Err(
            Failure::new(Kind::NO_SUCH_TYPE, message).help("cosbatch schema lists all of them")
        );
    }
    let mut needed = BTreeSet::new();
    need(name, types, &mut needed);
    let definitions: Map<_, _> = types
        .iter()
        .filter(|(name, _)| needed.contains(name.as_str()))
        .map(|(name, definition)| (name.clone(), definition.clone()))
        .collect();
    let document = json!({
        "$schema": all.get("$schema"),
        "$ref": format!("{REFERENCE}{name}"),
        "$defs": definitions,
    });
    let format = global.output.format.unwrap_or(Format::Json);
    match format {
        Format::Json | Format::Jsonl | Format::Yaml => {
            Document::new("a schema", &document).print(format).map(|_| Exit::Good)
        }
        _ => Err(no_such_form(format, "a schema", "json, jsonl or yaml")),
    }
}

fn list(types: &Map<String, Value>, global: &Global) -> Result<Exit, Failure> {
    let mut printer = Printer::new(Out::new(), &global.output)?;
    let text = |definition: &Value| {
        let description = definition.get("description").and_then(Value::as_str);
        description.unwrap_or_default().to_owned()
    };
    let mut all = types
        .iter()
        .map(|(name, definition)| Type { name: name.clone(), description: text(definition) });
    let printed = all.try_for_each(|it| printer.write(it));
    output::done(printed.and_then(|()| printer.finish()))
}

/// A type and those that it refers to.
fn need<'a>(name: &'a str, types: &'a Map<String, Value>, needed: &mut BTreeSet<&'a str>) {
    if let Some(definition) = types.get(name)
        && needed.insert(name)
    {
        let mut references = Vec::new();
        collect(definition, &mut references);
        references.into_iter().for_each(|name| need(name, types, needed));
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            references.extend(reference.and_then(|it| it.strip_prefix(REFERENCE)));
            members.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
