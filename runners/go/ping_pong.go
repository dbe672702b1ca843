package main

// A rally counts replies.
type rally struct {
	Right int `json:"right"`
	Wrong int `json:"wrong"`
}

func pingPong(s *setup) (iteration, error) {
	pairs, rounds := s.count("pairs"), s.count("rounds")
	return func() (any, error) {
		var all rally
		for _, one := range gather(pairs, func(pair int) rally { return play(pair*rounds, rounds) }) {
			all.Right += one.Right
			all.Wrong += one.Wrong
		}
		return all, nil
	}, nil
}

// play exchanges messages with a partner, which replies with the next number.
func play(first, rounds int) rally {
	ask, answer := make(chan int, 1), make(chan int, 1)
	go func() {
		for question := range ask {
			answer <- question + 1
		}
		close(answer)
	}()
	var seen rally
	for question := first; question < first+rounds; question++ {
		ask <- question
		if <-answer == question+1 {
			seen.Right++
		} else {
			seen.Wrong++
		}
	}
	close(ask)
	<-answer // the partner has ended
	return seen
}
