package main

import "time"

type batch struct {
	Xor          uint64 `json:"xor"`
	SequentialNs int64  `json:"sequential_ns"`
}

func cpuBatch(s *setup) (iteration, error) {
	jobs, steps, seed := s.count("jobs"), s.count("steps"), s.Seed
	job := func(number int) uint64 {
		// From 0.5 to 1.5 times the mean, in steps of a sixteenth.
		size := steps/2 + steps*(number*7%16)/16
		return xorshift(seed+uint64(number), size)
	}
	if s.err != nil {
		return nil, s.err
	}
	sequential := plainLoop(jobs, job)
	return func() (any, error) {
		return batch{Xor: xor(gather(jobs, job)), SequentialNs: sequential.Nanoseconds()}, nil
	}, nil
}

// plainLoop returns the time of the jobs in a plain loop, the faster of two runs.
func plainLoop(jobs int, job func(int) uint64) time.Duration {
	fastest := time.Duration(1<<63 - 1)
	for pass := 0; pass < 2; pass++ {
		start := time.Now()
		for number := 0; number < jobs; number++ {
			job(number)
		}
		if took := time.Since(start); took < fastest {
			fastest = took
		}
	}
	return fastest
}

// xorshift is the state of Marsaglia's xorshift64 after a number of steps. The seed must not be zero.
func xorshift(seed uint64, steps int) uint64 {
	x := seed | 1
	for ; steps > 0; steps-- {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}
