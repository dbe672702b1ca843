//! Settings of runners, such as tokio's event interval.
//!
//! A runner with settings has a separate row, next to the one with the defaults. Its name contains them:
//! `tokio[event-interval=16]`. They are therefore part of every key and every file that names a runner.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A setting that a runner has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettingInfo {
    /// Name: lower-case words joined by `-`.
    pub name: String,
    /// A short description.
    pub about: String,
    /// Unit of its values; empty for a plain number, and for a switch, whose values are 0 and 1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Smallest value.
    pub least: u64,
    /// Largest value.
    pub most: u64,
    /// The runner's own value.
    pub default: String,
    /// Why this build lacks it; `None` if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// Values of a runner's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, u64>);

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The runner lacks it.
    #[error("runner `{runner}` has no setting `{name}`")]
    Unknown {
        /// The runner.
        runner: String,
        /// The setting.
        name: String,
    },
    /// It is too small or too large.
    #[error(
        "setting `{name}` of runner `{runner}` must be between {least} and {most}, not {value}"
    )]
    Range {
        /// The runner.
        runner: String,
        /// The setting.
        name: String,
        /// Its value.
        value: u64,
        /// Smallest possible value.
        least: u64,
        /// Largest possible value.
        most: u64,
    },
}

impl Settings {
    /// The value of a setting; `None` leaves it to the runner.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// Whether all settings are left to the runner.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `event-interval=16,max-blocking-threads=8`.
    pub fn label(&self) -> String {
        let values: Vec<String> =
            self.iter().map(|(name, value)| format!("{name}={value}")).collect();
        values.join(",")
    }

    /// The name of a runner with these settings.
    pub fn of(&self, runner: &str) -> String {
        if self.is_empty() { runner.to_owned() } else { format!("{runner}[{}]", self.label()) }
    }

    /// Checks them against those that a runner has.
    ///
    /// # Errors
    /// When the runner lacks one, or a value is out of range.
    pub fn check(&self, runner: &str, known: &[SettingInfo]) -> Result<(), SettingError> {
        for (name, value) in self.iter() {
            let (runner, name) = (runner.to_owned(), name.to_owned());
            let Some(info) = known.iter().find(|info| info.name == name) else {
                return Err(SettingError::Unknown { runner, name });
            };
            let (least, most) = (info.least, info.most);
            if !(least..=most).contains(&value) {
                return Err(SettingError::Range { runner, name, value, least, most });
            }
        }
        Ok(())
    }
}

/// Splits the name of a runner into that of the runner with its defaults and its settings.
pub fn split(runner: &str) -> (&str, Settings) {
    let settings = || {
        let (base, values) = runner.strip_suffix(']')?.split_once('[')?;
        let value = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        let values: Option<BTreeMap<String, u64>> = values.split(',').map(value).collect();
        Some((base, Settings(values?)))
    };
    settings().unwrap_or((runner, Settings::default()))
}

/// The name of a runner without its settings.
pub fn base(runner: &str) -> &str {
    split(runner).0
}

/// The names of runners with every combination of values, given a runner, a setting of it and the values;
/// each name once, in the order of the runners.
pub fn combinations(wanted: &[((String, String), Vec<u64>)]) -> Vec<String> {
    let mut runners: Vec<(&str, Vec<Settings>)> = Vec::new();
    for ((runner, name), values) in wanted {
        if !runners.iter().any(|(known, _)| known == runner) {
            runners.push((runner, vec![Settings::default()]));
        }
        let own = runners.iter_mut().filter(|(known, _)| known == runner);
        for (_, combined) in own {
            let with = |settings: &Settings, value: &u64| {
                let mut settings = settings.clone();
                settings.0.insert(name.clone(), *value);
                settings
            };
            let mut replaced: Vec<Settings> = Vec::new();
            for settings in combined.iter().flat_map(|known| values.iter().map(|v| with(known, v)))
            {
                if !replaced.contains(&settings) {
                    replaced.push(settings);
                }
            }
            *combined = replaced;
        }
    }
    let names = |(runner, all): &(&str, Vec<Settings>)| -> Vec<String> {
        all.iter().map(|settings| settings.of(runner)).collect()
    };
    runners.iter().flat_map(names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(runner: &str, name: &str, values: &[u64]) -> ((String, String), Vec<u64>) {
        ((runner.to_owned(), name.to_owned()), values.to_vec())
    }

    #[test]
    fn name_of_a_runner_holds_its_settings_in_order() {
        let names = combinations(&[
            wanted("tokio", "b", &[2, 1, 2]),
            wanted("smol", "c", &[3]),
            wanted("tokio", "a", &[7]),
        ]);
        assert_eq!(names, ["tokio[a=7,b=2]", "tokio[a=7,b=1]", "smol[c=3]"]);
        let (base, settings) = split(&names[0]);
        assert_eq!((base, settings.get("b"), settings.get("c")), ("tokio", Some(2), None));
        assert_eq!(settings.of(base), names[0]);
    }

    #[test]
    fn other_names_have_no_settings() {
        for name in ["tokio", "tokio[]", "a[b", "a[b]", "a[b=c]", "a[b=-1]", "[", ""] {
            assert_eq!(split(name), (name, Settings::default()));
            assert_eq!(Settings::default().of(name), name);
        }
    }

    #[test]
    fn unknown_settings_and_values_out_of_range_are_named() {
        let known = SettingInfo {
            name: "a".to_owned(),
            about: String::new(),
            unit: String::new(),
            least: 1,
            most: 9,
            default: "3".to_owned(),
            missing: None,
        };
        let check = |name: &str| {
            let (base, settings) = split(name);
            settings.check(base, std::slice::from_ref(&known)).map_err(|error| error.to_string())
        };
        assert_eq!(check("tokio[a=9]"), Ok(()));
        let outside = check("tokio[a=10]").unwrap_err();
        assert!(
            outside.contains("`a`") && outside.contains("between 1 and 9, not 10"),
            "{outside}"
        );
        assert!(check("tokio[b=1]").unwrap_err().contains("no setting `b`"));
    }
}
