//! The command line: `list`, `verify`, `bench`, `report`, `ab` and the others.

runtime_bench::main!(own_bench::registry());
