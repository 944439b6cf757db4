//go:build !linux

package step

// warmable: system libraries of other systems do not survive a fork.
const warmable = false
