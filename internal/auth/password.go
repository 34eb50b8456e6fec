package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"debrief.dev/debrief"
)

// argon2id with the second recommendation of RFC 9106 for machines with little
// memory: three passes over 64 MiB. The parameters stand in every hash, so they
// can be raised later without asking anybody for a new password.
const (
	passes  = 3
	memory  = 64 << 10 // KiB
	threads = 4
	keySize = 32
)

// MinPassword is the least number of characters. Length is what counts; no
// sort of character is asked for (NIST SP 800-63B, 5.1.1).
const MinPassword = 10

// maxPassword bounds the work that a request can ask for.
const maxPassword = 1024

func checkPassword(field, p string) error {
	switch n := utf8.RuneCountInString(p); {
	case n < MinPassword:
		return &debrief.Error{
			Kind: debrief.Invalid, Field: field, Say: fmt.Sprintf("The password has %d characters; %d are needed.", n, MinPassword),
			Hint: "Four ordinary words make a good one.",
		}
	case len(p) > maxPassword:
		return &debrief.Error{Kind: debrief.Invalid, Field: field, Say: fmt.Sprintf("The password is longer than %d bytes.", maxPassword)}
	}
	return nil
}

// A hasher makes and checks the hashes of passwords.
type hasher struct {
	passes, memory uint32
	// slots bounds how many hashes are made at once: each takes its memory.
	slots chan struct{}
}

func newHasher(passes, memory uint32) *hasher {
	return &hasher{passes: passes, memory: memory, slots: make(chan struct{}, 4)}
}

var b64 = base64.RawStdEncoding

func (h *hasher) hash(password string) string {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, h.passes, h.memory, threads, keySize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// matches reports whether the password has the hash. An empty or unreadable
// hash takes as long as a real one and matches nothing.
func (h *hasher) matches(hash, password string) bool {
	var version int
	var m, t uint32
	var p uint8
	parts := strings.Split(hash, "$")
	salt, want := make([]byte, 16), make([]byte, keySize)
	known := len(parts) == 6 && parts[1] == "argon2id"
	if known {
		_, err1 := fmt.Sscanf(parts[2], "v=%d", &version)
		_, err2 := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p)
		s, err3 := b64.DecodeString(parts[4])
		k, err4 := b64.DecodeString(parts[5])
		known = err1 == nil && err2 == nil && err3 == nil && err4 == nil && version == argon2.Version && len(k) > 0 && t > 0 && p > 0
		if known {
			salt, want = s, k
		}
	}
	if !known {
		m, t, p = h.memory, h.passes, threads
	}
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	got := argon2.IDKey([]byte(password), salt, t, m, p, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}
