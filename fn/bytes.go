package fn

import "fmt"

// Bytes is a size, as messages and variables write it.
type Bytes int64

// units are what sizes are written in, the largest first.
var units = []struct {
	size        Bytes
	name, short string
}{{1 << 30, "GiB", "Gi"}, {1 << 20, "MiB", "Mi"}, {1 << 10, "KiB", "Ki"}}

// String gives a size for a message: 8 MiB.
func (b Bytes) String() string {
	for _, unit := range units {
		if b >= unit.size && b%unit.size == 0 {
			return fmt.Sprintf("%d %s", b/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", int64(b))
}

// Setting gives a size as Kubernetes writes quantities, for a variable: 8Mi.
func (b Bytes) Setting() string {
	for _, unit := range units {
		if b >= unit.size && b%unit.size == 0 {
			return fmt.Sprintf("%d%s", b/unit.size, unit.short)
		}
	}
	return fmt.Sprint(int64(b))
}
