package parallel

import (
	"context"
	"runtime/debug"
)

// Until does work, or is not ok when the context has ended first: what takes long cannot
// be interrupted, and the caller may have a token to revoke. What is left behind ends with
// the process. Where work panics, Until does, with a [*Crash].
func Until[T any](ctx context.Context, work func() T) (result T, ok bool) {
	type answer struct {
		result T
		crash  *Crash
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			switch fault := recover().(type) {
			case nil:
			case *Crash:
				a = answer{crash: fault}
			default:
				a = answer{crash: &Crash{Stack: debug.Stack()}}
			}
			done <- a
		}()
		a.result = work()
	}()
	select {
	case a := <-done:
		if a.crash != nil {
			panic(a.crash)
		}
		return a.result, ctx.Err() == nil
	case <-ctx.Done():
		return result, false
	}
}
