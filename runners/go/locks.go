package main

import "sync"

func mutex(s *setup) (iteration, error) {
	tasks, increments := s.count("tasks"), s.count("increments")
	return func() (any, error) {
		var lock sync.Mutex
		counter := 0
		each(tasks, func(int) {
			for n := 0; n < increments; n++ {
				lock.Lock()
				counter++
				lock.Unlock()
			}
		})
		return counter, nil
	}, nil
}

// writeEvery is the number of accesses per write.
const writeEvery = 20

type accesses struct {
	Writes int `json:"writes"`
	Reads  int `json:"reads"`
}

func rwLock(s *setup) (iteration, error) {
	tasks, count := s.count("tasks"), s.count("accesses")
	return func() (any, error) {
		var value guarded
		reads := gather(tasks, func(task int) int { return value.access(task, count) })
		return accesses{Writes: value.read(), Reads: sum(reads)}, nil
	}, nil
}

type guarded struct {
	lock  sync.RWMutex
	value int
}

// access makes the accesses of a task and returns the number of reads. The writes of tasks are staggered.
func (g *guarded) access(task, count int) int {
	reads := 0
	for n := 0; n < count; n++ {
		if (n+task)%writeEvery == 0 {
			g.increment()
		} else if g.read() >= 0 {
			reads++
		}
	}
	return reads
}

func (g *guarded) increment() {
	g.lock.Lock()
	g.value++
	g.lock.Unlock()
}

func (g *guarded) read() int {
	g.lock.RLock()
	defer g.lock.RUnlock()
	return g.value
}
