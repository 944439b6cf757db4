// Package procgroup starts programs in their own process groups, and ends whole groups.
package procgroup
