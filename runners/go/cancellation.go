package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// endingTasks end on their own, half of them with an error.
const endingTasks = 10

var errOnPurpose = errors.New("on purpose")

type cancelled struct {
	Opened    int64 `json:"opened"`
	Closed    int64 `json:"closed"`
	Completed int64 `json:"completed"`
	TookNs    int64 `json:"took_ns"`
}

func cancellation(s *setup) (iteration, error) {
	tasks := s.count("tasks")
	return func() (any, error) {
		var guards guards
		for task := 0; task < endingTasks; task++ {
			ended := make(chan error, 1)
			go func(task int) { ended <- guards.end(task) }(task)
			<-ended
		}
		completed, took := guards.cancelAll(tasks)
		return cancelled{guards.opened.Load(), guards.closed.Load(), completed, took.Nanoseconds()}, nil
	}, nil
}

// guards counts the guards that tasks open when they begin and close when they end, for any reason.
type guards struct {
	opened, closed atomic.Int64
}

func (g *guards) open() { g.opened.Add(1) }

func (g *guards) close() { g.closed.Add(1) }

func (g *guards) end(task int) error {
	g.open()
	defer g.close()
	if task%2 == 0 {
		return nil
	}
	return errOnPurpose
}

// wait waits for something that never happens, or until it is canceled.
func (g *guards) wait(ctx context.Context, arrived *sync.WaitGroup, never <-chan struct{}) bool {
	g.open()
	defer g.close()
	arrived.Done()
	select {
	case <-never:
		return true
	case <-ctx.Done():
		return false
	}
}

// cancelAll cancels waiting tasks. It returns how many completed first, and the time it took.
func (g *guards) cancelAll(tasks int) (int64, time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	never := make(chan struct{})
	var completed atomic.Int64
	var arrived, ended sync.WaitGroup
	arrived.Add(tasks)
	ended.Add(tasks)
	for task := 0; task < tasks; task++ {
		go func() {
			defer ended.Done()
			if g.wait(ctx, &arrived, never) {
				completed.Add(1)
			}
		}()
	}
	arrived.Wait()
	start := time.Now()
	cancel()
	ended.Wait()
	return completed.Load(), time.Since(start)
}
