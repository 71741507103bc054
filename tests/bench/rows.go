package main

// row is one question, and the lines that answer it.
type row struct {
	number int
	title  string
	lines  []*line
	// rounds is in place of those of the whole run, if it is not 0.
	rounds int
}

// rows are all of them, in the order of the table. The files that the commands read
// are written when a row is made.
func (b *bench) rows() []row {
	return []row{b.distinctPaths(), b.sharedPath(), b.find(), b.startToEnd(), b.otherResources(), b.memory(), b.sizes(), b.faults()}
}

// numbered gives its lines the row's number.
func (r row) numbered() row {
	for _, l := range r.lines {
		l.row = r.number
	}
	return r
}
