package main

import (
	"errors"
	"io"
	"net"
	"time"
)

// buffer is room for a message of every size, in either direction.
const buffer = 64 * 1024

// afterRefusal is the delay before accepting again after an error, such as the limit of open files.
const afterRefusal = 10 * time.Millisecond

func listen() (net.Listener, error) {
	return net.Listen("tcp", "127.0.0.1:0")
}

// acceptAll gives each connection a goroutine, until the listener is closed.
func acceptAll(listener net.Listener, handle func(net.Conn)) {
	for {
		connection, err := listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			time.Sleep(afterRefusal)
		default:
			go handle(connection)
		}
	}
}

// dialAll connects to a server a number of times.
func dialAll(address string, count int) ([]net.Conn, error) {
	connections := make([]net.Conn, count)
	for i := range connections {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return nil, err
		}
		connections[i] = connection
	}
	return connections, nil
}

// setBuffers gives a connection of TCP its buffers.
func setBuffers(connection net.Conn) error {
	tcp := connection.(*net.TCPConn)
	if err := tcp.SetReadBuffer(buffer); err != nil {
		return err
	}
	return tcp.SetWriteBuffer(buffer)
}

// echo sends messages of a size back until the connection ends.
func echo(connection net.Conn, size int) {
	defer connection.Close()
	message := make([]byte, size)
	for {
		if _, err := io.ReadFull(connection, message); err != nil {
			return
		}
		if _, err := connection.Write(message); err != nil {
			return
		}
	}
}

// fill fills message number n of a connection; consecutive messages differ.
func fill(message []byte, connection, n int) {
	first := connection*31 + n*7
	for i := range message {
		message[i] = byte(first + i)
	}
}
