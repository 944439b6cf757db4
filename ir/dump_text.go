package ir

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// plain reports whether a line can be printed as it is.
func plain(line string) bool {
	for _, r := range line {
		if r != '\t' && !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return false
		}
	}
	return true
}

// Bare returns a name as it is where that is clear, else quoted.
func Bare(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-./*", r)
	}) {
		return strconv.Quote(name)
	}
	return name
}

// words is [Bare] for values that may hold anything a line can, such as a reducer or a glob.
func words(text string) string {
	if text == "" || !plain(text) || text[0] == '"' || strings.TrimSpace(text) != text || strings.Contains(text, "\t") {
		return strconv.Quote(text)
	}
	return text
}

// list joins what stands between commas: an element with a comma or a blank in it is quoted.
func list[T any](items []T, text func(T) string) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = text(item)
	}
	return strings.Join(parts, ", ")
}

func refName(r Ref) string { return Bare(r.Name) }

func glob(r Ref) string {
	if strings.ContainsAny(r.Name, ", ") {
		return strconv.Quote(r.Name)
	}
	return words(r.Name)
}

// edges says what comes before a node and where it leads.
func edges(b *Common) string {
	text := ""
	if len(b.Needs) > 0 {
		text += " after " + list(b.Needs, refName)
	}
	if b.Next.Name != "" {
		text += " -> " + refName(b.Next)
	}
	if b.OnFailure.Name != "" && b.OnFailure.Name != Fail {
		text += ", on failure -> " + refName(b.OnFailure)
	}
	return text
}

// jsonText is JSON in the form that [Check] gives it, quoted where that cannot be printed.
func jsonText(text string) string {
	if compact, err := CompactJSON(text); err == nil {
		text = compact
	}
	if !plain(text) {
		return strconv.Quote(text)
	}
	return text
}

func inputText(in Input) string {
	switch {
	case len(in.From) == 0 && !in.List:
		return "value " + jsonText(in.Value)
	case len(in.From) == 1 && !in.List:
		return Bare(in.From[0])
	}
	return "[" + list(in.From, Bare) + "]"
}

func returnText(r Return) string {
	text := Bare(r.Name)
	var more []string
	if r.Kind != JSON && r.Kind != "" {
		more = append(more, string(r.Kind))
	}
	if r.Key != "" {
		more = append(more, "key "+Bare(r.Key))
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, ", ") + ")"
	}
	return text
}

// duration leaves out the zeros that [time.Duration.String] ends with.
func duration(t time.Duration) string {
	text := t.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
