package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

// protocolVersion is the version of the protocol that this runner speaks.
const protocolVersion = 2

// A request of the harness has the fields of trial, describe or stop.
type request struct {
	Request string `json:"request"`
	Workers int    `json:"workers"`
	Cells   []cell `json:"cells"`

	Cell    cell      `json:"cell"`
	Phase   string    `json:"phase"`
	Block   blockSize `json:"block"`
	Seed    uint64    `json:"seed"`
	Files   []string  `json:"files"`
	Address string    `json:"address"`
}

// A blockSize is an exact number of iterations, or a time to fill.
type blockSize struct {
	Iterations  int   `json:"iterations"`
	Nanoseconds int64 `json:"nanoseconds"`
}

// A cell is a workload at a point of its parameters.
type cell struct {
	Workload string  `json:"workload"`
	Variant  string  `json:"variant"`
	Params   []param `json:"params"`
}

// A param has a number or a name as its value.
type param struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// A header begins every reply.
type header struct {
	Protocol int    `json:"protocol"`
	Status   string `json:"status"`
}

type described struct {
	header
	Configuration string            `json:"configuration"`
	Versions      map[string]string `json:"versions"`
	Notes         []string          `json:"notes"`
	// Cells holds null for a supported cell, and otherwise the reason.
	Cells []*string `json:"cells"`
}

type ready struct {
	header
	Address string `json:"address"`
}

type measured struct {
	header
	Samples          []sample `json:"samples,omitempty"`
	WarmUpIterations int      `json:"warm_up_iterations"`
	BuildNs          int64    `json:"build_ns"`
	PrepareNs        int64    `json:"prepare_ns"`
	WarmUpNs         int64    `json:"warm_up_ns"`
	Metrics          []metric `json:"metrics"`
}

type sample struct {
	WallNs int64 `json:"wall_ns"`
	CPUNs  int64 `json:"cpu_ns"`
	Output any   `json:"output"`
}

type metric struct {
	Name   string `json:"name"`
	Unit   string `json:"unit"`
	Better string `json:"better"`
	Value  uint64 `json:"value"`
}

type failed struct {
	header
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

func status(name string) header {
	return header{Protocol: protocolVersion, Status: name}
}

// A protocolError means a request that this runner does not support.
type protocolError string

func (e protocolError) Error() string { return string(e) }

func protocolErrorf(format string, args ...any) error {
	return protocolError(fmt.Sprintf(format, args...))
}

// failure is the reply to a failed request. Every error other than a protocol error is a refusal of the
// system.
func failure(err error) failed {
	kind := "setup"
	if errors.As(err, new(protocolError)) {
		kind = "protocol"
	}
	return failed{header: status("error"), Kind: kind, Message: err.Error()}
}

// understand reads a request. It checks the version first, because a request of another version may have
// any form.
func understand(line []byte) (*request, error) {
	var spoken struct {
		Protocol json.RawMessage `json:"protocol"`
	}
	if err := json.Unmarshal(line, &spoken); err != nil {
		return nil, protocolErrorf("cannot read the request: %v", err)
	}
	if version := string(spoken.Protocol); version != fmt.Sprint(protocolVersion) {
		return nil, protocolErrorf("the request has protocol %s, but this runner speaks %d", version, protocolVersion)
	}
	asked := new(request)
	if err := json.Unmarshal(line, asked); err != nil {
		return nil, protocolErrorf("cannot read the request: %v", err)
	}
	return asked, nil
}
