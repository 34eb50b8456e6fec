package evidence

// sources are all tools that can be read. Order settles ties in confidence.
var sources = []Source{
	slackExportSource,
	slackEventsSource,
	msTeamsSource,
	pagerdutySource,
	opsgenieSource,
	rootlySource,
	datadogSource,
	sentrySource,
	statuspageSource,
	grafanaSource,
	alertmanagerSource,
	gitlabSource,
	githubSource,
	jiraSource,
	linearSource,
	k8sSource,
	cloudtrailSource,
	otlpSource,
	journaldSource,
	jsonLogSource,
	syslogSource,
	weblogSource,
	textLogSource,
	gitLogSource,
	emailSource,
	icsSource,
	csvSource,
	vttSource,
	notesSource, // takes any text, so it comes last
}

// Title gives what people call a source that is known by its name ("slack": "Slack
// export"). What no source is called is its own title: evidence outlives what read it.
func Title(name string) string {
	for _, s := range sources {
		if s.Name == name {
			return s.Title
		}
	}
	return name
}
