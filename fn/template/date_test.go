package template_test

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// TestDatesAreInUTC executes in a time zone that has both an offset and an hour
// that no clock shows.
func TestDatesAreInUTC(t *testing.T) {
	here, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	before := time.Local
	time.Local = here
	t.Cleanup(func() { time.Local = before })

	for _, test := range []struct{ template, want string }{
		{`{{ date "2006-01-02 15:04 MST" 1700000000 }}`, "2023-11-14 22:13 UTC"},
		{`{{ 1700000000 | htmlDate }}`, "2023-11-14"},
		{`{{ 1700006400 | htmlDate }}`, "2023-11-15"},
		{`{{ 1700002800 | htmlDate }}`, "2023-11-14"}, // the 15th in Berlin
		{`{{ dateInZone "15:04 MST" 1700000000 "UTC" }}`, "22:13 UTC"},
		{`{{ dateInZone "15:04 MST" 1700000000 "Local" }}`, "22:13 UTC"},
		{`{{ dateInZone "15:04 MST" 1700000000 "" }}`, "22:13 UTC"},
		{`{{ dateInZone "15:04 MST" 1700000000 "Nowhere/At_All" }}`, "22:13 UTC"},
		{`{{ dateInZone "15:04 MST" 1700000000 "Asia/Tokyo" }}`, "07:13 JST"},
		{`{{ date_in_zone "15:04 MST" 1700000000 "Local" }}`, "22:13 UTC"},
		{`{{ htmlDateInZone 1700002800 "Local" }} {{ htmlDateInZone 1700002800 "Asia/Tokyo" }}`, "2023-11-14 2023-11-15"},
		{`{{ toDate "2006-01-02" "2020-07-01" }}`, "2020-07-01 00:00:00 +0000 UTC"},
		{`{{ toDate "2006-01-02 15:04" "2020-03-29 02:30" | unixEpoch }}`, "1585449000"},
		{`{{ mustToDate "2006-01-02" "2020-07-01" | unixEpoch }}`, "1593561600"},
		{`{{ toDate "2006-01-02 -0700" "2020-07-01 +0200" }}`, "2020-07-01 00:00:00 +0200 +0200"},
		{`{{ toDate "2006-01-02" "no date" }}`, "0001-01-01 00:00:00 +0000 UTC"},
		{`{{ toDate "2006-01-02" "2020-07-01" | dateModify "25h" | date "2006-01-02 15:04 MST" }}`, "2020-07-02 01:00 UTC"},
		{`{{ toDate "2006-01-02" "2020-07-01" | mustDateModify "-1h" }}`, "2020-06-30 23:00:00 +0000 UTC"},
		{`{{ now.Location }}`, "UTC"},
		{`{{ duration "95" }} {{ durationRound "2h10m5s" }}`, "1m35s 2h"},
	} {
		if got := execute(t, test.template, nil); got != test.want {
			t.Errorf("%s gives %q, want %q", test.template, got, test.want)
		}
	}
}
