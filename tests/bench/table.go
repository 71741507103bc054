package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns of the table.
var columns = []string{"", "what runs", "delay", "runs", "wall, ms", "CPU, ms", "peak, MB", "requests", "conn.", "result", "target", "met"}

// table is that of the rows, in Markdown.
func table(rows []row) string {
	cells := [][]string{columns, nil}
	for _, r := range rows {
		cells = append(cells, []string{"**" + strconv.Itoa(r.number) + "**", "**" + r.title + "**"})
		for _, l := range r.lines {
			cells = append(cells, lineOf(l)...)
		}
	}
	return aligned(cells)
}

// lineOf is a line of the table, with one more for each further verdict.
func lineOf(l *line) (lines [][]string) {
	delay := ""
	if l.delay >= 0 && len(l.command.args) > 0 {
		delay = fmt.Sprint(l.delay.Milliseconds(), " ms")
	}
	first := []string{"", l.name, delay, numbers("%.0f", series{float64(len(l.wall()))}), numbers("%.1f", l.wall())}
	if l.walls == nil {
		first = append(first, numbers("%.1f", l.cpu()), numbers("%.1f", l.peak()))
	} else {
		first = append(first, "", "")
	}
	if l.delay >= 0 {
		first = append(first, numbers("%.0f", l.requests()), numbers("%.0f", l.connections()))
	} else {
		first = append(first, "", "")
	}
	if len(l.wall()) == 0 {
		first = []string{"", l.name, "", "", "", "", "", "", ""}
	}
	lines = [][]string{first}
	if l.judge == nil {
		return lines
	}
	for i, v := range l.judge() {
		if i > 0 {
			lines = append(lines, make([]string, len(first)))
		}
		met := ""
		if v.target != "" {
			met = map[bool]string{true: "yes", false: "**no**"}[v.met]
		}
		lines[i] = append(lines[i], v.measured, v.target, met)
	}
	return lines
}

// numbers are the median, and in parentheses the least and the most where they
// differ from it as they are written.
func numbers(format string, s series) string {
	if len(s) == 0 {
		return ""
	}
	write := func(x float64) string {
		if math.Abs(x) >= 1000 {
			return thousands(int(math.Round(x)))
		}
		return fmt.Sprintf(format, x)
	}
	least, most := s.spread()
	middle, from, to := write(s.median()), write(least), write(most)
	if from == middle && to == middle {
		return middle
	}
	return fmt.Sprintf("%s (%s–%s)", middle, from, to)
}

// thousands is a whole number as in 1,000.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// aligned is a table in Markdown that can be read as text, too. A nil line is the one
// below the heads.
func aligned(cells [][]string) string {
	widths := make([]int, len(columns))
	for _, line := range cells {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	for _, line := range cells {
		for i, width := range widths {
			cell, filler := "", " "
			if i < len(line) {
				cell = line[i]
			}
			if line == nil {
				filler = "-"
			}
			text.WriteString("| " + cell + strings.Repeat(filler, width-utf8.RuneCountInString(cell)) + " ")
		}
		text.WriteString("|\n")
	}
	return text.String()
}
