//! One request or answer against its operation in the contract.

use serde_json::{Value, json};

use crate::document::Document;
use crate::form;

/// A request as it went over the wire.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Headers that every HTTP request has and no contract lists.
const OF_HTTP: [&str; 5] = ["accept", "content-length", "content-type", "host", "user-agent"];

impl Asked {
    /// Reads a request of HTTP/1.1.
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap());
        let url = reqwest::Url::parse(&format!("http://host{target}")).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Self {
            method,
            path: url.path().to_owned(),
            query: url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
            headers: lines.map(header).collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Puts other words into its body.
    pub fn reword(&mut self, words: &str, others: &str) {
        self.body = String::from_utf8_lossy(&self.body).replace(words, others).into_bytes();
    }

    /// What the contract does not allow about it.
    pub fn faults(&self, document: &Document) -> Vec<String> {
        let Some(operation) = document.operation(&self.method, &self.path) else {
            return vec![format!("{} {} is no operation", self.method, self.path)];
        };
        let mut faults = self.faults_of_parameters(document, operation);
        let needs_key = operation.get("security").is_none_or(|security| security != &json!([]));
        let key = self.header("authorization").is_some_and(|value| value.starts_with("Bearer "));
        if needs_key != key {
            faults.push(format!("the key is {}", if needs_key { "missing" } else { "sent where none is needed" }));
        }
        faults.extend(self.faults_of_body(document, &operation["requestBody"]["content"]));
        faults
    }

    fn faults_of_body(&self, document: &Document, contents: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(schema) = contents.pointer("/multipart~1form-data/schema") {
            match form::read(self.header("content-type"), &self.body) {
                Ok(form) => faults.extend(schema_faults(document, schema, &form)),
                Err(fault) => faults.push(fault),
            }
            return faults;
        }
        match contents.pointer("/application~1json/schema") {
            Some(schema) => {
                if self.header("content-type") != Some("application/json") {
                    faults.push("the body is not called JSON".to_owned());
                }
                faults.extend(json_faults(document, schema, &self.body));
            }
            None if !self.body.is_empty() => faults.push("a body where none belongs".to_owned()),
            None => {}
        }
        faults
    }

    fn faults_of_parameters(&self, document: &Document, operation: &Value) -> Vec<String> {
        let listed: Vec<&Value> =
            operation["parameters"].as_array().into_iter().flatten().map(|it| document.resolved(it)).collect();
        let mut faults = Vec::new();
        let mut check = |place: &str, name: &str, value: &str| {
            let found = listed
                .iter()
                .find(|it| it["in"] == place && it["name"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name)));
            match found {
                None => faults.push(format!("{place} `{name}` is not listed")),
                Some(parameter) => faults.extend(
                    value_faults(document, &parameter["schema"], value)
                        .into_iter()
                        .map(|fault| format!("{place} `{name}`: {fault}")),
                ),
            }
        };
        for (name, value) in &self.query {
            check("query", name, value);
        }
        for (name, value) in &self.headers {
            if name != "authorization" && !OF_HTTP.contains(&name.as_str()) {
                check("header", name, value);
            }
        }
        let required = listed.iter().filter(|it| it["required"] == true);
        faults.extend(
            required
                .filter(|it| !self.query.iter().any(|(name, _)| it["name"] == **name))
                .map(|it| format!("{} is missing", it["name"])),
        );
        faults
    }
}

impl Answered {
    pub async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()));
        let headers = headers.collect();
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// What the contract does not allow about it as an answer of an operation.
    pub fn faults(&self, document: &Document, operation: &Value) -> Vec<String> {
        let listed = &operation["responses"];
        let Some(expected) = listed.get(self.status.to_string()).or_else(|| listed.get("default")) else {
            return vec![format!("status {} is not listed", self.status)];
        };
        let expected = document.resolved(expected);
        let mut faults = Vec::new();
        for (name, header) in expected["headers"].as_object().into_iter().flatten() {
            let schema = &document.resolved(header)["schema"];
            let value = self.header(name);
            faults.extend(value.into_iter().flat_map(|value| value_faults(document, schema, value)));
        }
        if self.header("x-inference-id").is_none() {
            faults.push("without `x-inference-id`".to_owned());
        }
        match expected.pointer("/content/application~1json/schema") {
            None if !self.body.is_empty() => faults.push("a body where none belongs".to_owned()),
            None => {}
            Some(_) if self.header("content-type") != Some("application/json") => {
                faults.push(format!("content type {:?}", self.header("content-type")));
            }
            Some(schema) => faults.extend(json_faults(document, schema, &self.body)),
        }
        faults
    }
}

fn json_faults(document: &Document, schema: &Value, body: &[u8]) -> Vec<String> {
    match serde_json::from_slice(body) {
        Ok(body) => schema_faults(document, schema, &body),
        Err(error) => vec![format!("the body is not JSON: {error}")],
    }
}

/// A value that travels as text, as its schema means it.
fn value_faults(document: &Document, schema: &Value, text: &str) -> Vec<String> {
    let value = match schema["type"].as_str() {
        Some("integer" | "number") => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Some("array") => json!([text]),
        _ => json!(text),
    };
    schema_faults(document, schema, &value)
}

fn schema_faults(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    document.validator(schema).iter_errors(value).map(|error| error.to_string()).collect()
}
