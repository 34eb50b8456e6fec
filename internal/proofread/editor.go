package proofread

import (
	"os"
	"time"

	"debrief.dev/debrief/lint"
)

// Editor checks texts that are being written. It reads the configuration of a
// path again when its file has changed. One goroutine may use it.
type Editor struct {
	known map[string]*editorConfig // by path of the configuration
}

type editorConfig struct {
	config   *Config
	modified time.Time
	size     int64
	err      error
}

// Check gives what is found in a text that stands, or will stand, at path; "" is
// nowhere yet. The error is about the configuration.
func (e *Editor) Check(path string, format lint.Format, body string) ([]lint.Finding, error) {
	config, err := e.configOf(path)
	if err != nil {
		return nil, err
	}
	if path != "" && config.ignores(path) {
		return nil, nil
	}
	t := &Text{Path: path, Body: body, format: format, config: config}
	t.text = lint.Text{Body: body, Format: format, Names: config.Names, Things: config.Things}
	found, _ := t.findings()
	out := make([]lint.Finding, 0, len(found))
	for _, f := range found {
		out = append(out, f.Finding)
	}
	return out, nil
}

// Rule gives a rule as a text at path is checked with it.
func (e *Editor) Rule(path, id string) (lint.Rule, bool) {
	config, err := e.configOf(path)
	if err != nil {
		return lint.Rule{}, false
	}
	for _, r := range config.rules.List() {
		if r.ID == id {
			return r, true
		}
	}
	return lint.Rule{}, false
}

func (e *Editor) configOf(path string) (*Config, error) {
	file := ""
	if path != "" {
		var err error
		if file, err = upwards(path); err != nil {
			return nil, err
		}
	}
	now := editorConfig{}
	if file != "" {
		if info, err := os.Stat(file); err == nil {
			now.modified, now.size = info.ModTime(), info.Size()
		}
	}
	if e.known == nil {
		e.known = map[string]*editorConfig{}
	}
	if k := e.known[file]; k != nil && k.modified.Equal(now.modified) && k.size == now.size {
		return k.config, k.err
	}
	now.config, now.err = ReadConfig(file)
	e.known[file] = &now
	return now.config, now.err
}
