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
