package main

func spawnJoin(s *setup) (iteration, error) {
	tasks := s.count("tasks")
	return func() (any, error) {
		return sum(gather(tasks, func(number int) int { return number })), nil
	}, nil
}

func spawnJoinRecursive(s *setup) (iteration, error) {
	tasks := s.count("tasks")
	return func() (any, error) {
		return sum(gather(1, func(number int) int { return tree(number, tasks) })), nil
	}, nil
}

// tree is a task that spawns two more; it returns the sum of its own number and all numbers below it.
func tree(number, tasks int) int {
	first := 2*number + 1
	children := 2
	if left := tasks - first; left < children {
		children = left
	}
	if children <= 0 {
		return number
	}
	return number + sum(gather(children, func(child int) int { return tree(first+child, tasks) }))
}

func spawnJoinChained(s *setup) (iteration, error) {
	tasks := s.count("tasks")
	return func() (any, error) {
		last := make(chan int, 1)
		go chain(0, tasks, 0, last)
		return <-last, nil
	}, nil
}

// chain is a task that spawns the next one and ends; the last one sends the sum.
func chain(number, tasks, sum int, last chan<- int) {
	sum += number
	if number+1 == tasks {
		last <- sum
		return
	}
	go chain(number+1, tasks, sum, last)
}
