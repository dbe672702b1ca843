//! demo
#[path = "../tests/fixture/mod.rs"]
mod fixture;
fn main() {
    let site = runtime_bench_reports::write_site(
        &fixture::usual_run(),
        std::path::Path::new("/tmp/report-demo"),
    )
    .unwrap();
    println!("{site:?}");
}
