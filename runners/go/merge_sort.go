package main

import (
	"encoding/binary"
	"os"
	"sort"
)

func mergeSort(s *setup) (iteration, error) {
	cutOff := s.count("cut-off")
	if len(s.Files) != 1 {
		return nil, protocolErrorf("sort needs one file, not %d", len(s.Files))
	}
	input, err := readNumbers(s.Files[0])
	return func() (any, error) {
		return sorted(append([]uint64(nil), input...), cutOff), nil
	}, err
}

func readNumbers(file string) ([]uint64, error) {
	bytes, err := os.ReadFile(file)
	numbers := make([]uint64, len(bytes)/8)
	for i := range numbers {
		numbers[i] = binary.LittleEndian.Uint64(bytes[8*i:])
	}
	return numbers, err
}

// sorted sorts one half in a goroutine and the other half itself, and merges them.
func sorted(numbers []uint64, cutOff int) []uint64 {
	if len(numbers) <= cutOff {
		sort.Slice(numbers, func(i, j int) bool { return numbers[i] < numbers[j] })
		return numbers
	}
	middle := len(numbers) / 2
	left := make(chan []uint64, 1)
	go func() { left <- sorted(numbers[:middle], cutOff) }()
	right := sorted(numbers[middle:], cutOff)
	return merge(<-left, right)
}

func merge(left, right []uint64) []uint64 {
	merged := make([]uint64, 0, len(left)+len(right))
	for len(left) > 0 && len(right) > 0 {
		if left[0] <= right[0] {
			merged, left = append(merged, left[0]), left[1:]
		} else {
			merged, right = append(merged, right[0]), right[1:]
		}
	}
	return append(append(merged, left...), right...)
}
