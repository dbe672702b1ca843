package main

import (
	"bytes"
	"io"
	"net"
)

type echoed struct {
	Messages int `json:"messages"`
	Wrong    int `json:"wrong"`
}

func tcpEcho(s *setup) (iteration, error) {
	return echoClients(s, s.count("connections"))
}

func tcpEchoFanOut(s *setup) (iteration, error) {
	return echoClients(s, 1)
}

// echoClients creates clients that share the connections evenly.
func echoClients(s *setup, clients int) (iteration, error) {
	connections, messages, size := s.count("connections"), s.count("messages"), s.count("size")
	share := connections / clients
	all, err := echoPairs(connections, size)
	return func() (any, error) {
		seen, err := tryGather(clients, func(client int) (echoed, error) {
			first := client * share
			return talk(all[first:first+share], first, messages, size)
		})
		var total echoed
		for _, one := range seen {
			total.Messages += one.Messages
			total.Wrong += one.Wrong
		}
		return total, err
	}, err
}

// echoPairs connects clients to goroutines that echo.
func echoPairs(count, size int) ([]net.Conn, error) {
	listener, err := listen()
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	clients, err := dialAll(listener.Addr().String(), count)
	if err != nil {
		return nil, err
	}
	for _, client := range clients {
		server, err := listener.Accept()
		if err != nil {
			return nil, err
		}
		for _, end := range []net.Conn{client, server} {
			if err := setBuffers(end); err != nil {
				return nil, err
			}
		}
		go echo(server, size)
	}
	return clients, nil
}

// talk sends a message over each connection and then waits for the echoes, a number of times. first numbers
// the connections.
func talk(connections []net.Conn, first, messages, size int) (echoed, error) {
	var seen echoed
	sent := make([][]byte, len(connections))
	for i := range sent {
		sent[i] = make([]byte, size)
	}
	got := make([]byte, size)
	for n := 0; n < messages; n++ {
		for i, connection := range connections {
			fill(sent[i], first+i, n)
			if _, err := connection.Write(sent[i]); err != nil {
				return seen, err
			}
		}
		for i, connection := range connections {
			if _, err := io.ReadFull(connection, got); err != nil {
				return seen, err
			}
			seen.count(sent[i], got)
		}
	}
	return seen, nil
}

func (e *echoed) count(sent, got []byte) {
	e.Messages++
	if !bytes.Equal(sent, got) {
		e.Wrong++
	}
}
