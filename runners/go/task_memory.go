package main

import (
	"sync"
	"sync/atomic"
	"time"
)

// look is the interval at which the root checks whether all tasks wait.
const look = time.Millisecond

type slope struct {
	Ended    int64  `json:"ended"`
	WithHalf uint64 `json:"with_half"`
	WithAll  uint64 `json:"with_all"`
}

func taskMemory(s *setup) (iteration, error) {
	tasks := s.count("tasks")
	return func() (any, error) {
		gate := gate{opened: make(chan struct{})}
		withHalf, err := gate.residentWith(tasks)
		if err != nil {
			return nil, err
		}
		withAll, err := gate.residentWith(2 * tasks)
		close(gate.opened)
		gate.tasks.Wait()
		return slope{gate.passed.Load(), withHalf, withAll}, err
	}, nil
}

// A gate holds tasks until it is opened.
type gate struct {
	opened          chan struct{}
	waiting, passed atomic.Int64
	tasks           sync.WaitGroup
}

// residentWith returns resident memory once this number of tasks wait, including earlier ones.
func (g *gate) residentWith(tasks int) (uint64, error) {
	for n := int(g.waiting.Load()); n < tasks; n++ {
		g.tasks.Add(1)
		go g.pass()
	}
	for int(g.waiting.Load()) < tasks {
		time.Sleep(look)
	}
	return residentMemory()
}

func (g *gate) pass() {
	defer g.tasks.Done()
	g.waiting.Add(1)
	<-g.opened
	g.passed.Add(1)
}
