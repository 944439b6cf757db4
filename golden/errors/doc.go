// Package errors holds every broken definition with the whole text that is said of it, for its own test.
package errors
