package main

import (
	"math"
	"time"
)

const (
	// A warm instance has run for at least this time
	warmTime = 2 * time.Millisecond
	// and for two iterations, unless one took longer than this.
	longIteration = 20 * time.Millisecond
	// Windows of a steady instance agree within this share,
	window    = 100 * time.Millisecond
	agreement = 0.02
	// but it is measured after this time in any case.
	steadyAtMost = 5 * time.Second
)

// measure prepares a workload, warms it up and measures a block.
func measure(workload workload, setup *setup, buildNs int64) (any, error) {
	start := time.Now()
	iterate, err := workload.prepare(setup)
	if setup.err != nil {
		return nil, setup.err
	}
	if err != nil {
		return nil, err
	}
	prepareNs := time.Since(start).Nanoseconds()
	instance := &instance{iterate: iterate, clock: systemClock{}}
	reply, err := instance.measure(setup.Phase, setup.Block)
	if err != nil {
		return nil, err
	}
	reply.BuildNs, reply.PrepareNs = buildNs, prepareNs
	reply.Metrics = processMetrics()
	return reply, nil
}

// An instance is a prepared workload.
type instance struct {
	iterate iteration
	clock   clock
	// done counts the iterations so far.
	done int
}

// measure warms the instance up, and then measures a block.
func (i *instance) measure(phase string, size blockSize) (*measured, error) {
	start := i.clock.wall()
	count, err := i.warmUp(phase, size)
	if err != nil {
		return nil, err
	}
	reply := &measured{
		header:           status("ok"),
		WarmUpIterations: i.done,
		WarmUpNs:         (i.clock.wall() - start).Nanoseconds(),
	}
	reply.Samples, _, err = i.block(count)
	return reply, err
}

// warmUp returns the number of iterations of the block.
func (i *instance) warmUp(phase string, size blockSize) (int, error) {
	if size.Iterations > 0 {
		return size.Iterations, nil
	}
	var each time.Duration
	var err error
	switch phase {
	case "startup":
		return 1, nil
	case "warm":
		each, err = i.growUp()
	case "steady":
		each, err = i.settle()
	default:
		err = protocolErrorf("unknown phase `%s`", phase)
	}
	return howMany(time.Duration(size.Nanoseconds), each), err
}

// howMany returns the number of iterations that fill a time.
func howMany(time, each time.Duration) int {
	return int(math.Max(1, math.Round(float64(time)/math.Max(1, float64(each)))))
}

// growUp warms the instance up, and returns the time of an iteration.
func (i *instance) growUp() (time.Duration, error) {
	var spent time.Duration
	// Doubling limits the number of blocks if an iteration is short.
	for next := 1; ; next = i.done {
		_, took, err := i.block(next)
		spent += took
		enough := i.done >= 2 || spent > longIteration
		if err != nil || enough && spent >= warmTime {
			return took / time.Duration(next), err
		}
	}
}

// settle makes the instance steady, and returns the time of an iteration.
func (i *instance) settle() (time.Duration, error) {
	start := i.clock.wall()
	each, err := i.growUp()
	if err == nil {
		each, err = i.window(each)
	}
	for err == nil && i.clock.wall()-start < steadyAtMost {
		before := each
		each, err = i.window(before)
		if math.Abs(float64(each-before)) <= agreement*float64(each) {
			break
		}
	}
	return each, err
}

// window runs enough iterations to fill a window, given the time of one, and returns their mean time.
func (i *instance) window(each time.Duration) (time.Duration, error) {
	count := howMany(window, each)
	_, took, err := i.block(count)
	return took / time.Duration(count), err
}

// block runs some iterations, and returns their total time, including the time to read the clocks.
func (i *instance) block(count int) ([]sample, time.Duration, error) {
	samples := make([]sample, 0, count)
	start := i.clock.wall()
	for range samples[:count] {
		sample, err := i.sample()
		if err != nil {
			return nil, 0, err
		}
		samples = append(samples, sample)
	}
	i.done += count
	return samples, i.clock.wall() - start, nil
}

// sample runs one iteration. The wall clock is the inner one, because reading the other takes longer.
func (i *instance) sample() (sample, error) {
	cpu := i.clock.cpu()
	wall := i.clock.wall()
	answer, err := i.iterate()
	wall = i.clock.wall() - wall
	cpu = i.clock.cpu() - cpu
	return sample{WallNs: wall.Nanoseconds(), CPUNs: cpu.Nanoseconds(), Output: answer}, err
}
