package main

import "runtime"

func yield(s *setup) (iteration, error) {
	tasks, yields := s.count("tasks"), s.count("yields")
	task := func(int) int {
		yielded := 0
		for ; yielded < yields; yielded++ {
			runtime.Gosched()
		}
		return yielded
	}
	return func() (any, error) { return sum(gather(tasks, task)), nil }, nil
}
