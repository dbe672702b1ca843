package main

import (
	"math"
	"runtime"
	"time"
)

// A setup is the input for preparing a workload.
type setup struct {
	*request
	// err is the error of the first invalid parameter. It is checked once, after preparing.
	err error
}

// count returns a parameter that must be a whole number of at least 1. Otherwise it returns 1 and sets err.
func (s *setup) count(name string) int {
	return s.number(name, 1)
}

// number returns a parameter that must be a whole number of at least least.
func (s *setup) number(name string, least int) int {
	value, ok := s.Cell.param(name).(float64)
	if ok && value == math.Trunc(value) && value >= float64(least) {
		return int(value)
	}
	if s.err == nil {
		s.err = protocolErrorf("`%s` must be a whole number of at least %d", name, least)
	}
	return least
}

// duration returns a parameter that is a number of units.
func (s *setup) duration(name string, unit time.Duration) time.Duration {
	return time.Duration(s.count(name)) * unit
}

// workers is the number of workers of the point if it has one, and otherwise that of the run.
func (s *setup) workers() int {
	if s.Cell.param("workers") != nil {
		return s.count("workers")
	}
	return s.Workers
}

func (c cell) param(name string) any {
	for _, param := range c.Params {
		if param.Name == name {
			return param.Value
		}
	}
	return nil
}

// build sets the number of threads and runs a first goroutine, because Go's runtime already exists before
// main. It returns the time that this took.
func build(workers int) int64 {
	start := time.Now()
	runtime.GOMAXPROCS(workers)
	ran := make(chan struct{})
	go close(ran)
	<-ran
	return time.Since(start).Nanoseconds()
}
