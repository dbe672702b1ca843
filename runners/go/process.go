package main

import (
	"bytes"
	"errors"
	"os"
	"strconv"
)

// processMetrics are figures of this process from Linux's /proc; elsewhere there are none.
func processMetrics() []metric {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	var metrics []metric
	if threads, ok := procField(status, "Threads:"); ok {
		metrics = append(metrics, metric{"threads", "", "neither", threads})
	}
	if kib, ok := procField(status, "VmHWM:"); ok {
		metrics = append(metrics, metric{"peak-memory", "B", "lower", kib * 1024})
	}
	return metrics
}

// residentMemory is in bytes. smaps_rollup is exact; the counters of status lag behind.
func residentMemory() (uint64, error) {
	rollup, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		return 0, err
	}
	kib, ok := procField(rollup, "Rss:")
	if !ok {
		return 0, errors.New("/proc/self/smaps_rollup has no resident memory")
	}
	return kib * 1024, nil
}

// procField returns the number after a name at the beginning of a line.
func procField(text []byte, name string) (uint64, bool) {
	for _, line := range bytes.Split(text, []byte("\n")) {
		fields := bytes.Fields(line)
		if len(fields) >= 2 && string(fields[0]) == name {
			number, err := strconv.ParseUint(string(fields[1]), 10, 64)
			return number, err == nil
		}
	}
	return 0, false
}
