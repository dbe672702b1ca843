// A runner of runtime-bench in Go: goroutines, channels, sync, net and net/http.
//
// It speaks the protocol of docs/runner-protocol.md: it reads one request from standard input, writes one
// reply to standard output, and exits.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := converse(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
