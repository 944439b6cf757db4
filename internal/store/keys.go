package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/runnable-render/runnable-render/internal/engine"
)

// Limits of file systems and buckets: a file's name may have 255 bytes, S3 allows 1024 for a key.
const (
	maxSegment = 200
	maxPath    = 640
	maxRun     = 200
)

const upperHex = "0123456789ABCDEF"

// escape makes a folder's name from one segment of a path. Different segments have different names even where the
// file system folds case or normalises Unicode: an upper-case letter becomes ! and the lower-case one, any byte but
// a-z 0-9 _ - becomes %XX, and what is longer than 200 bytes is cut and ends in ~ and a hash.
func escape(segment string) string {
	out := escapeBytes(segment, false)
	if len(out) <= maxSegment {
		return out
	}
	cut := maxSegment - 1 - 2*hashBytes
	// Only whole escapes: the last may have begun one or two bytes before the cut.
	switch {
	case out[cut-1] == '%', out[cut-1] == '!':
		cut--
	case out[cut-2] == '%':
		cut -= 2
	}
	return out[:cut] + "~" + shortHash(segment)
}

const hashBytes = 20

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:hashBytes])
}

func escapeBytes(s string, dots bool) string {
	if s == "" {
		return "%"
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case i == 0 && reserved(s):
			fmt.Fprintf(&b, "%%%02X", c)
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '_', c == '-', c == '.' && dots:
			b.WriteByte(c)
		case 'A' <= c && c <= 'Z':
			b.WriteByte('!')
			b.WriteByte(c + 'a' - 'A')
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

// reserved reports whether Windows keeps the name for a device. In upper case it is escaped anyway.
func reserved(s string) bool {
	switch s, _, _ = strings.Cut(s, "."); s {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(s) == 4 && (s[:3] == "com" || s[:3] == "lpt") && '0' <= s[3] && s[3] <= '9'
}

// unescape undoes [escape], and reports false for what was cut or never escaped.
func unescape(name string) (string, bool) {
	if name == "%" {
		return "", true
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch c := name[i]; c {
		case '!':
			i++
			if i == len(name) || name[i] < 'a' || name[i] > 'z' {
				return "", false
			}
			b.WriteByte(name[i] - 'a' + 'A')
		case '%':
			if i+2 >= len(name) {
				return "", false
			}
			v, err := strconv.ParseUint(name[i+1:i+3], 16, 8)
			if err != nil {
				return "", false
			}
			b.WriteByte(byte(v))
			i += 2
		case '~':
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), true
}

// escapePath makes the folders of a step's dotted path. When they get too long for a key, the rest of the path
// becomes one folder with its hash.
func escapePath(path string) string {
	var b strings.Builder
	for i, seg := range strings.Split(path, ".") {
		e := escape(seg)
		if b.Len()+1+len(e) > maxPath {
			b.WriteString("/~" + shortHash(path))
			break
		}
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(e)
	}
	return b.String()
}

// CheckRunID says what is wrong with a run id.
func CheckRunID(run string) error {
	why := ""
	switch {
	case run == "":
		why = "is empty"
	case len(run) > maxRun || len(escapeBytes(run, true)) > 250:
		why = "is too long"
	case strings.IndexFunc(run, func(r rune) bool { return !alnum(r) && !strings.ContainsRune("-_.", r) }) >= 0:
		why = "holds something other than letters, digits, hyphens, underscores and dots"
	case !alnum(rune(run[0])) || !alnum(rune(run[len(run)-1])):
		why = "does not begin and end with a letter or digit"
	default:
		return nil
	}
	return fmt.Errorf("run id %q %s; use up to %d letters, digits, hyphens, underscores and dots", run, why, maxRun)
}

// CheckTag says what is wrong with a tag, if anything.
func CheckTag(tag string) error {
	const maxTag = 64
	switch {
	case tag == "":
		return errors.New("a tag is empty")
	case len(tag) > maxTag:
		return fmt.Errorf("tag %q is longer than %d characters", tag, maxTag)
	case strings.IndexFunc(tag, func(r rune) bool { return !alnum(r) && !strings.ContainsRune("-_.:/=@+", r) }) >= 0:
		return fmt.Errorf("tag %q holds something other than letters, digits and - _ . : / = @ +", tag)
	}
	return nil
}

// ParseTags reads tags that stand in one text, with commas between them.
func ParseTags(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	tags := strings.Split(text, ",")
	for _, tag := range tags {
		if err := CheckTag(tag); err != nil {
			return nil, err
		}
	}
	return tags, nil
}

func alnum(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func runKey(run string) string { return "runs/" + escapeBytes(run, true) + "/" }

func stepsKey(run string) string { return runKey(run) + "steps/" }

func stepKey(run, path string) string { return stepsKey(run) + escapePath(path) + "/" }

func recordKey(run, path string, attempt int) string {
	return stepKey(run, path) + strconv.Itoa(attempt) + recordExt
}

func startKey(run, path string, attempt int) string {
	return stepKey(run, path) + strconv.Itoa(attempt) + startExt
}

// LogKey is the key of an attempt's log, for [engine.Record.Log].
func LogKey(run, path string, attempt int) string {
	return runKey(run) + "logs/" + escapePath(path) + "/" + strconv.Itoa(attempt) + ".log"
}

// LogKey is [LogKey], for those who know a store by its methods alone.
func (s *Store) LogKey(run, path string, attempt int) string { return LogKey(run, path, attempt) }

func blobKey(b engine.Blob) string { return "blobs/sha256/" + b.Hash[:2] + "/" + b.Hash[2:] }

// BlobKey is the key of a blob.
func BlobKey(b engine.Blob) (string, error) {
	if err := checkHash(b.Hash); err != nil {
		return "", err
	}
	return blobKey(b), nil
}

const (
	recordExt = ".json"
	startExt  = ".start"
)

// attemptOf reads the number in a file's name, 0 when there is none.
func attemptOf(name, ext string) int {
	digits, ok := strings.CutSuffix(name, ext)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || strconv.Itoa(n) != digits {
		return 0
	}
	return n
}
