// A runner of runtime-bench in Go: goroutines, channels, sync, net and net/http.
//
// It speaks the protocol of docs/runner-protocol.md: one request on standard input, one reply on
// standard output, and then it ends.
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
