package parallel

import (
	"strings"
	"testing"
)

func TestEachIsCalledOnceWithEveryNumber(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		calls := make([]int, n)
		Each(n, func(i int) { calls[i]++ })
		for i, got := range calls {
			if got != 1 {
				t.Errorf("%d of %d: called %d times", i, n, got)
			}
		}
	}
}

func TestAPanicIsTheCallers(t *testing.T) {
	defer func() {
		crash, ok := recover().(*Crash)
		if !ok || !strings.Contains(string(crash.Stack), "failing") || strings.Contains(string(crash.Stack), "made-up") {
			t.Errorf("%v", ok)
		}
	}()
	Each(100, failing)
	t.Error("no panic")
}

func failing(int) { panic("made-up-value") }
