package main

func forkJoinFib(s *setup) (iteration, error) {
	n, cutOff := s.count("n"), s.count("cut-off")
	return func() (any, error) { return forkFib(n, cutOff), nil }, nil
}

// forkFib spawns one half and computes the other; up to the cut-off it only computes.
func forkFib(n, cutOff int) uint64 {
	if n <= cutOff {
		return fib(n)
	}
	half := make(chan uint64, 1)
	go func() { half <- forkFib(n-1, cutOff) }()
	other := forkFib(n-2, cutOff)
	return <-half + other
}

func fib(n int) uint64 {
	if n < 2 {
		return uint64(n)
	}
	return fib(n-1) + fib(n-2)
}

func forkJoinSkynet(s *setup) (iteration, error) {
	leaves := s.count("leaves")
	return func() (any, error) { return skynet(0, leaves), nil }, nil
}

// skynet is a node of ten children: the sum of the numbers of its leaves. The last children of a node
// have fewer leaves, or none.
func skynet(first, leaves int) int {
	if leaves <= 1 {
		return first * leaves
	}
	part := (leaves + 9) / 10
	return sum(gather(10, func(child int) int {
		start := smaller(part*child, leaves)
		return skynet(first+start, smaller(part, leaves-start))
	}))
}

func smaller(a, b int) int {
	if a < b {
		return a
	}
	return b
}
