package main

import "time"

// A clock tells the wall time and the CPU time of the process, both from some moment on. Tests have
// one of their own.
type clock interface {
	wall() time.Duration
	cpu() time.Duration
}

type systemClock struct{}

var origin = time.Now()

func (systemClock) wall() time.Duration { return time.Since(origin) }

func (systemClock) cpu() time.Duration { return processCPU() }
