package template

import (
	"time"
	_ "time/tzdata" // dateInZone: the image has no files, and ESO's has the zones
)

// dates are sprig's functions for which the machine's time zone decides. ESO's
// containers run in UTC, and so do these. The clock is sprig's: now and ago are
// among the unstable functions.
var dates = map[string]any{
	"now":            func() time.Time { return original()["now"].(func() time.Time)().UTC() },
	"date":           func(layout string, date any) string { return inZone(layout, date, "UTC") },
	"htmlDate":       func(date any) string { return inZone("2006-01-02", date, "UTC") },
	"htmlDateInZone": func(date any, zone string) string { return inZone("2006-01-02", date, zone) },
	"dateInZone":     inZone,
	"date_in_zone":   inZone,
	"toDate": func(layout, text string) time.Time {
		date, _ := time.ParseInLocation(layout, text, time.UTC)
		return date
	},
	"mustToDate": func(layout, text string) (time.Time, error) {
		return time.ParseInLocation(layout, text, time.UTC)
	},
}

func inZone(layout string, date any, zone string) string {
	if zone == "Local" {
		zone = "UTC"
	}
	return original()["dateInZone"].(func(string, any, string) string)(layout, date, zone)
}
