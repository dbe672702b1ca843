package main

import "sync/atomic"

// A watch counts concurrent workers.
type watch struct {
	now, most atomic.Int64
}

func (w *watch) begin() {
	now := w.now.Add(1)
	for most := w.most.Load(); now > most && !w.most.CompareAndSwap(most, now); {
		most = w.most.Load()
	}
}

func (w *watch) end() { w.now.Add(-1) }
