package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// packing packs what is sent for browsers that unpack it. Streams of changes go out as
// they are. A page holds no secret that somebody could guess letter by letter from its
// length: there is no token in forms, and the session is in a cookie that no page
// shows. The jitter makes lengths useless all the same.
func packing() (func(http.Handler) http.HandlerFunc, error) {
	return gzhttp.NewWrapper(
		gzhttp.ExceptContentTypes([]string{"text/event-stream", "font/woff2", "application/pdf"}),
		gzhttp.RandomJitter(32, 0, false), gzhttp.EnableZstd(false),
	)
}

// contentTags gives each file a tag made of its content, so that a browser asks again
// without being sent what it has.
func contentTags(files fs.FS) (map[string]string, error) {
	tags := map[string]string{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		sum := sha256.Sum256(data)
		tags[path] = `W/"` + hex.EncodeToString(sum[:8]) + `"`
		return err
	})
	return tags, err
}

// cached lets browsers keep what is part of the build for an hour. Folders are not listed.
func cached(next http.Handler, tags map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" || strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		if tag, ok := tags[r.URL.Path]; ok {
			w.Header().Set("ETag", tag)
			w.Header().Set("Cache-Control", "public, max-age=3600")
		}
		next.ServeHTTP(w, r)
	})
}
