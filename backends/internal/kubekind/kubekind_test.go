package kubekind

import (
	"testing"
	"time"
)

// TestZones holds the list against the database that comes with Go.
func TestZones(t *testing.T) {
	t.Parallel()
	for _, name := range zones() {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(zones()) < 590 || !isZone("Europe/Berlin") || !isZone("UTC") || isZone("Europe/Nowhere") || isZone("europe/berlin") || isZone("") {
		t.Errorf("%d zones", len(zones()))
	}
}

// TestSchedules: what starts with a zone, which the library reads and where it can panic, and days that never come are refused.
func TestSchedules(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0 3 * * *": true, "@daily": true, "0 0 29 2 *": true,
		"TZ=UTC": false, "CRON_TZ=UTC 0 3 * * *": false, "0 3 30 2 *": false, "sometimes": false, "": false,
	} {
		if got := Of("schedule").Fits(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
