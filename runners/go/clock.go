package main

import "time"

// A clock returns the wall time and the CPU time of the process, both since an arbitrary moment. Tests
// have their own clock.
type clock interface {
	wall() time.Duration
	cpu() time.Duration
}

type systemClock struct{}

var origin = time.Now()

func (systemClock) wall() time.Duration { return time.Since(origin) }

func (systemClock) cpu() time.Duration { return processCPU() }
