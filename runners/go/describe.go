package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

func describe(asked *request) described {
	return described{
		header:        status("described"),
		Configuration: fmt.Sprintf("goroutines, GOMAXPROCS=%d, GOGC=%s", asked.Workers, gogc()),
		Versions:      map[string]string{"go": strings.TrimPrefix(runtime.Version(), "go")},
		Notes: []string{
			"The garbage collector of this Go version runs during measurements, as GOGC determines.",
			"GOMAXPROCS is the number of workers of the run, regardless of Go's own detection. " + behavior(),
			"A WaitGroup joins all goroutines at once; each writes its result to its own slot.",
			"An idle process waits for timers in epoll, in whole milliseconds, so a shorter sleep takes about 1 ms.",
			"Cancellation is cooperative: a goroutine checks its context.",
			"Sockets use the defaults of the net package: TCP_NODELAY and keep-alive. The HTTP server is net/http.",
		},
		Cells: refusals(asked.Cells),
	}
}

// gogc returns the growth of the heap, as a percentage, after which the garbage collector starts.
func gogc() string {
	if value := os.Getenv("GOGC"); value != "" {
		return value
	}
	return "100"
}

// behavior describes which behavior of older Go versions this build requests.
func behavior() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "DefaultGODEBUG" && setting.Value != "" {
				return "Built with the older behavior of " + setting.Value + "."
			}
		}
	}
	return "Built with the behavior of its own Go version."
}

func refusals(cells []cell) []*string {
	reasons := make([]*string, len(cells))
	for i, cell := range cells {
		if _, reason := find(cell); reason != "" {
			reasons[i] = &reason
		}
	}
	return reasons
}
