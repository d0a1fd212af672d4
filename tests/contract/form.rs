//! A form of several parts, read as the object that its schema describes.

use serde_json::{Map, Value, json};

/// The parts of a form by their names, as texts; what is no such form says why.
pub fn read(content_type: Option<&str>, body: &[u8]) -> Result<Value, String> {
    let edge = content_type.and_then(|it| it.strip_prefix("multipart/form-data; boundary="));
    let edge = edge.ok_or("the body is not called a form")?;
    let text = String::from_utf8_lossy(body);
    let (start, end) = (format!("--{edge}\r\n"), format!("\r\n--{edge}--\r\n"));
    let inner = text.strip_prefix(&start).and_then(|text| text.strip_suffix(&end));
    let inner = inner.ok_or("the form has no beginning or no end")?;
    let mut parts = Map::new();
    for part in inner.split(&format!("\r\n{start}")) {
        let (head, value) = part.split_once("\r\n\r\n").ok_or("a part without a head")?;
        let name = head.split_once("; name=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (name, _) = name.ok_or("a part without a name")?;
        if parts.insert(name.to_owned(), json!(value)).is_some() {
            return Err(format!("part `{name}` comes twice"));
        }
    }
    Ok(Value::Object(parts))
}
