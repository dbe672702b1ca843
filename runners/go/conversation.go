package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
)

// A conversation is one line in each direction, and one more for a server.
type conversation struct {
	in  *bufio.Reader
	out *json.Encoder // ends what it writes with a newline
}

// converse replies to the request on in, or returns when in ends.
func converse(in io.Reader, out io.Writer) error {
	c := conversation{in: bufio.NewReader(in), out: json.NewEncoder(out)}
	reply, err := c.answer()
	switch {
	case errors.Is(err, io.EOF):
		return nil // the harness has ended
	case err != nil:
		return c.out.Encode(failure(err))
	}
	return c.out.Encode(reply)
}

func (c *conversation) hear() (*request, error) {
	line, err := c.in.ReadBytes('\n')
	if err != nil && len(line) == 0 {
		return nil, err
	}
	return understand(line)
}

func (c *conversation) answer() (any, error) {
	asked, err := c.hear()
	if err != nil {
		return nil, err
	}
	switch asked.Request {
	case "describe":
		return describe(asked), nil
	case "trial":
		return c.trial(asked)
	}
	return nil, protocolErrorf("unknown request `%s`: this runner supports `describe` and `trial`", asked.Request)
}

func (c *conversation) trial(asked *request) (any, error) {
	workload, reason := find(asked.Cell)
	if reason != "" {
		return nil, protocolError(reason)
	}
	setup := &setup{request: asked}
	buildNs := build(setup.workers())
	if workload.serve != nil {
		return c.serve(workload, setup)
	}
	return measure(workload, setup, buildNs)
}

// serve runs a server until the harness stops it.
func (c *conversation) serve(workload workload, setup *setup) (any, error) {
	serve := workload.serve(setup)
	if setup.err != nil {
		return nil, setup.err
	}
	listener, err := listen()
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	go serve(listener)
	if err := c.out.Encode(ready{status("ready"), listener.Addr().String()}); err != nil {
		return nil, err
	}
	if err := c.awaitStop(); err != nil {
		return nil, err
	}
	return measured{header: status("ok"), Metrics: processMetrics()}, nil
}

func (c *conversation) awaitStop() error {
	asked, err := c.hear()
	if err == nil && asked.Request != "stop" {
		return protocolErrorf("unexpected request `%s`: a server expects `stop`", asked.Request)
	}
	return err
}
