//! Processor settings that make figures depend on temperature and neighbors.

use super::files::number;

const CPUS: &str = "/sys/devices/system/cpu";

/// Which settings are on; `None` is not readable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tuning {
    /// Cores may clock higher while others are idle.
    pub turbo: Option<bool>,
    /// Two hardware threads share a core.
    pub smt: Option<bool>,
}

/// Reads the settings of this machine.
pub fn tuning() -> Tuning {
    let read = |file: &str| number(format!("{CPUS}/{file}"));
    Tuning {
        turbo: turbo(read("intel_pstate/no_turbo"), read("cpufreq/boost")),
        smt: read("smt/active").map(|active| active != 0),
    }
}

/// One driver reports that turbo is off; the others report that boost is on.
fn turbo(no_turbo: Option<u64>, boost: Option<u64>) -> Option<bool> {
    no_turbo.map(|off| off == 0).or(boost.map(|on| on != 0))
}

#[cfg(test)]
mod tests {
    use super::turbo;

    #[test]
    fn turbo_is_read_from_every_driver() {
        assert_eq!((turbo(Some(0), None), turbo(Some(1), None)), (Some(true), Some(false)));
        assert_eq!((turbo(None, Some(1)), turbo(None, Some(0))), (Some(true), Some(false)));
        assert_eq!(turbo(None, None), None);
    }
}
