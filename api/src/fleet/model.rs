//! What scripts declare and what is given to them.

use crate::deployment::runner::redact::SECRET_BYTES_MINIMUM;
use crate::deployment::runner::spec::check_variable_name;
use crate::platform::error::{AppError, AppResult, Checks, UserError, UserErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// At most so many labels a server.
pub const LABELS_MOST: usize = 20;

/// Reads labels: in lower case, each once, in order.
pub fn read_labels(checks: &mut Checks, given: Vec<String>) -> Vec<String> {
    let mut labels: Vec<String> = given.into_iter().map(|label| label.trim().to_lowercase()).collect();
    labels.sort_unstable();
    labels.dedup();
    let fits = |label: &String| {
        (1..=63).contains(&label.len())
            && label.starts_with(|first: char| first.is_ascii_alphanumeric())
            && label.chars().all(|letter| letter.is_ascii_alphanumeric() || ".:=_/-".contains(letter))
    };
    checks.require(labels.len() <= LABELS_MOST, "labels", "At most 20 labels.");
    let rule =
        "Labels are 1 to 63 letters, digits and .:=_/-, beginning with a letter or digit, such as web or env:prod.";
    checks.require(labels.iter().all(fits), "labels", rule);
    labels
}

/// What kind of value a variable takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariableType {
    /// Text of one line.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// One of the choices.
    Choice,
    /// Text that nobody sees again.
    Secret,
}

/// A variable that a script declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptVariable {
    /// Its name in the script.
    pub name: String,
    /// What it takes.
    pub r#type: VariableType,
    /// What a form calls it.
    pub label: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether a value must be given.
    pub required: bool,
    /// The value where none is given, as text.
    pub default: Option<String>,
    /// For a choice: which.
    pub choices: Vec<String>,
}

const VARIABLES_MOST: usize = 50;
const VALUE_MOST: usize = 4_096;

/// Checks what a script declares.
pub fn check_declarations(checks: &mut Checks, variables: &[ScriptVariable]) {
    checks.require(variables.len() <= VARIABLES_MOST, "variables", "At most 50 variables.");
    for (index, variable) in variables.iter().enumerate() {
        let field = |name: &str| format!("variables.{index}.{name}");
        if let Err(error) = check_variable_name(&variable.name) {
            checks.add(UserError::on(&field("name"), UserErrorCode::Invalid, sentence(&error.to_string())));
        }
        let twice = variables[..index].iter().any(|other| other.name == variable.name);
        checks.require(!twice, &field("name"), "This name is declared twice.");
        let choices = variable.r#type == VariableType::Choice;
        checks.require(
            choices != variable.choices.is_empty(),
            &field("choices"),
            "A choice has choices; nothing else has.",
        );
        let secret = variable.r#type == VariableType::Secret;
        checks.require(!secret || variable.default.is_none(), &field("default"), "A secret has no default.");
        if let Some(default) = &variable.default
            && let Err(message) = read(variable, &Value::String(default.clone()))
        {
            checks.require(false, &field("default"), message);
        }
    }
}

/// The values of a script's variables, secrets apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// Those that anybody may see who sees the request.
    pub plain: BTreeMap<String, Value>,
    /// The secret ones.
    pub secret: BTreeMap<String, String>,
}

/// Reads the values given for what a script declares. `kept` are secrets given earlier, which stay unless given anew.
///
/// # Errors
/// User errors below `variables`.
pub fn read_values(declared: &[ScriptVariable], given: &Value, kept: &BTreeMap<String, String>) -> AppResult<Values> {
    let empty = serde_json::Map::new();
    let given = match given {
        Value::Null => &empty,
        Value::Object(map) => map,
        _ => return Err(AppError::field("variables", UserErrorCode::Invalid, "A JSON object, by name.")),
    };
    let mut checks = Checks::default();
    let mut values = Values::default();
    for name in given.keys() {
        let known = declared.iter().any(|variable| variable.name == *name);
        checks.require(known, &format!("variables.{name}"), "The script declares no such variable.");
    }
    for variable in declared {
        let field = format!("variables.{}", variable.name);
        let value = given.get(&variable.name).filter(|value| !value.is_null());
        if variable.r#type == VariableType::Secret {
            match value.map(|value| read(variable, value)) {
                Some(Ok(Value::String(secret))) => {
                    values.secret.insert(variable.name.clone(), secret);
                }
                Some(Ok(_)) => {}
                Some(Err(message)) => checks.require(false, &field, message),
                None => {
                    if let Some(secret) = kept.get(&variable.name) {
                        values.secret.insert(variable.name.clone(), secret.clone());
                    }
                }
            }
        } else if let Some(value) = value {
            match read(variable, value) {
                Ok(value) => {
                    values.plain.insert(variable.name.clone(), value);
                }
                Err(message) => checks.require(false, &field, message),
            }
        } else if let Some(default) = &variable.default
            && let Ok(value) = read(variable, &Value::String(default.clone()))
        {
            values.plain.insert(variable.name.clone(), value);
        }
    }
    checks.finish()?;
    Ok(values)
}

/// The names of required variables that have no value yet.
#[must_use]
pub fn missing_values(declared: &[ScriptVariable], values: &Values) -> Vec<String> {
    declared
        .iter()
        .filter(|variable| variable.required)
        .filter(|variable| !values.plain.contains_key(&variable.name) && !values.secret.contains_key(&variable.name))
        .map(|variable| variable.name.clone())
        .collect()
}

fn read(variable: &ScriptVariable, value: &Value) -> Result<Value, String> {
    match variable.r#type {
        VariableType::String => one_line(value).map(Value::String),
        VariableType::Secret => match value {
            // Shorter ones could not be told apart from ordinary text when output is redacted.
            Value::String(text) if text.len() < SECRET_BYTES_MINIMUM => Err("At least 4 bytes.".into()),
            Value::String(text) if text.len() <= VALUE_MOST => Ok(value.clone()),
            Value::String(_) => Err("At most 4,096 bytes.".into()),
            _ => Err("A text.".into()),
        },
        VariableType::Integer => match value {
            Value::Number(number) if number.is_i64() => Ok(value.clone()),
            Value::String(text) => text.trim().parse::<i64>().map(Value::from).map_err(|_| "A whole number.".into()),
            _ => Err("A whole number.".into()),
        },
        VariableType::Boolean => match value {
            Value::Bool(_) => Ok(value.clone()),
            Value::String(text) if text == "true" => Ok(Value::Bool(true)),
            Value::String(text) if text == "false" => Ok(Value::Bool(false)),
            _ => Err("True or false.".into()),
        },
        VariableType::Choice => match value {
            Value::String(text) if variable.choices.contains(text) => Ok(value.clone()),
            _ => Err(format!("One of: {}.", variable.choices.join(", "))),
        },
    }
}

fn one_line(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) if text.chars().any(char::is_control) => Err("One line of text.".into()),
        Value::String(text) if text.len() > VALUE_MOST => Err("At most 4,096 bytes.".into()),
        Value::String(text) => Ok(text.clone()),
        _ => Err("A text.".into()),
    }
}

/// Makes a sentence of an error's words.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let begun = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default();
    if begun.ends_with(['.', '!', '?']) { begun } else { format!("{begun}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn variable(name: &str, r#type: VariableType, required: bool) -> ScriptVariable {
        let choices = if r#type == VariableType::Choice { vec!["a".into(), "b".into()] } else { Vec::new() };
        ScriptVariable { name: name.into(), r#type, label: None, description: None, required, default: None, choices }
    }

    #[test]
    fn values_are_read_by_their_declared_types() {
        let declared = [
            variable("port", VariableType::Integer, true),
            variable("mode", VariableType::Choice, false),
            variable("password", VariableType::Secret, true),
        ];
        let given = json!({ "port": "80", "mode": "a", "password": "s3cret" });
        let values = read_values(&declared, &given, &BTreeMap::new()).unwrap_or_default();
        assert_eq!(values.plain.get("port"), Some(&json!(80)));
        assert_eq!(values.secret.get("password").map(String::as_str), Some("s3cret"));
        assert!(missing_values(&declared, &values).is_empty());

        let kept = values.secret.clone();
        let again = read_values(&declared, &json!({ "port": 81 }), &kept).unwrap_or_default();
        assert_eq!(again.secret, kept);
        assert_eq!(missing_values(&declared, &Values::default()), ["port", "password"]);
        for bad in [json!({ "port": "x" }), json!({ "mode": "c" }), json!({ "other": 1 }), json!([])] {
            assert!(read_values(&declared, &bad, &BTreeMap::new()).is_err(), "{bad}");
        }
        let text = [variable("text", VariableType::String, false)];
        assert!(read_values(&text, &json!({ "text": "a\nb" }), &BTreeMap::new()).is_err());
    }

    #[test]
    fn declarations_are_checked() {
        let reserved = variable("server_ip", VariableType::String, false);
        let ansible = variable("ansible_connection", VariableType::String, false);
        let bare = ScriptVariable { choices: Vec::new(), ..variable("mode", VariableType::Choice, false) };
        for bad in [reserved, ansible, bare] {
            let mut checks = Checks::default();
            check_declarations(&mut checks, &[bad]);
            assert!(checks.finish().is_err());
        }
    }
}
