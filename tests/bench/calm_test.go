package main

import "testing"

func TestProcessorTimes(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       times
		ok         bool
	}{
		{"all kinds", "cpu  1 2 4 100 200 8 16 32 64 128\ncpu0 9 9 9 9 9 9 9 9\n", times{busy: 63, all: 363}, true},
		{"not all processors", "cpu0 1 2 4 100 200 8 16 32\n", times{}, false},
		{"too few", "cpu 1 2 4\n", times{}, false},
		{"no number", "cpu 1 2 x 100 200 8 16 32\n", times{}, false},
		{"nothing", "", times{}, false},
	} {
		got, ok := parseTimes(tc.text)
		if ok != tc.ok || ok && got != tc.want {
			t.Errorf("%s: %+v, %v", tc.name, got, ok)
		}
	}
	if got := (times{busy: 30, all: 140}).busySince(times{busy: 20, all: 100}); got != 0.25 {
		t.Errorf("busy: %v", got)
	}
	if got := (times{}).busySince(times{}); got != 0 {
		t.Errorf("busy in no time: %v", got)
	}
}

func TestCalmIsNotWaitedForWithoutEnd(t *testing.T) {
	c := calm{left: 0}
	c.wait()
	if c.waited != 0 {
		t.Errorf("it waited for %s", c.waited)
	}
	const most = 3 * look
	c = calm{left: most}
	c.wait()
	if c.left+c.waited != most || c.left < 0 {
		t.Errorf("%s are left after %s", c.left, c.waited)
	}
	left := c.left
	if c.wait(); c.left != left {
		t.Errorf("it looked twice in no time, and waited for %s", left-c.left)
	}
}
