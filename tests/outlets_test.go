package tests

import (
	"errors"
	"io"
	"os"
	"time"
)

// outlet is a stdout that does not take what is written to it.
type outlet struct {
	to *os.File
	// from is where what it took can be read, behind what it had before; nil where it
	// takes nothing.
	from *os.File
	had  int
}

// closedPipe is a pipe that nobody has open to read from.
func closedPipe() (*outlet, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &outlet{to: to}, from.Close()
}

// fullDisk is a file on one, as a device.
func fullDisk() (*outlet, error) {
	to, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	return &outlet{to: to}, err
}

// unreadPipe is a pipe that takes nothing more until somebody reads from it.
func unreadPipe() (*outlet, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	o := &outlet{to: to, from: from}
	if err := to.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		return o, err
	}
	for err == nil {
		var n int
		n, err = to.Write(make([]byte, 1<<12))
		o.had += n
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return o, err
	}
	return o, nil
}

// took is what it took of the output after all. Nobody can write to it any more.
func (o *outlet) took() (string, error) {
	if err := o.to.Close(); err != nil || o.from == nil {
		return "", err
	}
	defer o.from.Close()
	text, err := io.ReadAll(o.from)
	return string(text[min(len(text), o.had):]), err
}
