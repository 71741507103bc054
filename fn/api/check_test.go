package api

import "testing"

func TestIsWrongAt(t *testing.T) {
	for _, tc := range []struct {
		problem, field string
		want           bool
	}{
		{"spec.data[0].secretKey", "spec.data[0].secretKey", true},
		{"spec.data[0]", "spec.data[0].secretKey", true},
		{"spec.data", "spec.data[0].secretKey", true},
		{"spec.data[0].secretKey", "spec.data", true},
		{"", "spec.data", true},
		{"spec.data[0]", "spec.data[1]", false},
		{"spec.data[1]", "spec.data[10]", false},
		{"spec.data", "spec.dataFrom", false},
	} {
		if got := IsWrongAt([]Problem{{Field: tc.problem}}, tc.field); got != tc.want {
			t.Errorf("a problem of %q, asked of %q: %v", tc.problem, tc.field, got)
		}
	}
}
