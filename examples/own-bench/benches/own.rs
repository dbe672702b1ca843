//! `cargo bench`.

runtime_bench::bench_main!(own_bench::registry());
