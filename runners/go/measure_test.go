package main

import (
	"testing"
	"time"
)

// A handClock only advances when a test advances it.
type handClock struct{ now time.Duration }

func (c *handClock) wall() time.Duration { return c.now }

func (c *handClock) cpu() time.Duration { return c.now }

// lasting is an instance whose iterations take a time that depends on their number.
func lasting(of func(number int) time.Duration) *instance {
	clock := new(handClock)
	number := 0
	return &instance{clock: clock, iterate: func() (any, error) {
		clock.now += of(number)
		number++
		return number, nil
	}}
}

func always(duration time.Duration) func(int) time.Duration {
	return func(int) time.Duration { return duration }
}

func TestAgesAndBlocks(t *testing.T) {
	const ms, us = time.Millisecond, time.Microsecond
	growing := func(number int) time.Duration { return ms + time.Duration(number)*ms }
	fill := func(time time.Duration) blockSize { return blockSize{Nanoseconds: time.Nanoseconds()} }
	tests := []struct {
		name            string
		phase           string
		size            blockSize
		of              func(int) time.Duration
		warmUp, samples int
	}{
		{"a fixed number", "warm", blockSize{Iterations: 3}, always(ms), 0, 3},
		{"startup is the first", "startup", fill(8 * ms), always(ms), 0, 1},
		{"two milliseconds", "warm", fill(8 * ms), always(10 * us), 256, 800},
		{"two iterations", "warm", fill(8 * ms), always(15 * ms), 2, 1},
		{"one long iteration", "warm", fill(8 * ms), always(25 * ms), 1, 1},
		{"the last warm-up iterations count", "warm", fill(8 * ms), growing, 2, 4},
		{"windows that agree", "steady", fill(200 * ms), always(10 * ms), 22, 20},
		{"limited time", "steady", fill(200 * ms), alternating(), 50, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			instance := lasting(test.of)
			reply, err := instance.measure(test.phase, test.size)
			if err != nil {
				t.Fatal(err)
			}
			if reply.WarmUpIterations != test.warmUp || len(reply.Samples) != test.samples {
				t.Errorf("%d iterations and %d samples", reply.WarmUpIterations, len(reply.Samples))
			}
			for i, sample := range reply.Samples {
				if want := test.of(test.warmUp + i).Nanoseconds(); sample.WallNs != want || sample.CPUNs != want {
					t.Errorf("sample %d is %v", i, sample)
				}
			}
		})
	}
}

// alternating iterations never agree with the previous ones.
func alternating() func(int) time.Duration {
	return func(number int) time.Duration { return time.Duration(98+5*(number%2)) * time.Millisecond }
}

func TestProcessCPUPasses(t *testing.T) {
	before := processCPU()
	for number := uint64(1); processCPU()-before < 2*time.Millisecond; number++ {
		xorshift(number, 1000)
	}
}
