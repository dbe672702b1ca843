module runtime-bench/runners/go

go 1.19
