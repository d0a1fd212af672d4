//! The contract's document: reading it, and validators made from it.

use jsonschema::{Keyword, ValidationError, Validator};
use serde_json::{Map, Value, json};

/// A length in UTF-16 units, which JSON Schema has no word for: its `maxLength` counts code points.
const UTF16_MAX_LENGTH: &str = "x-utf16-max-length";

/// An `OpenAPI` document.
pub struct Document(pub Value);

impl Document {
    /// refrain's own.
    pub fn own() -> Self {
        Self(serde_json::from_str(include_str!("openapi.json")).unwrap())
    }

    /// The schema without references at its top.
    pub fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref") {
            Some(reference) => {
                let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
                self.resolved(self.0.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")))
            }
            None => schema,
        }
    }

    /// A validator of one schema of this document.
    pub fn validator(&self, schema: &Value) -> Validator {
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": self.0["components"],
            "allOf": [schema],
        });
        let options = jsonschema::options().should_validate_formats(true);
        options.with_keyword(UTF16_MAX_LENGTH, utf16_max_length).build(&root).unwrap()
    }

    /// What the contract says of an address and a method.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        self.0["paths"].get(path)?.get(method.to_lowercase())
    }

    /// The names of all operations.
    pub fn operation_ids(&self) -> Vec<String> {
        let operations =
            self.0["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        operations.map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect()
    }

    /// The schemas of all requests in JSON: of each endpoint that has one.
    fn request_schemas(&self) -> Vec<&Value> {
        let operations =
            self.0["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        operations.filter_map(|operation| operation.pointer("/requestBody/content/application~1json/schema")).collect()
    }

    /// The schemas of the requests for single models, with the model's id.
    pub fn models(&self) -> Vec<(String, &Value)> {
        let variants = self.request_schemas().into_iter().map(|schema| self.resolved(schema)).flat_map(|schema| {
            match schema.get("oneOf").and_then(Value::as_array) {
                Some(variants) => variants.iter().collect(),
                None => vec![schema],
            }
        });
        let named = variants.map(|variant| {
            let variant = self.resolved(variant);
            (variant.pointer("/properties/model/enum/0").and_then(Value::as_str).unwrap().to_owned(), variant)
        });
        named.collect()
    }

    /// The request that takes this model: the whole of what its endpoint accepts.
    pub fn request_of(&self, model: &str) -> Validator {
        let takes = |schema: &&Value| {
            let alone = self.validator(&json!({"properties": {"model": self.model_names(schema)}}));
            alone.is_valid(&json!({"model": model}))
        };
        self.validator(self.request_schemas().into_iter().find(takes).unwrap())
    }

    fn model_names(&self, schema: &Value) -> Value {
        let schema = self.resolved(schema);
        match schema.get("oneOf").and_then(Value::as_array) {
            Some(variants) => json!({"anyOf": variants.iter().map(|it| self.model_names(it)).collect::<Vec<_>>()}),
            None => schema["properties"]["model"].clone(),
        }
    }

    /// The properties of an object with their paths, those of inner objects as `outer.inner`.
    pub fn properties<'a>(&'a self, schema: &'a Value) -> Vec<(String, &'a Value)> {
        let mut all = Vec::new();
        for (name, inner) in schema["properties"].as_object().unwrap() {
            let inner = self.resolved(inner);
            if inner.get("properties").is_some() {
                all.extend(self.properties(inner).into_iter().map(|(path, it)| (format!("{name}.{path}"), it)));
            } else {
                all.push((name.clone(), inner));
            }
        }
        all
    }
}

struct Utf16MaxLength(u64);

impl Utf16MaxLength {
    fn holds(&self, instance: &Value) -> bool {
        instance.as_str().is_none_or(|text| text.encode_utf16().count() as u64 <= self.0)
    }
}

impl<'i> Keyword<'i> for Utf16MaxLength {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.holds(instance) {
            return Ok(());
        }
        Err(ValidationError::custom(format!("longer than {} UTF-16 units", self.0)))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.holds(instance)
    }
}

fn utf16_max_length<'a>(
    _: &'a Map<String, Value>,
    value: &'a Value,
    _: jsonschema::paths::Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    let most = value.as_u64().ok_or_else(|| ValidationError::custom(format!("{UTF16_MAX_LENGTH} is no number")))?;
    Ok(Box::new(Utf16MaxLength(most)))
}

/// Calls `visit` for each object within a value.
fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|inner| walk(inner, visit));
        }
        Value::Array(items) => items.iter().for_each(|inner| walk(inner, visit)),
        _ => {}
    }
}

#[test]
fn every_example_is_an_example_of_its_schema() {
    let document = Document::own();
    let mut count = 0;
    walk(&document.0, &mut |object| {
        if let (Some(schema), Some(example)) = (object.get("schema"), object.get("example")) {
            let errors: Vec<String> =
                document.validator(schema).iter_errors(example).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{example}: {errors:?}");
            count += 1;
        }
    });
    assert!(count > 15, "only {count} examples");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = Document::own();
    walk(&document.0, &mut |object| {
        if object.contains_key("$ref") {
            document.resolved(&Value::Object(object.clone()));
        }
    });
}

#[test]
fn every_greatest_length_is_also_given_in_utf16_units() {
    let document = Document::own();
    walk(&document.0, &mut |object| assert_eq!(object.get("maxLength"), object.get(UTF16_MAX_LENGTH)));
    let validator = document.validator(&json!({"maxLength": 4, "x-utf16-max-length": 4}));
    assert!(validator.is_valid(&json!("🎵🎵")) && !validator.is_valid(&json!("🎵🎵a")));
}

#[test]
fn a_request_holds_nothing_that_is_not_listed() {
    let document = Document::own();
    for (model, schema) in document.models() {
        let inner = schema["properties"].as_object().unwrap().values().map(|inner| document.resolved(inner));
        let objects = inner.filter(|inner| inner["type"] == "object").chain([schema]);
        let open: Vec<&Value> = objects.filter(|object| object["additionalProperties"] != json!(false)).collect();
        assert!(open.is_empty(), "{model}: {open:?}");
    }
}
