//go:build unix && !linux

package main

import (
	"syscall"
	"time"
)

// processCPU is the CPU time of all threads.
func processCPU() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
