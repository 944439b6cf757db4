//go:build !unix

package runner

// keepUmask does nothing where there is no umask.
func (s *session) keepUmask() error { return nil }
