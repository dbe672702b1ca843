package main

// A delivery is a consumer's record of received items.
type delivery struct {
	Distinct int    `json:"distinct"`
	Sum      uint64 `json:"sum"`
	Repeated int    `json:"repeated"`
}

func boundedQueue(s *setup) (iteration, error) {
	producers, items, capacity := s.count("producers"), s.count("items"), s.count("capacity")
	return func() (any, error) {
		queue := make(chan int, capacity)
		go func() {
			each(producers, func(producer int) { produce(producer*items, items, queue) })
			close(queue)
		}()
		return consume(queue, producers*items), nil
	}, nil
}

func produce(first, items int, queue chan<- int) {
	for item := first; item < first+items; item++ {
		queue <- item
	}
}

func consume(queue <-chan int, items int) delivery {
	var got delivery
	seen := make([]bool, items)
	for item := range queue {
		got.Sum += uint64(item)
		if seen[item] {
			got.Repeated++
			continue
		}
		seen[item] = true
		got.Distinct++
	}
	return got
}
