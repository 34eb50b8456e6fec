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

// Draft is a text that is being written.
type Draft struct {
	path    string
	format  lint.Format
	config  *Config
	session *lint.Session
}

// Open begins to check a text that stands, or will stand, at path; "" is nowhere
// yet. The error is about the configuration.
func (e *Editor) Open(path string, format lint.Format, body string) (*Draft, error) {
	config, err := e.configOf(path)
	if err != nil {
		return nil, err
	}
	return &Draft{path, format, config, config.rules.Session(lint.Text{Body: body, Format: format, Names: config.Names, Things: config.Things})}, nil
}

// Edit replaces the bytes from start to end.
func (d *Draft) Edit(start, end int, with string) { d.session.Edit(start, end, with) }

// Findings gives what is found in the text as it is now.
func (d *Draft) Findings() []lint.Finding {
	if d.path != "" && d.config.ignores(d.path) {
		return nil
	}
	found, _ := d.config.choose(d.path, d.session.Review())
	return found
}

// Source tells where the reason of a rule comes from.
func (d *Draft) Source(rule string) string {
	for _, r := range d.config.rules.List() {
		if r.ID == rule {
			return r.Source
		}
	}
	return ""
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
