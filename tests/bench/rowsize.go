package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// sizes is row 7.
func (b *bench) sizes() row {
	binary := &line{name: "stripped binary", delay: -1}
	binary.judge = func() []verdict {
		info, err := os.Stat(b.programs.esfn)
		if err != nil {
			return nil
		}
		return []verdict{atMost(info.Size(), 24)}
	}
	r := row{number: 7, title: "size", lines: []*line{binary}}
	size, err := imageSize(b.image)
	if err != nil {
		fmt.Fprintf(b.progress, "no size of the image %s: %v\n", b.image, err)
		return r.numbered()
	}
	image := &line{name: "image " + b.image, delay: -1}
	image.judge = func() []verdict { return []verdict{atMost(size, 25)} }
	r.lines = append(r.lines, image)
	return r.numbered()
}

func atMost(bytes int64, most float64) verdict {
	size := megabytes(bytes)
	return verdict{measured: fmt.Sprintf("%.1f MB", size), target: fmt.Sprintf("≤ %.0f MB", most), met: size <= most}
}

// imageSize asks the Docker engine, where there is one.
func imageSize(image string) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, "docker", "image", "inspect", "--format", "{{.Size}}", image).Output()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}
