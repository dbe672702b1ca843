//! Corrupts an output, to see that the workload's check rejects it.

use serde_json::{Value, json};

/// Checks that `check` rejects some corrupted copy of a correct output. It returns `None` if a copy does not
/// have the type of the output. Not every copy is wrong: a duration may be a nanosecond longer.
pub(super) fn rejected(
    right: &Value,
    check: &dyn Fn(Value) -> Option<Result<(), String>>,
) -> Result<(), String> {
    match check(right.clone()) {
        Some(Ok(())) => {}
        Some(Err(wrong)) => {
            return Err(format!(
                "the output is correct, but not after a round trip through JSON: {wrong}"
            ));
        }
        None => return Err(format!("the output cannot be parsed from its own JSON: {right}")),
    }
    let mut accepted = None;
    for wrong in corrupted(right) {
        match check(wrong.clone()) {
            Some(Ok(())) => accepted = Some(wrong),
            Some(Err(_)) => return Ok(()),
            None => {}
        }
    }
    match accepted {
        Some(wrong) => {
            Err(format!("the check accepts a corrupted output: {wrong} instead of {right}"))
        }
        None => Ok(()),
    }
}

/// Copies of a value, each with one difference. The first element of a list stands for all of them.
fn corrupted(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(right) => vec![json!(!right)],
        Value::Number(number) => vec![match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => json!(number ^ 1),
            (None, Some(number)) => json!(number ^ 1),
            (None, None) => json!(number.as_f64().unwrap_or_default() * 2.0 + 1.0),
        }],
        Value::String(text) => vec![json!(format!("{text}?"))],
        Value::Array(items) => {
            let Some((first, rest)) = items.split_first() else { return vec![json!([0])] };
            let with = |first| [&[first], rest].concat();
            let changed = corrupted(first).into_iter().map(|first| Value::Array(with(first)));
            changed.chain([Value::Array(rest.to_vec())]).collect()
        }
        Value::Object(fields) => {
            let changed = fields.iter().flat_map(|(name, value)| {
                corrupted(value).into_iter().map(|value| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), value);
                    Value::Object(fields)
                })
            });
            changed.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The output is a sum and a time; the check looks at the field `of`.
    fn check(of: &'static str) -> impl Fn(Value) -> Option<Result<(), String>> {
        move |output| {
            output["time"].as_u64()?;
            let right = output.get(of).is_none_or(|sum| *sum == json!([20, "x"]));
            Some(right.then_some(()).ok_or_else(|| "wrong sum".to_owned()))
        }
    }

    #[test]
    fn check_that_rejects_one_corruption_passes() {
        let right = json!({ "sum": [20, "x"], "time": 7 });
        assert_eq!(rejected(&right, &check("sum")), Ok(()));
        let accepted = rejected(&right, &check("nothing")).unwrap_err();
        assert!(accepted.contains("accepts a corrupted output"), "{accepted}");
    }

    #[test]
    fn output_must_survive_a_round_trip_through_json() {
        let changed = rejected(&json!({ "sum": 1, "time": 7 }), &check("sum")).unwrap_err();
        assert!(changed.contains("wrong sum"), "{changed}");
        assert!(rejected(&json!({ "time": "late" }), &check("sum")).unwrap_err().contains("late"));
    }

    #[test]
    fn output_without_content_has_nothing_to_corrupt() {
        assert_eq!(rejected(&Value::Null, &|_| Some(Ok(()))), Ok(()));
    }

    #[test]
    fn every_corruption_differs() {
        let right = json!({ "a": [[1, 2.5], [3, 4.5]], "b": true, "c": "x", "d": [], "e": -3 });
        let wrong = corrupted(&right);
        assert_eq!(wrong.len(), 7, "{wrong:?}");
        assert!(wrong.iter().all(|wrong| *wrong != right), "{wrong:?}");
    }
}
