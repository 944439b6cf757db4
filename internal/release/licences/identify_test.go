package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Apache License\n   Version 2.0, January 2004":                                                         "Apache-2.0",
		"Permission is hereby granted, free of charge, to any person\nobtaining a copy of this software":       "MIT",
		"Redistribution and use in source\nand binary forms, with or without":                                  "BSD-2-Clause",
		"Redistribution and use in source and binary forms\n * Neither the name … endorse or promote products": "BSD-3-Clause",
		"GNU GENERAL PUBLIC LICENSE\nVersion 3":                                                                "GPL",
		"do what you want":                                                                                     "",
	} {
		if got := strings.Join(identify(text), " "); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestReportRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"GNU General Public License version 2": "example.org/m v1 (GPL)", "my own words": "example.org/m v1 ()"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "COPYING"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := report(io.Discard, []module{{Path: "example.org/m", Version: "v1", Dir: dir}}, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := report(io.Discard, []module{{Path: "example.org/m", Dir: t.TempDir()}}, false); err == nil || !strings.Contains(err.Error(), "no file named as a licence") {
		t.Error(err)
	}
}

func TestNPM(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "package-lock.json")
	for text, want := range map[string]string{
		`{"packages":{"":{"license":"X"},"node_modules/a":{"version":"1","license":"MIT"},"node_modules/b":{"license":"GPL-3.0","dev":true}}}`: "",
		`{"packages":{"node_modules/a":{"version":"1","license":"GPL-3.0"}}}`:                                                                  "node_modules/a 1 (GPL-3.0) is not allowed",
		`[]`: "cannot unmarshal",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := reportNPM(io.Discard, file)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
