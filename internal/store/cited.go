package store

import "debrief.dev/debrief"

// Cited gives the pieces that citations speak of, in the order of the citations. A
// citation of what is not there any more gives nothing.
func (t *Tx) Cited(id debrief.IncidentID, cites []debrief.Citation) ([]debrief.EvidenceItem, error) {
	var out []debrief.EvidenceItem
	for _, c := range cites {
		rows, err := many(t, scanItem, "SELECT "+itemColumns+" FROM evidence e WHERE e.incident = $1 AND e.file = $2 AND e.tool_id = $3 ORDER BY e.n LIMIT 1", string(id), c.File, c.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, r.EvidenceItem)
		}
	}
	return out, nil
}
