package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

// protocolVersion is the version of the protocol that this runner speaks.
const protocolVersion = 2

// A request is what the harness asks: it has the fields of a trial, of describe or of stop.
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

// A blockSize is one of its fields: an exact number of iterations, or as many as fill a time.
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
	// Cells holds null for a cell that can be done, else the reason why not.
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

// A protocolError is a request that this runner cannot answer.
type protocolError string

func (e protocolError) Error() string { return string(e) }

func protocolErrorf(format string, args ...any) error {
	return protocolError(fmt.Sprintf(format, args...))
}

// failure is the reply to a request that failed. Any error but one of the protocol was refused
// by the system.
func failure(err error) failed {
	kind := "setup"
	if errors.As(err, new(protocolError)) {
		kind = "protocol"
	}
	return failed{header: status("error"), Kind: kind, Message: err.Error()}
}

// understand reads a request. The version comes first: one that is spoken in another version may have
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
