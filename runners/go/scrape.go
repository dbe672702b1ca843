package main

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"net"
)

// pageSize is the size of a page in bytes.
const pageSize = 2048

type scraped struct {
	// Pages holds the number and the checksum of each page.
	Pages [][2]uint64 `json:"pages"`
	Most  int64       `json:"most"`
}

// scrape starts a goroutine for each page. The channel of idle connections is the semaphore.
func scrape(s *setup) (iteration, error) {
	pages, atOnce := s.count("pages"), s.count("at-once")
	connections, err := dialAll(s.Address, atOnce)
	if err != nil {
		return nil, err
	}
	idle := make(chan net.Conn, atOnce)
	for _, connection := range connections {
		idle <- connection
	}
	return func() (any, error) {
		var inUse watch
		fetched, err := tryGather(pages, func(number int) ([2]uint64, error) {
			connection := <-idle
			inUse.begin()
			defer func() {
				inUse.end()
				idle <- connection
			}()
			return fetch(connection, number)
		})
		return scraped{fetched, inUse.most.Load()}, err
	}, nil
}

// fetch requests a page and returns its number and checksum.
func fetch(connection net.Conn, number int) ([2]uint64, error) {
	question := make([]byte, 8)
	binary.LittleEndian.PutUint64(question, uint64(number))
	if _, err := connection.Write(question); err != nil {
		return [2]uint64{}, err
	}
	content := make([]byte, pageSize)
	_, err := io.ReadFull(connection, content)
	return [2]uint64{uint64(number), uint64(crc32.ChecksumIEEE(content))}, err
}
