package web

import "debrief.dev/debrief"

// routes is everything that can be asked for. A test asks for each of them as
// every role and for every visibility, and compares the answer with what
// [debrief.Actor.May] says of "needs".
func (s *Site) routes() []route {
	return []route{
		{pattern: "GET /first", open: true, do: s.firstPage},
		{pattern: "POST /first", open: true, do: s.first},
		{pattern: "GET /sign-in", open: true, do: s.signInPage},
		{pattern: "POST /sign-in", open: true, do: s.signIn},
		{pattern: "GET /invitations/{token}", open: true, do: s.invitationPage},
		{pattern: "POST /invitations/{token}", open: true, do: s.accept},
		{pattern: "GET /help", open: true, do: s.help},
		{pattern: "GET /help/wording", open: true, do: s.rulebook},
		{pattern: "POST /display", open: true, do: s.display},

		{pattern: "GET /{$}", needs: anybody, do: s.home},
		{pattern: "POST /aside", needs: anybody, do: s.setAside},
		{pattern: "POST /sign-out", needs: anybody, do: s.signOut},
		{pattern: "GET /account", needs: anybody, do: s.account},
		{pattern: "POST /account/name", needs: anybody, do: s.changeName},
		{pattern: "POST /account/password", needs: anybody, do: s.changePassword},
		{pattern: "POST /account/sessions/{session}/end", needs: anybody, do: s.endSession},

		{pattern: "GET /people", needs: debrief.SeeOrganisation, do: s.people},
		{pattern: "POST /people/invitations", needs: debrief.ManagePeople, do: s.invite},
		{pattern: "POST /people/invitations/{invitation}/link", needs: debrief.ManagePeople, do: s.anotherLink},
		{pattern: "POST /people/invitations/{invitation}/withdraw", needs: debrief.ManagePeople, do: s.withdraw},
		{pattern: "POST /people/{user}/role", needs: debrief.ManagePeople, do: s.changeRole},
		{pattern: "POST /people/{user}/close", needs: debrief.ManagePeople, do: s.closeAccount},
		{pattern: "POST /unseen/{unseen}", needs: debrief.ManagePeople, do: s.nameSomebody},
		{pattern: "POST /organisation", needs: debrief.ManageOrganisation, do: s.changeOrganisation},
		{pattern: "POST /teams", needs: debrief.ManageTeams, do: s.addTeam},
		{pattern: "POST /teams/{team}", needs: debrief.ManageTeams, do: s.changeTeam},
		{pattern: "POST /teams/{team}/people", needs: debrief.ManageTeams, do: s.joinTeam},
		{pattern: "POST /teams/{team}/people/{user}/leave", needs: debrief.ManageTeams, do: s.leaveTeam},

		{pattern: "GET /incidents", needs: anybody, do: s.incidents},
		{pattern: "GET /incidents/new", needs: debrief.OpenAnIncident, do: s.newIncident},
		{pattern: "POST /incidents", needs: debrief.OpenAnIncident, do: s.openIncident},
		{pattern: "GET /incidents/{incident}", needs: debrief.SeeIncident, do: s.overview},
		{pattern: "POST /incidents/{incident}", needs: debrief.ChangeDetails, do: s.changeIncident},
		{pattern: "POST /incidents/{incident}/access", needs: debrief.ChangeAccess, do: s.changeAccess},
		{pattern: "POST /incidents/{incident}/guests", needs: debrief.ChangeAccess, do: s.inviteGuest},
		{pattern: "POST /incidents/{incident}/guests/{invitation}/link", needs: debrief.ChangeAccess, do: s.anotherGuestLink},
		{pattern: "POST /incidents/{incident}/guests/{invitation}/withdraw", needs: debrief.ChangeAccess, do: s.withdrawGuest},

		{pattern: "GET /incidents/{incident}/evidence", needs: debrief.SeeEvidence, do: s.evidence},
		{pattern: "POST /incidents/{incident}/evidence", needs: debrief.AddEvidence, do: s.addFiles},
		{pattern: "POST /incidents/{incident}/evidence/text", needs: debrief.AddEvidence, do: s.pasteEvidence},
		{pattern: "POST /incidents/{incident}/uploads", needs: debrief.AddEvidence, do: s.planUpload},
		{pattern: "PUT /incidents/{incident}/uploads/{upload}/chunk", needs: debrief.AddEvidence, do: s.addChunk},
		{pattern: "POST /incidents/{incident}/uploads/{upload}/finish", needs: debrief.AddEvidence, do: s.finishUpload},
		{pattern: "POST /incidents/{incident}/uploads/{upload}/drop", needs: debrief.AddEvidence, do: s.dropUpload},
		{pattern: "GET /incidents/{incident}/evidence/{piece}", needs: debrief.SeeEvidence, do: s.piece},
		{pattern: "POST /incidents/{incident}/evidence/{piece}/promote", needs: debrief.EditTimeline, do: s.promote},
		{pattern: "POST /incidents/{incident}/evidence/{piece}/attach", needs: debrief.EditTimeline, do: s.attach},
		{pattern: "POST /incidents/{incident}/evidence/{piece}/take-out", needs: debrief.EditTimeline, do: s.takeOut},

		{pattern: "GET /incidents/{incident}/timeline", needs: debrief.SeeTimeline, do: s.timeline},
		{pattern: "POST /incidents/{incident}/timeline/accept", needs: debrief.EditTimeline, do: s.acceptEntries},
		{pattern: "POST /incidents/{incident}/timeline/dismiss", needs: debrief.EditTimeline, do: s.dismissEntries},
		{pattern: "POST /incidents/{incident}/timeline/merge", needs: debrief.EditTimeline, do: s.mergeEntries},
		{pattern: "POST /incidents/{incident}/timeline/undo", needs: debrief.EditTimeline, do: s.undo},
		{pattern: "GET /incidents/{incident}/timeline/as/{format}", needs: debrief.SeeTimeline, do: s.takeTimeline},
		{pattern: "GET /incidents/{incident}/entries/new", needs: debrief.EditTimeline, do: s.newEntry},
		{pattern: "POST /incidents/{incident}/entries", needs: debrief.EditTimeline, do: s.addEntry},
		{pattern: "GET /incidents/{incident}/entries/{entry}", needs: debrief.SeeTimeline, do: s.entry},
		{pattern: "POST /incidents/{incident}/entries/{entry}", needs: debrief.EditTimeline, do: s.editEntry},
		{pattern: "POST /incidents/{incident}/entries/{entry}/adjust", needs: debrief.EditTimeline, do: s.adjust},
		{pattern: "POST /incidents/{incident}/entries/{entry}/detach", needs: debrief.EditTimeline, do: s.detach},
		{pattern: "POST /incidents/{incident}/entries/{entry}/split", needs: debrief.EditTimeline, do: s.splitEntry},
		{pattern: "POST /incidents/{incident}/entries/{entry}/settle", needs: debrief.EditTimeline, do: s.settle},
		{pattern: "POST /incidents/{incident}/entries/{entry}/account", needs: debrief.EditTimeline, do: s.giveAccount},

		{pattern: "GET /incidents/{incident}/preread", needs: debrief.SeePreread, do: s.preread},
		{pattern: "GET /incidents/{incident}/preread/as/{format}", needs: debrief.SeePreread, do: s.takePreread},
		{pattern: "GET /incidents/{incident}/preread/{section}", needs: debrief.SeePreread, do: s.section},
		{pattern: "POST /incidents/{incident}/preread/{section}", needs: debrief.EditPreread, do: s.saveSection},
		{pattern: "POST /incidents/{incident}/preread/{section}/versions/{version}/restore", needs: debrief.EditPreread, do: s.putBack},
		{pattern: "POST /incidents/{incident}/preread/{section}/presence", needs: debrief.EditPreread, do: s.presence},
		{pattern: "GET /incidents/{incident}/presence", needs: debrief.SeePreread, do: s.writers},
		{pattern: "POST /incidents/{incident}/preread/{section}/offered", needs: debrief.EditPreread, do: s.takeOffered},
		{pattern: "POST /incidents/{incident}/questions/{question}", needs: debrief.EditPreread, do: s.answer},
		{pattern: "POST /incidents/{incident}/questions/{question}/withdraw", needs: debrief.EditPreread, do: s.withdrawAnswer},
		{pattern: "POST /incidents/{incident}/sendings", needs: debrief.SendPreread, do: s.send},
		{pattern: "GET /incidents/{incident}/sendings/{sending}", needs: debrief.ReadSending, do: s.sending},
		{pattern: "GET /incidents/{incident}/sendings/{sending}/as/{format}", needs: debrief.ReadSending, do: s.takeSending},
		{pattern: "POST /incidents/{incident}/sendings/{sending}/mail", needs: debrief.SendPreread, do: s.mailAgain},
		{pattern: "POST /incidents/{incident}/sendings/{sending}/read", needs: debrief.ReadSending, do: s.markRead},

		{pattern: "GET /incidents/{incident}/changes", needs: debrief.SeeIncident, do: s.changes},
		{pattern: "GET /incidents/{incident}/activity", needs: debrief.SeeActivity, do: s.activity},
	}
}

// anybody who is signed in may ask.
const anybody debrief.Action = -1
