package main

import (
	"fmt"
	"time"

	"github.com/esfn/esfn/tests/testbed"
)

// outage is a time in which Vault was out of service.
type outage struct {
	what         string
	began, ended time.Time
}

// overlaps tells whether a render went on in an outage, in part or whole.
func (o outage) overlaps(r rendering) bool { return r.began.Before(o.ended) && r.ended.After(o.began) }

// outageOf has Vault out of service for a while. It is over when Vault has answered.
func outageOf(what string, vault *testbed.Vault, while time.Duration, begin, end func() error) (o outage, err error) {
	o = outage{what: what, began: time.Now()}
	if err := begin(); err != nil {
		return o, fmt.Errorf("%s: %w", what, err)
	}
	time.Sleep(while)
	if err := end(); err != nil {
		return o, fmt.Errorf("%s, the end: %w", what, err)
	}
	const patience = 30 * time.Second
	for began := time.Now(); !ready(vault); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			return o, fmt.Errorf("%s: Vault does not come back", what)
		}
	}
	o.ended = time.Now()
	return o, nil
}
