-- Staff may do everything with rows and nothing with tables (the audit: after-3-audit.sql).
grant select, insert, update, delete on all tables in schema public, keys to monopco_staff;
grant usage, select on all sequences in schema public, keys to monopco_staff;
alter default privileges in schema public grant select, insert, update, delete on tables to monopco_staff;
alter default privileges in schema public grant usage, select on sequences to monopco_staff;

-- What was destroyed is only ever added to.
revoke update, delete, truncate on keys.document_purges, keys.subject_purges from monopco_staff;

-- Content of a bilan is no business of the staff (after-4-bilan.sql); the log of accesses is only added to; the answer to a new consultant is the beneficiary's.
-- Of the wrapped keys the staff's role has what a change of the master key needs; without the content they open nothing.
revoke all on bilan_contents from monopco_staff;
revoke insert, delete on keys.bilan_keys from monopco_staff;
revoke update, delete, truncate on dossier_accesses, consultant_handovers from monopco_staff;
grant update (withdrawn_at) on consultant_handovers to monopco_staff;

-- Portal sessions (company, beneficiary, consultant): named tables only, rows by policy.
revoke all on all tables in schema public, keys from monopco_portal;
grant select on opcos, rules, training_bodies, document_types, complement_types, refusal_reasons to monopco_portal;
grant select on companies, dossiers, beneficiaires, complements, dossier_events, human_tasks, task_comments,
  documents, document_chunks, keys.document_keys, signature_requests, signers to monopco_portal;
grant insert on documents, document_chunks, keys.document_keys, dossier_events, task_comments to monopco_portal;
grant usage on all sequences in schema public to monopco_portal;
grant update (draft, assignee_id, assignee_name, claimed_at) on human_tasks to monopco_portal;
grant update (status, answer_text, answer_document_id, answered_at) on complements to monopco_portal;
grant select, insert, update on request_drafts to monopco_portal;
grant select, insert on bilan_contents, keys.bilan_keys to monopco_portal;
grant update (sealed, updated_at) on bilan_contents to monopco_portal;
grant select on dossier_accesses, consultant_handovers to monopco_portal;
grant update (answered_at, accepted, answered_by) on consultant_handovers to monopco_portal;
