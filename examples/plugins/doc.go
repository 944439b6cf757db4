// Package plugins holds programs that extend the tool, and a test that runs the command with them (docs/plugins.md).
package plugins
