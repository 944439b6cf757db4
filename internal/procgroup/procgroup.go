// Package procgroup starts programs in process groups of their own, and ends whole groups.
package procgroup
