//go:build unix

package runner

import (
	"fmt"
	"strconv"
	"syscall"

	"github.com/runnable-render/runnable-render/internal/runnerenv"
)

// keepUmask takes over the umask of the user whose folder is the store, for all that is written here.
func (s *session) keepUmask() error {
	text := s.env[runnerenv.Umask]
	if text == "" {
		return nil
	}
	mask, err := strconv.ParseUint(text, 8, 9)
	if err != nil {
		return fmt.Errorf("%s is %q; want an octal number such as 022", runnerenv.Umask, text)
	}
	syscall.Umask(int(mask))
	return nil
}
