-- Content of a bilan: by construction for the person and the consultant in charge. The staff's role has no right to the content,
-- not even to an encrypted byte. Only the functions below cross the line, and none of them reads content.
-- (Grants of these tables stand with the others in after-1-grants.sql, so that they change in one transaction.)

-- Dossiers of which the session's person is the beneficiary (the consultant's are others).
create or replace function portal_beneficiary_dossier_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select dossier_id from beneficiaires where email_key = portal_person() $$;

do $$
declare
  t text;
begin
  foreach t in array array['bilan_contents', 'keys.bilan_keys', 'dossier_accesses', 'consultant_handovers'] loop
    execute format('alter table %s enable row level security', t);
    execute format('drop policy if exists portal_read on %s', t);
    execute format('drop policy if exists portal_add on %s', t);
    execute format('drop policy if exists portal_change on %s', t);
    execute format('drop policy if exists staff on %s', t);
    execute format('drop policy if exists staff_add on %s', t);
    execute format('drop policy if exists staff_change on %s', t);
  end loop;
  foreach t in array array['bilan_contents', 'keys.bilan_keys'] loop
    execute format('create policy portal_read on %s for select to monopco_portal using (person_key = (select portal_person()) or dossier_id = any (array(select portal_consultant_dossier_ids())))', t);
    execute format('create policy portal_add on %s for insert to monopco_portal with check ((person_key = (select portal_person()) and dossier_id = any (array(select portal_beneficiary_dossier_ids())))
      or (dossier_id = any (array(select portal_consultant_dossier_ids())) and exists (select 1 from beneficiaires b where b.dossier_id = %s.dossier_id and b.email_key = %s.person_key)))', t, t, t);
  end loop;
end
$$;
create policy staff on keys.bilan_keys to monopco_staff using (true);
create policy portal_change on bilan_contents for update to monopco_portal
  using (person_key = (select portal_person()) or dossier_id = any (array(select portal_consultant_dossier_ids())));

-- Destroying is not reading: retention and erasure may.
create or replace function destroy_bilan_contents(wanted uuid) returns int language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  n int;
begin
  delete from keys.bilan_keys where dossier_id = wanted;
  delete from bilan_contents where dossier_id = wanted;
  get diagnostics n = row_count;
  return n;
end
$$;
revoke all on function destroy_bilan_contents(uuid) from public;
grant execute on function destroy_bilan_contents(uuid) to monopco_staff;

-- Confidential papers (synthesis, notes): the staff may store and destroy their bytes, never read them back.
drop policy if exists staff_read on document_chunks;
drop policy if exists staff_add on document_chunks;
drop policy if exists staff_change on document_chunks;
drop policy if exists staff_remove on document_chunks;
create policy staff_read on document_chunks for select to monopco_staff using (not exists (select 1 from documents d where d.id = document_id and d.confidential));
create policy staff_add on document_chunks for insert to monopco_staff with check (true);
create policy staff_change on document_chunks for update to monopco_staff using (true);
create policy staff_remove on document_chunks for delete to monopco_staff using (true);
create or replace function destroy_document_chunks(wanted uuid) returns void language sql security definer set search_path = public, pg_temp
  as $$ delete from document_chunks where document_id = wanted $$;
revoke all on function destroy_document_chunks(uuid) from public;
grant execute on function destroy_document_chunks(uuid) to monopco_staff;

-- Who opened what: only added to, by the staff's connection; read by the staff and by the beneficiary.
create policy staff on dossier_accesses to monopco_staff using (true) with check (true);
create policy portal_read on dossier_accesses for select to monopco_portal using (dossier_id = any (array(select portal_beneficiary_dossier_ids())));

-- A new consultant: proposed by the staff, answered by the beneficiary alone.
create policy staff on consultant_handovers for select to monopco_staff using (true);
create policy staff_add on consultant_handovers for insert to monopco_staff with check (answered_at is null and accepted is null and answered_by is null);
create policy staff_change on consultant_handovers for update to monopco_staff using (answered_at is null) with check (answered_at is null);
create policy portal_read on consultant_handovers for select to monopco_portal using (dossier_id = any (array(select portal_beneficiary_dossier_ids())));
create policy portal_change on consultant_handovers for update to monopco_portal
  using (withdrawn_at is null and answered_at is null and dossier_id = any (array(select portal_beneficiary_dossier_ids()))) with check (dossier_id = any (array(select portal_beneficiary_dossier_ids())));

create or replace function apply_consultant_handover() returns trigger language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.accepted and old.accepted is null then
    update dossiers set consultant_user_id = new.to_user_id, updated_at = new.answered_at where id = new.dossier_id;
  end if;
  return new;
end
$$;
drop trigger if exists apply_consultant_handover on consultant_handovers;
create trigger apply_consultant_handover after update on consultant_handovers for each row execute function apply_consultant_handover();

-- Nobody becomes the consultant of a bilan under way by another door: what the person has already confided is not handed on without consent.
create or replace function guard_consultant() returns trigger language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if new.consultant_user_id is not null and new.consultant_user_id is distinct from old.consultant_user_id
     and (old.consultant_user_id is not null
          or exists (select 1 from consultant_handovers h where h.dossier_id = new.id)
          or exists (select 1 from documents d where d.dossier_id = new.id and d.confidential)
          or exists (select 1 from bilan_contents c where c.dossier_id = new.id))
     and not exists (select 1 from consultant_handovers h where h.dossier_id = new.id and h.to_user_id = new.consultant_user_id and h.accepted
                       and h.answered_at = (select max(l.answered_at) from consultant_handovers l where l.dossier_id = new.id and l.accepted)) then
    raise exception 'consultant-consent' using errcode = 'P0001', hint = 'A new consultant needs the consent of the beneficiary (consultant_handovers).';
  end if;
  return new;
end
$$;
drop trigger if exists guard_consultant on dossiers;
create trigger guard_consultant before update of consultant_user_id on dossiers for each row execute function guard_consultant();
