package evidence

import "strings"

// webhookBody takes off the envelope in which forwarders keep a webhook: the
// headers beside a body or payload, which may be an object or its JSON as a
// string. Nil if t is no envelope.
func webhookBody(t *jsonTree) *jsonTree {
	if t.kind() != '{' {
		return nil
	}
	for _, name := range []string{"payload", "body", "rawBody", "webhook", "request.body", "request.payload", "json"} {
		v := t.inner(name)
		if v.kind() != '{' && v.kind() != '[' {
			continue
		}
		// A deployment has a member "payload" of its own, but never beside headers
		// or the name of an event, nor as nearly all there is.
		if t.has("headers") || t.has("event") || t.has("request") || t.has("delivered_at") || t.has("received_at") ||
			t.has("event_type") || t.has("X-GitHub-Event") || len(t.fields()) <= 3 {
			return v
		}
	}
	return nil
}

// webhookEvent is the name of the event that an envelope states beside its
// body, in lower case, or empty.
func webhookEvent(t *jsonTree) string {
	for _, p := range []string{"event", "event_type", "event_name", "type"} {
		if s := t.text(p); s != "" {
			return strings.ToLower(s)
		}
	}
	return strings.ToLower(webhookHeader(t, "x-github-event", "x-gitlab-event", "x-event-key", "x-gitea-event"))
}

// webhookHeader finds a header by name, in any case and whether its value
// stands alone or in an array.
func webhookHeader(t *jsonTree, names ...string) string {
	for _, at := range []string{"headers", "request.headers", ""} {
		headers := t.at(at)
		if headers.kind() != '{' {
			continue
		}
		for _, k := range headers.fields() {
			for _, n := range names {
				if !strings.EqualFold(k, n) {
					continue
				}
				v := headers.member(k)
				if s := v.own(); s != "" {
					return s
				}
				for _, item := range v.list("") {
					if s := item.own(); s != "" {
						return s
					}
				}
			}
		}
	}
	return ""
}

// webhookReceived lists where an envelope may say when it was received.
var webhookReceived = []string{"received_at", "delivered_at", "receivedAt", "timestamp", "created_at", "time"}
