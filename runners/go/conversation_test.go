package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

const spawnTrial = `{"request":"trial","protocol":2,` +
	`"cell":{"workload":"spawn-join","params":[{"name":"tasks","value":3,"unit":""}],"runner":"go"},` +
	`"workers":1,"phase":"warm","block":{"nanoseconds":1000000},"seed":7,"limit_s":20,"scratch":"/tmp/x"}`

// said is the reply to a line.
func said(t *testing.T, line string) map[string]any {
	t.Helper()
	var out bytes.Buffer
	if err := converse(strings.NewReader(line+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("not one line: %q", out.String())
	}
	return understood(t, out.Bytes())
}

func understood(t *testing.T, line []byte) map[string]any {
	t.Helper()
	var reply map[string]any
	if err := json.Unmarshal(line, &reply); err != nil {
		t.Fatal(err)
	}
	if reply["protocol"] != float64(protocolVersion) {
		t.Errorf("the reply has protocol %v", reply["protocol"])
	}
	return reply
}

func TestATrialIsMeasured(t *testing.T) {
	reply := said(t, spawnTrial)
	samples, _ := reply["samples"].([]any)
	if reply["status"] != "ok" || len(samples) == 0 {
		t.Fatal(reply)
	}
	for _, one := range samples {
		sample := one.(map[string]any)
		if sample["output"] != 3.0 || sample["wall_ns"].(float64) <= 0 || sample["cpu_ns"].(float64) < 0 {
			t.Error(sample)
		}
	}
	for _, time := range []string{"build_ns", "prepare_ns", "warm_up_ns"} {
		if reply[time].(float64) <= 0 {
			t.Errorf("%s is %v", time, reply[time])
		}
	}
}

func TestNothingIsAnsweredAsNull(t *testing.T) {
	reply := said(t, `{"request":"trial","protocol":2,"cell":{"workload":"null","params":[]},"workers":1,"phase":"warm","block":{"iterations":1}}`)
	sample := reply["samples"].([]any)[0].(map[string]any)
	if answer, there := sample["output"]; !there || answer != nil {
		t.Error(sample)
	}
}

func TestItDescribesItself(t *testing.T) {
	reply := said(t, `{"request":"describe","protocol":2,"workers":2,"cells":[`+
		`{"workload":"spawn-join","params":[{"name":"tasks","value":1000,"unit":""}],"runner":"go"},`+
		`{"workload":"spawn-join","variant":"root-on-caller","params":[],"runner":"go"},`+
		`{"workload":"brigade","params":[],"runner":"go"},`+
		`{"workload":"mutex","params":[{"name":"lock","value":"tokio"}],"runner":"go"},`+
		`{"workload":"bounded-queue","params":[{"name":"capacity","value":"unbounded"}],"runner":"go"},`+
		`{"workload":"null","params":[{"name":"allocator","value":"mimalloc"}],"runner":"go"}]}`)
	cells := reply["cells"].([]any)
	if reply["status"] != "described" || len(cells) != 6 || cells[0] != nil {
		t.Fatal(reply)
	}
	for i, about := range []string{"polled", "part of the catalog", "tokio", "unbounded", "allocator"} {
		if reason, _ := cells[i+1].(string); !strings.Contains(reason, about) {
			t.Errorf("%v says nothing of %s", cells[i+1], about)
		}
	}
}

func TestWhatCannotBeAnsweredIsAnErrorOfTheProtocol(t *testing.T) {
	tests := []struct{ line, about string }{
		{strings.Replace(spawnTrial, `"protocol":2`, `"protocol":3`, 1), "protocol 3, but this runner speaks 2"},
		{`{"request":{"of another":"form"},"protocol":"3"}`, `protocol "3"`},
		{`{"request":"trial"}`, "this runner speaks 2"},
		{`{"request":"stop","protocol":2}`, "stop"},
		{`hello`, "cannot read the request"},
		{strings.Replace(spawnTrial, "spawn-join", "brigade", 1), "part of the catalog"},
		{strings.Replace(spawnTrial, "warm", "ancient", 1), "ancient"},
		{strings.Replace(spawnTrial, `"tasks"`, `"sheep"`, 1), "tasks"},
	}
	for _, test := range tests {
		reply := said(t, test.line)
		message, _ := reply["message"].(string)
		if reply["status"] != "error" || reply["kind"] != "protocol" || !strings.Contains(message, test.about) {
			t.Errorf("%s: %v", test.line, reply)
		}
	}
}

func TestWhatIsRefusedIsAnErrorOfTheSetup(t *testing.T) {
	reply := said(t, `{"request":"trial","protocol":2,"cell":{"workload":"sort","params":[{"name":"cut-off","value":5}]},`+
		`"workers":1,"phase":"warm","block":{"iterations":1},"files":["/nowhere"]}`)
	if reply["status"] != "error" || reply["kind"] != "setup" {
		t.Error(reply)
	}
}

func TestItEndsWithItsInput(t *testing.T) {
	var out bytes.Buffer
	if err := converse(strings.NewReader(""), &out); err != nil || out.Len() != 0 {
		t.Error(err, out.String())
	}
}

// A running server, connected by pipes.
type running struct {
	t       *testing.T
	in      *io.PipeWriter
	out     *bufio.Reader
	address string
	ended   chan error
}

func serving(t *testing.T, params, workload string) *running {
	t.Helper()
	requests, in := io.Pipe()
	out, replies := io.Pipe()
	r := &running{t: t, in: in, out: bufio.NewReader(out), ended: make(chan error, 1)}
	go func() {
		err := converse(requests, replies)
		replies.Close()
		r.ended <- err
	}()
	ready := r.ask(`{"request":"trial","protocol":2,"cell":{"workload":"` + workload + `","params":[` + params +
		`]},"workers":1,"phase":"warm","block":{"iterations":1}}`)
	if ready["status"] != "ready" {
		t.Fatal(ready)
	}
	r.address = ready["address"].(string)
	return r
}

func (r *running) ask(line string) map[string]any {
	r.t.Helper()
	if _, err := io.WriteString(r.in, line+"\n"); err != nil {
		r.t.Fatal(err)
	}
	reply, err := r.out.ReadBytes('\n')
	if err != nil {
		r.t.Fatal(err)
	}
	return understood(r.t, reply)
}

// stop ends the server as the harness does.
func (r *running) stop() {
	r.t.Helper()
	if reply := r.ask(`{"request":"stop","protocol":2}`); reply["status"] != "ok" || reply["samples"] != nil {
		r.t.Error(reply)
	}
	if err := <-r.ended; err != nil {
		r.t.Error(err)
	}
	if _, err := net.Dial("tcp", r.address); err == nil {
		r.t.Error("it still listens")
	}
}

func TestEchoServersEcho(t *testing.T) {
	for _, workload := range []string{"echo-latency", "overload"} {
		server := serving(t, "", workload)
		connections, err := dialAll(server.address, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i := range connections {
			if seen, err := talk(connections[i:i+1], i, 2, echoSize); err != nil || seen != (echoed{2, 0}) {
				t.Error(seen, err)
			}
		}
		server.stop()
	}
}

func TestTheHTTPServerHasItsPage(t *testing.T) {
	server := serving(t, `{"name":"wait","value":1,"unit":"ms"}`, "http-server")
	response, err := http.Get("http://" + server.address + "/")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 || response.ContentLength != 1024 {
		t.Error(err, response)
	}
	if text := string(body); !strings.HasPrefix(text, "abcdefghijklmnopqrstuvwxyzab") || !strings.HasSuffix(text, "hi\n") || len(text) != 1024 {
		t.Error(text)
	}
	server.stop()
}

func TestAServerEndsWithItsInput(t *testing.T) {
	server := serving(t, "", "overload")
	server.in.Close()
	if err := <-server.ended; err != nil {
		t.Error(err)
	}
	if rest, err := io.ReadAll(server.out); err != nil || len(rest) != 0 {
		t.Error(err, string(rest))
	}
}

func TestAServerRefusesAnotherVersionAndAnotherRequest(t *testing.T) {
	for _, line := range []string{`{"request":"stop","protocol":3}`, spawnTrial} {
		server := serving(t, "", "overload")
		if reply := server.ask(line); reply["status"] != "error" || reply["kind"] != "protocol" {
			t.Error(reply)
		}
	}
}
