//! Holds the JSON formats to the schemas in `schema/`. Knows the part of JSON Schema that schemars writes for our types and
//! fails on any other word, so that nothing passes unread; unlike the standard it takes no property that is not listed.

use serde_json::Value;

/// The schema of a format, after making sure that the published file is the one its types give. `UPDATE=1` writes the file.
pub fn published(file: &str, schema: schemars::Schema) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(file);
    let current = super::pretty(&schema);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == current, "schema/{file} is not that of its types: `UPDATE=1 cargo test --lib` rewrites it");
    schema.to_value()
}

/// Whether a value is as a schema says; the first place where it is not, otherwise.
pub fn valid(schema: &Value, value: &Value) -> Result<(), String> {
    check(schema, schema, value, "$")
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let words = schema.as_object().ok_or("a schema is an object")?;
    for (word, rule) in words {
        let holds = match word.as_str() {
            "$schema" | "title" | "description" | "$defs" | "format" => true,
            "$ref" => {
                let target = rule.as_str().and_then(|to| to.strip_prefix('#')).and_then(|to| root.pointer(to));
                return check(root, target.ok_or(format!("{path}: {rule} leads nowhere"))?, value, path);
            }
            "type" => rule.as_array().unwrap_or(&vec![rule.clone()]).iter().any(|kind| is(kind, value)),
            "anyOf" => rule.as_array().is_some_and(|any| any.iter().any(|rule| check(root, rule, value, path).is_ok())),
            "enum" => rule.as_array().is_some_and(|words| words.contains(value)),
            "minimum" => value.as_f64() >= rule.as_f64(),
            "maximum" => value.as_f64() <= rule.as_f64(),
            "required" => rule.as_array().into_iter().flatten().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{path}[{index}]"))?;
                }
                true
            }
            "properties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    let rule = rule.get(key).ok_or(format!("{path}.{key} is not in the schema"))?;
                    check(root, rule, inner, &format!("{path}.{key}"))?;
                }
                true
            }
            _ => return Err(format!("{path}: this test does not know `{word}`")),
        };
        if !holds {
            return Err(format!("{path}: {value} is against `{word}`: {rule}"));
        }
    }
    Ok(())
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("null") => value.is_null(),
        _ => false,
    }
}

#[test]
fn rejects_what_is_wrong() {
    let schema = serde_json::json!({ "type": "object", "properties": { "n": { "type": "integer", "minimum": 1 } }, "required": ["n"] });
    assert_eq!(valid(&schema, &serde_json::json!({ "n": 1 })), Ok(()));
    for wrong in [r#"{}"#, r#"{"n":0}"#, r#"{"n":"1"}"#, r#"{"n":1,"m":2}"#, "[]"] {
        assert!(valid(&schema, &serde_json::from_str(wrong).unwrap()).is_err(), "{wrong}");
    }
}
