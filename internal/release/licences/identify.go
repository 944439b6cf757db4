package main

import "strings"

// allowed are the licences whose code an Apache-2.0 program may hold. MPL-2.0 asks that changed files of its own be
// published; none is changed here.
var allowed = map[string]bool{"Apache-2.0": true, "MIT": true, "BSD-2-Clause": true, "BSD-3-Clause": true, "ISC": true, "MPL-2.0": true}

// phrases are sentences that stand in one licence alone.
var phrases = []struct{ name, phrase string }{
	{"Apache-2.0", "apache license version 2.0"},
	{"Apache-2.0", "licensed under the apache license, version 2.0"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"},
	{"ISC", "permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"MPL-2.0", "mozilla public license, version 2.0"},
	{"AGPL", "gnu affero general public license version"},
	{"LGPL", "gnu lesser general public license version"},
	{"GPL", "gnu general public license version"},
	{"SSPL", "server side public license"},
	{"BUSL", "business source license"},
	{"EPL", "eclipse public license"},
	{"CC-BY-NC", "noncommercial"},
}

// identify names the licences of a text by their own sentences, each once.
func identify(text string) []string {
	plain := strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("*", " ", "#", " ", "//", " ").Replace(text)), " "))
	var names []string
	add := func(name string) {
		for _, n := range names {
			if n == name {
				return
			}
		}
		names = append(names, name)
	}
	for _, p := range phrases {
		if strings.Contains(plain, p.phrase) {
			add(p.name)
		}
	}
	if strings.Contains(plain, "redistribution and use in source and binary forms") {
		if strings.Contains(plain, "endorse or promote products") {
			add("BSD-3-Clause")
		} else {
			add("BSD-2-Clause")
		}
	}
	return names
}
