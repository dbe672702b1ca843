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
			"The garbage collector has its defaults and takes part in what is measured.",
			"Goroutines are joined as a whole by a WaitGroup, and each leaves its result in a place of its own.",
			"An idle process waits for its timers in epoll, in whole milliseconds: a sleep of less takes about one.",
			"Cancellation is cooperation: a goroutine looks at its context.",
			"Sockets have the options of the package net: TCP_NODELAY and keep-alive. The HTTP server is that of net/http.",
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
