package main

import "runtime"

// jobSteps is the number of steps of a job.
const jobSteps = 300

// scatter turns numbers into seeds: xorshift is linear, so the results of jobs seeded by their numbers would
// cancel each other out.
const scatter = 0x9e3779b97f4a7c15

type jobsDone struct {
	Xor  uint64 `json:"xor"`
	Most int64  `json:"most"`
}

// workerPool starts a goroutine for each job. A channel whose capacity is the limit is the
// semaphore; a goroutine that holds a place yields once, as if it waited for a reply.
func workerPool(s *setup) (iteration, error) {
	jobs, atOnce := s.count("jobs"), s.count("at-once")
	return func() (any, error) {
		var seen watch
		permits := make(chan struct{}, atOnce)
		answers := gather(jobs, func(job int) uint64 {
			permits <- struct{}{}
			defer func() { <-permits }()
			seen.begin()
			defer seen.end()
			runtime.Gosched()
			return xorshift(uint64(job)*scatter, jobSteps)
		})
		return jobsDone{Xor: xor(answers), Most: seen.most.Load()}, nil
	}, nil
}
