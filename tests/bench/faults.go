package main

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// faultAfter is how many reads go well before a fault begins.
const faultAfter = 400

// fault says what becomes of a read: the how manieth it is since the fault began, and
// how long that is ago. What a real Vault cannot be made to do on time is done in its
// place.
type fault func(read int, since time.Duration) action

// action is what becomes of a request; nothing special, if it is zero.
type action struct {
	// status is answered in Vault's place, with the header.
	status     int
	retryAfter string
	// delay is waited for first.
	delay time.Duration
	// cut breaks off the connection in the middle of Vault's answer.
	cut bool
}

// passes tells whether Vault is to answer.
func (a action) passes() bool { return a.status == 0 }

// answer answers in Vault's place.
func (a action) answer(client net.Conn) error {
	if a.passes() {
		return nil
	}
	header := ""
	if a.retryAfter != "" {
		header = "Retry-After: " + a.retryAfter + "\r\n"
	}
	const body = `{"errors":["made-up fault"]}`
	_, err := fmt.Fprintf(client, "HTTP/1.1 %d %s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		a.status, http.StatusText(a.status), header, len(body), body)
	return err
}

// burst is how long a server refuses everything: longer than a client waits that tries
// again at once, shorter than one that tries for some seconds.
const burst = 1500 * time.Millisecond

// refuse answers every read of a burst with a status.
func refuse(status int, retryAfter string) fault {
	return func(_ int, since time.Duration) action {
		if since > burst {
			return action{}
		}
		return action{status: status, retryAfter: retryAfter}
	}
}

// slow has every tenth read take a second longer: one node of ten behind a load
// balancer.
func slow(read int, _ time.Duration) action {
	if read%10 != 0 {
		return action{}
	}
	return action{delay: time.Second}
}

// cutOff breaks off the connection at every tenth of 200 reads.
func cutOff(read int, _ time.Duration) action {
	return action{cut: read <= 200 && read%10 == 0}
}
