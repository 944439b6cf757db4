//go:build !unix

package store_test

import "testing"

func notByAnother(*testing.T, string) {}
