package oracle

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// asString returns the text of a JSON string.
func asString(value string) (text string, ok bool) {
	if !strings.HasPrefix(value, `"`) {
		return "", false
	}
	return text, json.Unmarshal([]byte(value), &text) == nil
}

// asList returns the JSON texts of a list's items.
func asList(value string) (items []string, ok bool) {
	if !strings.HasPrefix(value, "[") {
		return nil, false
	}
	var raw []json.RawMessage
	if json.Unmarshal([]byte(value), &raw) != nil {
		return nil, false
	}
	for _, r := range raw {
		items = append(items, string(r))
	}
	return items, true
}

// reduce makes one value of the values of a map's items; an empty text stands for an item that returned none.
// Reducers that compare or add take whole numbers alone here.
func reduce(reducer string, values []string) (value string, ok bool) {
	if reducer == "" || reducer == "list" {
		items := slices.Clone(values)
		for i := range items {
			if items[i] == "" {
				items[i] = "null"
			}
		}
		return listOf(items), true
	}
	returned := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	switch reducer {
	case "len":
		return strconv.Itoa(len(returned)), true
	case "any":
		return strconv.FormatBool(slices.ContainsFunc(returned, truth)), true
	case "all":
		return strconv.FormatBool(!slices.ContainsFunc(returned, func(v string) bool { return !truth(v) })), true
	case "first", "last", "max", "min", "mean":
		if len(returned) == 0 {
			return "null", true
		}
	}
	switch reducer {
	case "first":
		return returned[0], true
	case "last":
		return returned[len(returned)-1], true
	}
	return arithmetic(reducer, returned)
}

// truth is Python's.
func truth(value string) bool {
	switch value {
	case "null", "false", "0", "0.0", `""`, "[]", "{}":
		return false
	}
	return true
}

func arithmetic(reducer string, texts []string) (value string, ok bool) {
	var numbers []int
	sum := 0
	for _, text := range texts {
		n, err := strconv.Atoi(text)
		if err != nil {
			return "", false
		}
		numbers = append(numbers, n)
		sum += n
	}
	slices.Sort(numbers)
	switch reducer {
	case "sum":
		return strconv.Itoa(sum), true
	case "max":
		return strconv.Itoa(numbers[len(numbers)-1]), true
	case "min":
		return strconv.Itoa(numbers[0]), true
	case "mean":
		return decimal(float64(sum) / float64(len(numbers))), true
	case "sorted":
		var items []string
		for _, n := range numbers {
			items = append(items, strconv.Itoa(n))
		}
		return listOf(items), true
	}
	return "", false
}

func listOf(items []string) string { return "[" + strings.Join(items, ",") + "]" }

// decimal writes a float so that it reads as one.
func decimal(f float64) string {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
