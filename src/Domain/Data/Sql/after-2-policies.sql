-- Identity of a portal session: set with set_config(…, true), so that it ends with the transaction. An empty string is what remains on a pooled connection.
create or replace function portal_user_id() returns uuid language sql stable
  as $$ select nullif(current_setting('monopco.user_id', true), '')::uuid $$;
create or replace function portal_company_id() returns uuid language sql stable
  as $$ select nullif(current_setting('monopco.company_id', true), '')::uuid $$;
create or replace function portal_person() returns text language sql stable
  as $$ select nullif(current_setting('monopco.person', true), '') $$;

-- Definer's rights: otherwise the policies of two tables that ask each other would recurse. Each returns only what the session's own identity gives.
create or replace function portal_consultant_dossier_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select id from dossiers where consultant_user_id = portal_user_id() $$;
create or replace function portal_person_dossier_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select dossier_id from beneficiaires where email_key = portal_person() union select id from dossiers where consultant_user_id = portal_user_id() $$;
create or replace function portal_company_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select portal_company_id() union select company_id from beneficiaires where email_key = portal_person()
        union select company_id from dossiers where consultant_user_id = portal_user_id()
        union select company_id from signers where email_key = portal_person() $$;
create or replace function portal_signature_request_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select request_id from signers where email_key = portal_person() $$;
create or replace function portal_signer_dossier_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select r.dossier_id from signature_requests r join signers s on s.request_id = r.id where s.email_key = portal_person() $$;
create or replace function portal_training_body_dossier_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select r.dossier_id from signature_requests r join signers s on s.request_id = r.id where s.email_key = portal_person() and s.role = 'Organisme' $$;
create or replace function portal_signature_document_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select unnest(array[r.document_id, r.current_document_id]) from signature_requests r join signers s on s.request_id = r.id where s.email_key = portal_person() $$;

do $$
declare
  t text;
begin
  foreach t in array array['companies', 'dossiers', 'beneficiaires', 'complements', 'dossier_events', 'human_tasks', 'task_comments',
                           'documents', 'document_chunks', 'keys.document_keys', 'signature_requests', 'signers', 'request_drafts'] loop
    execute format('alter table %s enable row level security', t);
    execute format('drop policy if exists staff on %s', t);
    if t <> 'document_chunks' then -- see after-4-bilan.sql
      execute format('create policy staff on %s to monopco_staff using (true) with check (true)', t);
    end if;
    execute format('drop policy if exists portal_read on %s', t);
    execute format('drop policy if exists portal_add on %s', t);
    execute format('drop policy if exists portal_change on %s', t);
  end loop;
end
$$;

-- (select …) and array(select …) are evaluated once per query, so that each branch can use its index.
create policy portal_read on companies for select to monopco_portal using (id = any (array(select portal_company_ids())));

-- Whoever is invited to sign a paper of a dossier (the training body's representative, say) sees which dossier it is.
create policy portal_read on dossiers for select to monopco_portal
  using (company_id = (select portal_company_id()) or id = any (array(select portal_person_dossier_ids())) or id = any (array(select portal_signer_dossier_ids())));

-- A beneficiary sees only his or her own line, a consultant those of the dossiers in charge, the training body's signer those named in what is signed.
create policy portal_read on beneficiaires for select to monopco_portal
  using (company_id = (select portal_company_id()) or email_key = (select portal_person()) or dossier_id = any (array(select portal_consultant_dossier_ids()))
         or dossier_id = any (array(select portal_training_body_dossier_ids())));

create policy portal_read on complements for select to monopco_portal using (company_id = (select portal_company_id()));
create policy portal_change on complements for update to monopco_portal
  using (company_id = (select portal_company_id())) with check (company_id = (select portal_company_id()));

create policy portal_read on dossier_events for select to monopco_portal
  using (not staff_only and (company_id = (select portal_company_id()) or dossier_id = any (array(select portal_person_dossier_ids()))));
create policy portal_add on dossier_events for insert to monopco_portal
  with check (not staff_only and (company_id = (select portal_company_id()) or dossier_id = any (array(select portal_person_dossier_ids()))));

create policy portal_read on human_tasks for select to monopco_portal
  using (candidate_company_id = (select portal_company_id()) or candidate_email_key = (select portal_person())
         or candidate_user_id = (select portal_user_id()) or assignee_id = (select portal_user_id()));
create policy portal_change on human_tasks for update to monopco_portal
  using (candidate_company_id = (select portal_company_id()) or candidate_email_key = (select portal_person())
         or candidate_user_id = (select portal_user_id()) or assignee_id = (select portal_user_id()));

create policy portal_read on task_comments for select to monopco_portal using (exists (select 1 from human_tasks h where h.id = task_id));
create policy portal_add on task_comments for insert to monopco_portal with check (exists (select 1 from human_tasks h where h.id = task_id));

-- Confidential = content of a bilan: never the company, only the person it belongs to and the consultant in charge.
create policy portal_read on documents for select to monopco_portal
  using ((company_id = (select portal_company_id()) and not confidential)
         or person_key = (select portal_person())
         or dossier_id = any (array(select portal_consultant_dossier_ids()))
         or (id = any (array(select portal_signature_document_ids())) and not confidential));
create policy portal_add on documents for insert to monopco_portal
  with check ((company_id = (select portal_company_id()) and not confidential
               and exists (select 1 from dossiers d where d.id = dossier_id and d.company_id = (select portal_company_id())))
              or (person_key = (select portal_person()) and dossier_id = any (array(select portal_person_dossier_ids())))
              or dossier_id = any (array(select portal_consultant_dossier_ids())));
create policy portal_read on document_chunks for select to monopco_portal using (exists (select 1 from documents d where d.id = document_id));
create policy portal_add on document_chunks for insert to monopco_portal with check (exists (select 1 from documents d where d.id = document_id));
create policy portal_read on keys.document_keys for select to monopco_portal using (exists (select 1 from documents d where d.id = document_id));
create policy portal_add on keys.document_keys for insert to monopco_portal with check (exists (select 1 from documents d where d.id = document_id));

create policy portal_read on signature_requests for select to monopco_portal
  using (company_id = (select portal_company_id()) or id = any (array(select portal_signature_request_ids()))
         or dossier_id = any (array(select portal_consultant_dossier_ids())));
create policy portal_read on signers for select to monopco_portal
  using (company_id = (select portal_company_id()) or email_key = (select portal_person()));

-- A draft belongs to its author alone, for the author's own company.
create policy portal_read on request_drafts for select to monopco_portal using (user_id = (select portal_user_id()));
create policy portal_add on request_drafts for insert to monopco_portal with check (user_id = (select portal_user_id()) and company_id = (select portal_company_id()));
create policy portal_change on request_drafts for update to monopco_portal using (user_id = (select portal_user_id())) with check (user_id = (select portal_user_id()) and company_id = (select portal_company_id()));
