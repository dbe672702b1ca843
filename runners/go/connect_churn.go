package main

import (
	"io"
	"net"
	"sync/atomic"
)

type churned struct {
	Answered int `json:"answered"`
	Wrong    int `json:"wrong"`
	Served   int `json:"served"`
}

func connectChurn(s *setup) (iteration, error) {
	connections, atOnce := s.count("connections"), s.count("at-once")
	listener, err := listen()
	if err != nil {
		return nil, err
	}
	// A server goroutine must not wait for the one that counts.
	served := make(chan bool, connections)
	go acceptAll(listener, func(connection net.Conn) { served <- serveOnce(connection) })
	return func() (any, error) {
		var next atomic.Int64
		seen, err := tryGather(atOnce, func(int) (echoed, error) {
			return visit(listener.Addr().String(), &next, connections)
		})
		if err != nil {
			return nil, err
		}
		return churnedOf(seen, served, connections), nil
	}, nil
}

func churnedOf(seen []echoed, served <-chan bool, connections int) churned {
	var all churned
	for _, client := range seen {
		all.Answered += client.Messages
		all.Wrong += client.Wrong
	}
	for n := 0; n < connections; n++ {
		if <-served {
			all.Served++
		}
	}
	return all
}

// visit is a client: it opens one connection after another until there are enough.
func visit(address string, next *atomic.Int64, connections int) (echoed, error) {
	var seen echoed
	sent, got := make([]byte, echoSize), make([]byte, echoSize)
	for {
		number := int(next.Add(1)) - 1
		if number >= connections {
			return seen, nil
		}
		fill(sent, number, 0)
		if err := exchange(address, sent, got); err != nil {
			return seen, err
		}
		seen.count(sent, got)
	}
}

// exchange runs for one connection.
func exchange(address string, sent, got []byte) error {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer connection.Close()
	if _, err := connection.Write(sent); err != nil {
		return err
	}
	_, err = io.ReadFull(connection, got)
	return err
}

// serveOnce echoes a message and waits for the end of the connection. The client closes first, and then
// this end resets, so that no connection lingers in the kernel for the next runner.
func serveOnce(connection net.Conn) bool {
	defer connection.Close()
	connection.(*net.TCPConn).SetLinger(0)
	message := make([]byte, echoSize)
	if _, err := io.ReadFull(connection, message); err != nil {
		return false
	}
	if _, err := connection.Write(message); err != nil {
		return false
	}
	_, err := connection.Read(message)
	return err == io.EOF
}
