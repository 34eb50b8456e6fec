package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// maxForm is how many bytes a form may have that carries no files.
const maxForm = 2 << 20

// form is what was typed into a form.
type form url.Values

// Get gives the first value of a field.
func (f form) Get(name string) string { return url.Values(f).Get(name) }

// Has tells whether a field has a value among several.
func (f form) Has(name, value string) bool {
	for _, v := range f[name] {
		if v == value {
			return true
		}
	}
	return false
}

// formOf reads the form of a request. What cannot be read is empty, and the
// casebook says what is missing.
func formOf(r *http.Request) form {
	r.Body = http.MaxBytesReader(nil, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return form{}
	}
	for _, list := range r.PostForm {
		for i := range list {
			list[i] = strings.ReplaceAll(list[i], "\r\n", "\n")
		}
	}
	return form(r.PostForm)
}

// ids gives the values of a field as ids of a kind.
func ids[T ~string](f form, name string) []T {
	var out []T
	for _, v := range f[name] {
		if v != "" {
			out = append(out, T(v))
		}
	}
	return out
}

// zoneOf gives an incident's zone, or UTC.
func zoneOf(in *debrief.Incident) *time.Location {
	if in != nil && in.Zone != "" {
		if z, err := time.LoadLocation(in.Zone); err == nil {
			return z
		}
	}
	return time.UTC
}
