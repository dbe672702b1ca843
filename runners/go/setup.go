package main

import (
	"math"
	"runtime"
	"time"
)

// A setup is what a workload is prepared from.
type setup struct {
	*request
	// err is the first parameter that could not be used. It is looked at once, after preparing.
	err error
}

// count is a parameter that is a whole number from 1 on. Where it is none, it is 1 and err is set.
func (s *setup) count(name string) int {
	return s.number(name, 1)
}

// number is a parameter that is a whole number and not below least.
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

// duration is a parameter that is a number of units.
func (s *setup) duration(name string, unit time.Duration) time.Duration {
	return time.Duration(s.count(name)) * unit
}

// workers are those of the point, where it has any, else those of the run.
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

// build is what there is to build, since Go's runtime is there before main: its threads are set, and a
// first goroutine runs. It returns what that took.
func build(workers int) int64 {
	start := time.Now()
	runtime.GOMAXPROCS(workers)
	ran := make(chan struct{})
	go close(ran)
	<-ran
	return time.Since(start).Nanoseconds()
}
