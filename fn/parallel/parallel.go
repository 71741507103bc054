// Package parallel does on all processors what is to be done for each of many: to read
// YAML and to write it is most of what a run does besides waiting.
package parallel

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Crash is what [Each] and [Until] panic with where esfn fails by a fault of its own in
// a goroutine. What the fault says may hold a value; its stack holds none.
type Crash struct{ Stack []byte }

// Each calls do with every number below n, with several at a time, and returns when all
// have returned. Where one panics, Each does, with a [*Crash].
func Each(n int, do func(i int)) {
	var next atomic.Int64
	var crash atomic.Pointer[Crash]
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			defer func() {
				if recover() != nil {
					crash.CompareAndSwap(nil, &Crash{debug.Stack()})
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
	if c := crash.Load(); c != nil {
		panic(c)
	}
}
