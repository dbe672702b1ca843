package main

import "time"

// A sleep records its task, its deadline, and whether it ended early.
type sleep struct {
	task     int
	deadline time.Time
	early    bool
}

func sleepFor(delay time.Duration, task int) sleep {
	deadline := time.Now().Add(delay)
	time.Sleep(delay)
	return sleep{task, deadline, time.Now().Before(deadline)}
}

type gathered struct {
	Tasks      int   `json:"tasks"`
	OutOfOrder int   `json:"out_of_order"`
	Early      int   `json:"early"`
	LatenessNs int64 `json:"lateness_ns"`
}

func gatheredOf(sleeps []sleep, lateness time.Duration) gathered {
	all := gathered{Tasks: len(sleeps), LatenessNs: lateness.Nanoseconds()}
	for i, sleep := range sleeps {
		if sleep.task != i {
			all.OutOfOrder++
		}
		if sleep.early {
			all.Early++
		}
	}
	return all
}

func timerGather(s *setup) (iteration, error) {
	tasks, delay := s.count("tasks"), s.duration("delay", time.Millisecond)
	return func() (any, error) {
		sleeps := gather(tasks, func(task int) sleep { return sleepFor(delay, task) })
		return gatheredOf(sleeps, since(lastDeadline(sleeps))), nil
	}, nil
}

func timerOneByOne(s *setup) (iteration, error) {
	tasks, delay := s.count("tasks"), s.duration("delay", time.Millisecond)
	return func() (any, error) {
		end := time.Now().Add(time.Duration(tasks) * delay)
		sleeps := make([]sleep, tasks)
		for task := range sleeps {
			sleeps[task] = sleepFor(delay, task)
		}
		return gatheredOf(sleeps, since(end)), nil
	}, nil
}

func lastDeadline(sleeps []sleep) time.Time {
	var last time.Time
	for _, sleep := range sleeps {
		if sleep.deadline.After(last) {
			last = sleep.deadline
		}
	}
	return last
}

type overshoots struct {
	OvershootsNs []int64 `json:"overshoots_ns"`
	Early        int     `json:"early"`
}

func timerPrecision(s *setup) (iteration, error) {
	sleeps, delay := s.count("sleeps"), s.duration("delay", time.Microsecond)
	return func() (any, error) {
		all := overshoots{OvershootsNs: make([]int64, sleeps)}
		for i := range all.OvershootsNs {
			slept := sleepFor(delay, i)
			all.OvershootsNs[i] = since(slept.deadline).Nanoseconds()
			if slept.early {
				all.Early++
			}
		}
		return all, nil
	}, nil
}

// since returns the time since a moment, or zero before it.
func since(moment time.Time) time.Duration {
	if passed := time.Since(moment); passed > 0 {
		return passed
	}
	return 0
}
