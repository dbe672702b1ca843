package main

import "sync"

// each calls f with 0 to n - 1, each in its own goroutine, and waits for all.
func each(n int, f func(int)) {
	var group sync.WaitGroup
	group.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			defer group.Done()
			f(i)
		}(i)
	}
	group.Wait()
}

// gather does the same and returns the results in order.
func gather[T any](n int, f func(int) T) []T {
	results := make([]T, n)
	each(n, func(i int) { results[i] = f(i) })
	return results
}

// tryGather does the same for functions that can fail, and returns the first failure in order.
func tryGather[T any](n int, f func(int) (T, error)) ([]T, error) {
	results, errs := make([]T, n), make([]error, n)
	each(n, func(i int) { results[i], errs[i] = f(i) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

func sum[T int | uint64](numbers []T) T {
	var total T
	for _, number := range numbers {
		total += number
	}
	return total
}

func xor(numbers []uint64) uint64 {
	var all uint64
	for _, number := range numbers {
		all ^= number
	}
	return all
}
