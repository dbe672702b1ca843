package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A smoke test is a tiny cell and its expected output. "any" stands for a number that depends on time or the
// machine.
type smoke struct {
	cell   string
	answer string
}

var smokes = []smoke{
	{"null", `null`},
	{"timer-gather tasks=2 delay=1", `{"tasks":2,"out_of_order":0,"early":0,"lateness_ns":"any"}`},
	{"timer-gather/one-by-one tasks=2 delay=1", `{"tasks":2,"out_of_order":0,"early":0,"lateness_ns":"any"}`},
	{"timer-precision delay=100 sleeps=3", `{"overshoots_ns":["any","any","any"],"early":0}`},
	{"tcp-echo connections=2 messages=3 size=64", `{"messages":6,"wrong":0}`},
	{"tcp-echo/fan-out connections=2 messages=3 size=64", `{"messages":6,"wrong":0}`},
	{"connect-churn connections=4 at-once=2", `{"answered":4,"wrong":0,"served":4}`},
	{"cpu-batch jobs=4 steps=100", fmt.Sprintf(`{"xor":%d,"sequential_ns":"any"}`, uint64(cpuBatchOfFour))},
	{"fork-join/fib n=10 cut-off=6", `55`},
	{"fork-join/skynet leaves=50", `1225`},
	{"spawn-join tasks=20", `190`},
	{"spawn-join/recursive tasks=20", `190`},
	{"spawn-join/chained tasks=20", `190`},
	{"yield tasks=4 yields=5", `20`},
	{"ping-pong pairs=2 rounds=5 channel=own", `{"right":10,"wrong":0}`},
	{"mutex tasks=4 increments=10 lock=own", `40`},
	{"rwlock tasks=7 accesses=100 lock=own", `{"writes":35,"reads":665}`},
	{"worker-pool jobs=42 at-once=4", fmt.Sprintf(`{"xor":%d,"most":"any"}`, uint64(workerPoolOfMany))},
	{"bounded-queue producers=3 items=50 capacity=4 channel=own", `{"distinct":150,"sum":11175,"repeated":0}`},
	{"cancellation tasks=20", `{"opened":30,"closed":30,"completed":0,"took_ns":"any"}`},
	{"task-memory tasks=20", `{"ended":40,"with_half":"any","with_all":"any"}`},
}

// The expected combined results for the seed of the tests, computed outside of this package.
const (
	cpuBatchOfFour   = 12220926652247584469
	workerPoolOfMany = 16550713790873454048
)

const testSeed = 7

func TestWorkloadsAnswer(t *testing.T) {
	for _, test := range smokes {
		t.Run(test.cell, func(t *testing.T) {
			expect(t, iterated(t, &request{Cell: parse(test.cell), Seed: testSeed}), test.answer)
		})
	}
}

func TestEveryWorkloadIsTested(t *testing.T) {
	tested := map[string]bool{"sort": true, "scrape": true} // in separate tests
	for _, test := range smokes {
		tested[strings.Fields(test.cell)[0]] = true
	}
	for form, workload := range catalog {
		if workload.prepare != nil && !tested[form] {
			t.Errorf("%s has no test", form)
		}
	}
}

func TestSort(t *testing.T) {
	input := []uint64{5, 3, 1 << 63, 0, 3, 9, 2}
	bytes := make([]byte, 0, 8*len(input))
	for _, number := range input {
		bytes = binary.LittleEndian.AppendUint64(bytes, number)
	}
	file := filepath.Join(t.TempDir(), "numbers")
	if err := os.WriteFile(file, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := &request{Cell: parse("sort elements=7 cut-off=2"), Files: []string{file}}
	expect(t, iterated(t, asked), `[0,2,3,3,5,9,9223372036854775808]`)
}

func TestScrape(t *testing.T) {
	listener, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go acceptAll(listener, serveSite)
	asked := &request{Cell: parse("scrape pages=3 at-once=1"), Address: listener.Addr().String()}
	sum := func(number byte) uint32 { return crc32.ChecksumIEEE(sitePage(number)) }
	expect(t, iterated(t, asked), fmt.Sprintf(`{"pages":[[0,%d],[1,%d],[2,%d]],"most":1}`, sum(0), sum(1), sum(2)))
}

func serveSite(connection net.Conn) {
	question := make([]byte, 8)
	for {
		if _, err := io.ReadFull(connection, question); err != nil {
			return
		}
		connection.Write(sitePage(question[0]))
	}
}

func sitePage(number byte) []byte {
	content := make([]byte, pageSize)
	for i := range content {
		content[i] = number + byte(i)
	}
	return content
}

func TestBadParametersAreRefused(t *testing.T) {
	for _, cell := range []string{"spawn-join", "spawn-join tasks=0", "spawn-join tasks=many", "yield tasks=1", "cpu-batch jobs=1"} {
		workload, reason := find(parse(cell))
		if reason != "" {
			t.Fatal(reason)
		}
		setup := &setup{request: &request{Cell: parse(cell)}}
		if _, err := measure(workload, setup, 0); failure(err).Kind != "protocol" {
			t.Errorf("%s: %v", cell, err)
		}
	}
}

// parse reads `workload/variant name=value …`.
func parse(text string) cell {
	words := strings.Fields(text)
	workload, variant, _ := strings.Cut(words[0], "/")
	params := make([]param, len(words)-1)
	for i, word := range words[1:] {
		name, text, _ := strings.Cut(word, "=")
		var value any = text
		// A value that is not a number stays a name.
		_ = json.Unmarshal([]byte(text), &value)
		params[i] = param{name, value}
	}
	return cell{Workload: workload, Variant: variant, Params: params}
}

// iterated returns the output of the second iteration, because remains of the first may disturb it.
func iterated(t *testing.T, asked *request) any {
	t.Helper()
	workload, reason := find(asked.Cell)
	if reason != "" {
		t.Fatal(reason)
	}
	setup := &setup{request: asked}
	iterate, err := workload.prepare(setup)
	if err != nil || setup.err != nil {
		t.Fatal(err, setup.err)
	}
	if _, err := iterate(); err != nil {
		t.Fatal(err)
	}
	answer, err := iterate()
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func expect(t *testing.T, answer any, wanted string) {
	t.Helper()
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	if !matches(decode(t, string(text)), decode(t, wanted)) {
		t.Errorf("it answered %s and not %s", text, wanted)
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber() // 64 bits are more than a float has
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// matches compares; "any" stands for a number that is not negative.
func matches(got, wanted any) bool {
	switch wanted := wanted.(type) {
	case string:
		number, ok := got.(json.Number)
		return ok && wanted == "any" && !strings.HasPrefix(number.String(), "-")
	case map[string]any:
		got, ok := got.(map[string]any)
		for name, value := range wanted {
			ok = ok && matches(got[name], value)
		}
		return ok && len(got) == len(wanted)
	case []any:
		got, ok := got.([]any)
		ok = ok && len(got) == len(wanted)
		for i := 0; ok && i < len(wanted); i++ {
			ok = matches(got[i], wanted[i])
		}
		return ok
	}
	return reflect.DeepEqual(got, wanted)
}
