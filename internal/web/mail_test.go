package web_test

import (
	"strings"
	"testing"
)

// The link of a mail leads to what was sent, also for who has to sign in first.
func TestALinkLeadsToTheSendingAfterSigningIn(t *testing.T) {
	r := newRoomWith(t, nil, true)
	ana := r.first()
	link := ana.send("/people/invitations", "email", "ben@example.com", "role", "member").find(`https://debrief.example.com/invitations/(\w{26})`)
	r.browser().send("/invitations/"+link, "name", "Ben", "password", password).shows(200)
	ana.send("/incidents", "title", "Edge answers 503", "visibility", "organisation", "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.upload(room+"/evidence", r.sample()).shows(200)
	r.ok(r.run.Drain(t.Context()))
	ana.get(room + "/preread")
	sending := ana.send(room+"/sendings", "to", ana.find(`name="to" value="(\w+)"[^>]*><span>(?:<bdi>)?Ben`)).shows(200).path

	ben := r.browser()
	ben.get(sending).shows(200, "Sign in")
	to := ben.find(`name="to" value="([^"]+)"`)
	ben.send("/sign-in", "email", "ben@example.com", "password", password, "to", to).shows(200, "I have read it")
	if ben.path != sending {
		t.Errorf("it led to %s", ben.path)
	}
	ben.lacks("gets a mail", "was sent, of")
}

// Another link works beside the first, and once between them.
func TestAnotherLinkOfAnInvitation(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	first := ana.send("/people/invitations", "email", "ben@example.com", "role", "member").shows(200).lacks("mail it", "on its way").find(`/invitations/(\w{26})`)
	again := ana.send("/people/invitations/"+ana.find(`/people/invitations/(\w+)/link`)+"/link").shows(200, "is shown only now").find(`/invitations/(\w{26})`)
	r.browser().get("/invitations/"+first).shows(200, "ben@example.com")
	r.browser().send("/invitations/"+again, "name", "Ben", "password", password).shows(200, "Nothing needs you")
	r.browser().get("/invitations/" + first).shows(404)

	ana.send("/incidents", "title", "Edge answers 503", "visibility", "organisation", "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.send(room+"/guests", "email", "gil@example.com", "name", "Gil").shows(200)
	guest := ana.send(room + "/guests/" + ana.find(`/guests/(\w+)/link`) + "/link").shows(200).find(`/invitations/(\w{26})`)
	r.browser().send("/invitations/"+guest, "name", "Gil", "password", password).shows(200, "Edge answers 503")
}
