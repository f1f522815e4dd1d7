"""Which permissions each route of the console needs: written down once more, to be compared.

Whoever adds a route adds its line: method, path, and all permissions that it needs, or public.
"""

from edge.console.permissions import Permission

PUBLIC = "public"
LINES = """
GET    /healthz                                                 public
GET    /metrics                                                 public
GET    /media/incidents/{incident_id}/{name}                    see_incidents
GET    /                                                        own_account
GET    /login                                                   public
GET    /account                                                 own_account
GET    /review                                                  see_incidents
GET    /gate                                                    see_gate
GET    /live                                                    see_live
GET    /cameras                                                 see_cameras
GET    /cameras/{camera_id}                                     see_cameras
GET    /residents                                               see_residents
GET    /reports                                                 see_reports
GET    /health                                                  see_health
GET    /audit                                                   see_audit
GET    /users                                                   change_users
POST   /api/v1/login                                            public
POST   /api/v1/logout                                           own_account
POST   /api/v1/account/password                                 own_account
GET    /api/v1/audit                                            see_audit
GET    /api/v1/audit/verification                               see_audit
GET    /api/v1/audit/export.csv                                 see_audit
GET    /api/v1/cameras                                          see_cameras
GET    /api/v1/rule-types                                       see_cameras
GET    /api/v1/configuration                                    see_cameras
POST   /api/v1/configuration/check                              change_cameras
PUT    /api/v1/configuration                                    change_cameras
GET    /api/v1/configuration/history                            see_cameras
GET    /api/v1/configuration/history/{state_id}                 see_cameras
POST   /api/v1/configuration/history/{state_id}/roll-back       change_cameras
GET    /api/v1/openapi.json                                     own_account
GET    /api/v1/recordings                                       change_cameras
POST   /api/v1/cameras/{camera_id}/dry-runs                     change_cameras
GET    /api/v1/cameras/{camera_id}/dry-runs/{number}            change_cameras
DELETE /api/v1/cameras/{camera_id}/dry-runs/{number}            change_cameras
GET    /api/v1/cameras/{camera_id}/dry-runs/{number}/{find}.jpg change_cameras
PUT    /api/v1/cameras/{camera_id}/dry-runs/clip                change_cameras
GET    /api/v1/events                                           own_account
POST   /api/v1/incidents/{incident_id}/verify                   verify
POST   /api/v1/incidents/{incident_id}/hold                     hold
DELETE /api/v1/incidents/{incident_id}/hold                     hold
GET    /api/v1/incidents/{incident_id}/export.zip               export
GET    /api/v1/passages                                         see_gate
GET    /api/v1/passages/{passage_id}                            see_gate
GET    /api/v1/passages/{passage_id}/face                       see_gate see_faces
GET    /api/v1/passages/{passage_id}/portrait                   see_gate see_faces
POST   /api/v1/passages/{passage_id}/deny                       deny_match
GET    /api/v1/health                                           see_health
POST   /api/v1/outbox/retry                                     change_outbox
POST   /api/v1/webhooks/{name}/test                             change_outbox
GET    /api/v1/live                                             see_live
GET    /api/v1/cameras/{camera_id}/live.jpg                     see_live
GET    /api/v1/cameras/{camera_id}/live.mjpg                    see_live
GET    /api/v1/reports                                          see_reports
GET    /api/v1/reports/export                                   export
GET    /api/v1/proposals                                        see_reports
POST   /api/v1/proposals                                        apply_proposals
GET    /api/v1/proposals/{proposal_id}/check                     apply_proposals
POST   /api/v1/proposals/{proposal_id}/apply                     apply_proposals
POST   /api/v1/proposals/{proposal_id}/drop                     apply_proposals
POST   /api/v1/residents/search                                 see_residents
POST   /api/v1/residents/photos                                 change_residents
POST   /api/v1/residents                                        change_residents
POST   /api/v1/residents/{resident_id}/show                     see_residents
GET    /api/v1/residents/{resident_id}/portrait                 see_residents see_faces
PUT    /api/v1/residents/{resident_id}                          change_residents
DELETE /api/v1/residents/{resident_id}                          change_residents
GET    /api/v1/incidents                                        see_incidents
GET    /api/v1/incidents/{incident_id}                          see_incidents
POST   /api/v1/incidents/{incident_id}/verdict                  review
DELETE /api/v1/incidents/{incident_id}/verdict                  review
POST   /api/v1/incidents/{incident_id}/suppress                 suppress
GET    /api/v1/suppressions                                     see_incidents
DELETE /api/v1/suppressions/{suppression_id}                    suppress
GET    /api/v1/users                                            change_users
POST   /api/v1/users                                            change_users
PUT    /api/v1/users/{name}                                     change_users
POST   /api/v1/users/{name}/reset                               change_users
GET    /api/v1/tokens                                           change_users
POST   /api/v1/tokens                                           change_users
DELETE /api/v1/tokens/{token_id}                                change_users
"""
Route = tuple[str, str]


def needed() -> dict[Route, frozenset[Permission] | None]:
    """Return what each route needs, None of public ones."""
    table: dict[Route, frozenset[Permission] | None] = {}
    for line in LINES.strip().splitlines():
        method, path, *words = line.split()
        assert words, line
        assert (method, path) not in table, line
        public = words == [PUBLIC]
        table[method, path] = None if public else frozenset(map(Permission, words))
    return table
