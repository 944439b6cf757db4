package ir

import (
	"fmt"
	"strconv"
	"strings"
)

// CodeImplausible is the code of an amount that is [Implausible].
const CodeImplausible = "RR0317"

const (
	leastMemory = 6 << 20 // bytes; no container engine starts one with less
	mostCores   = 100     // that somebody means who writes a bare number
)

// Implausible says why a bare number of "cpu", "memory", "storage", "shm" or "disk" is not taken as it is: what it says, and what was
// probably meant. It is empty for every other text, also for one that is no amount.
func Implausible(what, text string) string {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xXpPnN_") { // a unit, or no number of Kubernetes
		return ""
	}
	switch what {
	case "cpu":
		if n < mostCores {
			return ""
		}
		return fmt.Sprintf("is %s whole cores; did you mean %sm, thousandths of one? If cores are meant, write %.0fm", text, text, 1000*n)
	case "memory", "storage", "shm", "disk":
		if n == 0 || n >= leastMemory {
			return ""
		}
		return fmt.Sprintf("is %s bytes; did you mean %sMi?", text, text)
	}
	return ""
}
