package main

import (
	"net"
	"net/http"
	"time"
)

// A server serves a listener until it is closed.
type server func(net.Listener)

// echoSize is the size of the echo servers' messages in bytes.
const echoSize = 64

func echoServer(*setup) server {
	return func(listener net.Listener) {
		acceptAll(listener, func(connection net.Conn) { echo(connection, echoSize) })
	}
}

func httpServer(s *setup) server {
	wait := time.Duration(s.number("wait", 0)) * time.Millisecond
	body := page()
	answer := func(writer http.ResponseWriter, _ *http.Request) {
		if wait > 0 {
			time.Sleep(wait)
		}
		writer.Header().Set("Content-Type", "text/plain")
		writer.Write(body) // a client that disconnects ends its connection
	}
	return func(listener net.Listener) { http.Serve(listener, http.HandlerFunc(answer)) }
}

// page is the repeated alphabet, and a newline.
func page() []byte {
	body := make([]byte, 1024)
	for i := range body {
		body[i] = 'a' + byte(i%26)
	}
	body[len(body)-1] = '\n'
	return body
}
