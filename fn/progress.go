package fn

import "sync/atomic"

// Progress is how far a run is with its reads. It may be looked at while [Run] goes on;
// the nil Progress is for nobody who looks.
type Progress struct{ known, done atomic.Int64 }

// Count is how many secrets and folders were read so far, or passed over, of how many
// that are known. What a find looks at is known only as folders are read, so that both
// grow.
func (p *Progress) Count() (done, known int) { return int(p.done.Load()), int(p.known.Load()) }

func (p *Progress) expect(n int) {
	if p != nil {
		p.known.Add(int64(n))
	}
}

func (p *Progress) finish() {
	if p != nil {
		p.done.Add(1)
	}
}
