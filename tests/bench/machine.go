package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine describes where and with what was measured, in lines of Markdown. It names
// no host, no user and no folder.
func machine(esfn string) string {
	lines := []string{
		fmt.Sprintf("CPU: %s, %d cores, %s", processor(), runtime.NumCPU(), runtime.GOARCH),
		"RAM: " + memory(),
		"kernel: " + firstLine("uname", "-sr"),
		"Go: " + strings.TrimPrefix(runtime.Version(), "go"),
		"esfn: " + firstLine("git", "describe", "--always", "--dirty", "--tags") + ", version " + strings.TrimPrefix(firstLine(esfn, "version"), "esfn "),
		"date: " + time.Now().UTC().Format(time.DateOnly),
		"load before the run: " + load(),
	}
	return "- " + strings.Join(lines, "\n- ") + "\n"
}

const unknown = "unknown"

// firstLine is that of what a command prints.
func firstLine(command string, args ...string) string {
	text, err := exec.Command(command, args...).Output()
	if err != nil {
		return unknown
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func processor() string {
	if name := valueIn("/proc/cpuinfo", "model name"); name != "" {
		return name
	}
	return firstLine("sysctl", "-n", "machdep.cpu.brand_string")
}

func memory() string {
	kib, err := strconv.Atoi(strings.TrimSuffix(valueIn("/proc/meminfo", "MemTotal"), " kB"))
	if err != nil {
		return unknown
	}
	return fmt.Sprintf("%.0f GiB", float64(kib)/(1<<20))
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return unknown
	}
	return strings.Join(strings.Fields(string(text))[:3], ", ") + " (1, 5, 15 minutes)"
}

// valueIn is the first value of a name in a file of lines as in name : value, or "".
func valueIn(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
