//! Properties of this crate's readers for any input. Shared with `fuzz/fuzz_targets`.
#![allow(dead_code, reason = "each test and each target uses its part of this")]

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_results::external::Answer;
use runtime_bench_results::histogram;
use runtime_bench_results::program::ProgramRequest;
use runtime_bench_results::run::Run;
use runtime_bench_results::store::{StoreError, read_from};
use runtime_bench_results::trial::{BlockSize, Outcome, TrialReply};

/// A results file that holds these bytes, as they are and compressed.
pub(crate) fn results(bytes: &[u8]) {
    let plain = read(bytes);
    match &plain {
        Ok(run) => {
            let again = serde_json::to_vec(run).expect("a run is JSON");
            assert!(read(&again).is_ok_and(|again| again == *run), "it is read as it was written");
            // That it ends is enough.
            let _ = analyze(run);
        }
        Err(error) => {
            let told = error.to_string().replace('\n', " ");
            assert!(!told.contains(char::is_control) && told.len() < 2_000, "{told:?}");
        }
    }
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).expect("memory takes it");
        let packed = read(&packed.finish().expect("memory takes it"));
        match (&plain, &packed) {
            (Ok(plain), Ok(packed)) => assert!(plain == packed, "compressed, it is another run"),
            (Err(plain), Err(packed)) => assert_eq!(plain.to_string(), packed.to_string()),
            _ => panic!("compressed or not makes a difference"),
        }
    }
}

fn read(bytes: &[u8]) -> Result<Run, StoreError> {
    read_from(bytes, Path::new("run.json"))
}

/// The input and output of a trial process.
pub(crate) fn trial(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(request) = ProgramRequest::read(&text) {
        let again = serde_json::to_string(&request).expect("a request is JSON");
        assert_eq!(ProgramRequest::read(&again).unwrap(), request);
    }
    if let Ok(Outcome::Ok { block }) = TrialReply::read(&text) {
        assert!(block.iterations > 0 && block.metrics.iter().all(|m| m.value.is_finite()));
        if let Some(text) = &block.histogram {
            latencies(text);
        }
    }
    latencies(&STANDARD.encode(bytes));
    // Packed like the output of a load generator, with arbitrary content below the compression.
    let mut packed = ZlibEncoder::new(b"\x1c\x84\x93\x14\0\0\0\0".to_vec(), Compression::fast());
    packed.write_all(bytes).expect("memory takes it");
    latencies(&STANDARD.encode(packed.finish().expect("memory takes it")));
}

fn latencies(text: &str) {
    if let Ok(histogram) = histogram::decode(text) {
        let _ = (histogram.value_at_quantile(0.99), histogram.len());
        assert!(histogram::encode(&histogram).is_ok());
    }
}

/// A line from an external runner.
pub(crate) fn answer(bytes: &[u8]) {
    match Answer::read(&String::from_utf8_lossy(bytes)) {
        Ok(Answer::Ok(measured)) => {
            let passed = Duration::from_secs(1);
            if measured.check(BlockSize::Nanoseconds(1), passed, 2).is_ok() {
                let wall: f64 = measured.samples.iter().map(|sample| sample.wall_ns).sum();
                assert!(wall > 0.0 && wall <= 1e9, "{wall} ns in a second");
            }
        }
        Ok(_) => {}
        Err(why) => assert!(!why.to_string().is_empty()),
    }
}
