package main

import "fmt"

// An iteration does the work once, inside the timed code, and returns its output.
type iteration func() (any, error)

// A workload prepares an iteration or a server, or has a reason why it is not supported.
type workload struct {
	prepare func(*setup) (iteration, error)
	serve   func(*setup) server
	lacks   string
}

// catalog has a line for each workload and variant that this runner supports or rejects with a reason.
var catalog = map[string]workload{
	"timer-gather":              {prepare: timerGather},
	"timer-gather/one-by-one":   {prepare: timerOneByOne},
	"timer-precision":           {prepare: timerPrecision},
	"tcp-echo":                  {prepare: tcpEcho},
	"tcp-echo/fan-out":          {prepare: tcpEchoFanOut},
	"connect-churn":             {prepare: connectChurn},
	"scrape":                    {prepare: scrape},
	"echo-latency":              {serve: echoServer},
	"echo-latency/capacity":     {serve: echoServer},
	"http-server":               {serve: httpServer},
	"overload":                  {serve: echoServer},
	"cpu-batch":                 {prepare: cpuBatch},
	"fork-join/fib":             {prepare: forkJoinFib},
	"fork-join/skynet":          {prepare: forkJoinSkynet},
	"sort":                      {prepare: mergeSort},
	"spawn-join":                {prepare: spawnJoin},
	"spawn-join/recursive":      {prepare: spawnJoinRecursive},
	"spawn-join/chained":        {prepare: spawnJoinChained},
	"spawn-join/root-on-caller": {lacks: "a goroutine cannot be polled by a waiting thread"},
	"yield":                     {prepare: yield},
	"ping-pong":                 {prepare: pingPong},
	"mutex":                     {prepare: mutex},
	"rwlock":                    {prepare: rwLock},
	"worker-pool":               {prepare: workerPool},
	"bounded-queue":             {prepare: boundedQueue},
	"cancellation":              {prepare: cancellation},
	"task-memory":               {prepare: taskMemory},
	"task-memory/sleeping":      {lacks: "a goroutine in time.Sleep cannot be canceled"},
	"null":                      {prepare: null},
}

// find returns the workload of a cell, or the reason why this runner does not support it.
func find(c cell) (workload, string) {
	form := c.Workload
	if c.Variant != "" {
		form += "/" + c.Variant
	}
	workload, known := catalog[form]
	switch {
	case !known:
		return workload, "the Go runner implements only part of the catalog"
	case workload.lacks != "":
		return workload, workload.lacks
	}
	return workload, lacking(c.Params)
}

// lacking returns why Go does not support a value of a parameter.
func lacking(params []param) string {
	for _, p := range params {
		switch {
		case p.Name == "allocator":
			return "Go's allocator is part of its runtime and cannot be replaced"
		case p.Name == "capacity" && p.Value == "unbounded":
			return "Go has no unbounded channels"
		case (p.Name == "channel" || p.Name == "lock") && p.Value != "own":
			return fmt.Sprintf("goroutines use Go's own %ss; those of %v are for Rust", p.Name, p.Value)
		}
	}
	return ""
}
