package diag

import "unicode/utf8"

// Nearest returns the name among known that a writer of name most probably meant, or "" when none is close.
// Close is an edit distance, with swapped neighbours as one edit, of at most a third of the name's length.
func Nearest(name string, known []string) string {
	best, bestDist := "", utf8.RuneCountInString(name)/3+1
	for _, k := range known {
		if k == name {
			continue
		}
		if d := distance([]rune(name), []rune(k), bestDist); d < bestDist {
			best, bestDist = k, d
		}
	}
	return best
}

// DidYouMean returns `; did you mean "x"?` for the nearest known name, or "".
func DidYouMean(name string, known []string) string {
	if n := Nearest(name, known); n != "" {
		return `; did you mean "` + n + `"?`
	}
	return ""
}

// distance is the optimal string alignment distance of a and b; limit and above are all the same to the caller.
func distance(a, b []rune, limit int) int {
	if diff := len(a) - len(b); diff >= limit || -diff >= limit {
		return limit
	}
	before, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(prev[j+1]+1, row[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(b)]
}
