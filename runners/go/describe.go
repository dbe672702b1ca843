package main

import (
	"fmt"
	"runtime"
	"strings"
)

func describe(asked *request) described {
	return described{
		header:        status("described"),
		Configuration: fmt.Sprintf("goroutines, GOMAXPROCS=%d", asked.Workers),
		Versions:      map[string]string{"go": strings.TrimPrefix(runtime.Version(), "go")},
		Notes: []string{
			"The garbage collector runs with its default settings during measurements.",
			"A WaitGroup joins all goroutines at once; each writes its result to its own slot.",
			"An idle process waits for timers in epoll, in whole milliseconds, so a shorter sleep takes about 1 ms.",
			"Cancellation is cooperative: a goroutine checks its context.",
			"Sockets use the defaults of the net package: TCP_NODELAY and keep-alive. The HTTP server is net/http.",
		},
		Cells: refusals(asked.Cells),
	}
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
