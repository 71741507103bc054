// Reader is the least that has to be done to get values out of Vault: it sends the
// requests on stdin, one a line as in GET kv/data/app, over so many connections, reads
// the answers and drops them. It makes nothing of them, logs in nowhere, and prints
// how long all requests took, in nanoseconds, the opening of connections included.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

func main() {
	address := flag.String("address", "", "Vault's address")
	tokenFile := flag.String("token-file", "", "the file with the token")
	connections := flag.Int("connections", 16, "how many requests at once")
	flag.Parse()
	token, err := os.ReadFile(*tokenFile)
	if err != nil {
		fail(err)
	}
	var requests []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		requests = append(requests, lines.Text())
	}
	began := time.Now()
	if err := readAll(*address, string(token), requests, *connections); err != nil {
		fail(err)
	}
	fmt.Println(time.Since(began).Nanoseconds())
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "reader:", err)
	os.Exit(1)
}

func readAll(address, token string, requests []string, connections int) error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	next := make(chan string)
	faults := make(chan error, connections)
	var workers sync.WaitGroup
	for range min(connections, len(requests)) {
		workers.Go(func() {
			for request := range next {
				if err := read(client, address, token, request); err != nil {
					select {
					case faults <- err:
					default:
					}
				}
			}
		})
	}
	for _, request := range requests {
		next <- request
	}
	close(next)
	workers.Wait()
	select {
	case err := <-faults:
		return err
	default:
		return nil
	}
}

func read(client *http.Client, address, token, line string) error {
	method, path, _ := strings.Cut(line, " ")
	request, err := http.NewRequest(method, address+"/v1/"+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("X-Vault-Token", token)
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", line, answer.Status)
	}
	return nil
}
