-- Names repeated in the dossiers, because the list sorts by them, follow their owners in the same transaction (a company's name: CompanyService, which also knows its normal form).
create or replace function dossiers_follow_opco() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update dossiers set opco_name = new.name where opco_slug = new.slug;
  return null;
end $$;
create or replace function dossiers_follow_user() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update dossiers set responsable_name = new.display_name where responsable_id = new.id;
  return null;
end $$;
create or replace trigger dossiers_follow_opco after update of name on opcos for each row when (old.name is distinct from new.name) execute function dossiers_follow_opco();
create or replace trigger dossiers_follow_user after update of display_name on users for each row when (old.display_name is distinct from new.display_name) execute function dossiers_follow_user();

-- Dossiers from before these columns; found by an index, so that it costs nothing once done.
update dossiers d
set company_name = c.name, opco_name = (select o.name from opcos o where o.slug = d.opco_slug), search = ' ' || ltrim(d.search),
    beneficiaire_name = coalesce((select b.last_name || ' ' || b.first_name from beneficiaires b where b.dossier_id = d.id order by b.position limit 1), ''),
    beneficiaire_count = (select count(*) from beneficiaires b where b.dossier_id = d.id)
from companies c
where c.id = d.company_id and d.company_name = '';

-- How often a word occurs decides how a search runs: a larger sample of what is searched.
alter table dossiers alter column search set statistics 1000;

-- What lists read. Under row-level security the planner may not look at the statistics of columns compared by functions that are not leakproof (LIKE, numbers), even when the policy lets everything through, and takes any
-- filter for a rare one. A view of the owner has no policy of its own; only the staff may read it, who see every row anyway. Columns are named, so that migrations of others are not in its way.
create or replace view staff_dossiers as
select id, numero, year, sequence, kind, state, state_since, company_id, opco_slug, title, start_date, end_date, requested_amount, granted_amount, remainder, circuit, accord_date, filed_at, filing_deadline, created_at,
  search, company_name, opco_name, beneficiaire_name, beneficiaire_count, responsable_id, responsable_name, number_key, state_rank, decision
from dossiers;
create or replace view staff_companies as select id, siret, siren, search from companies;
revoke all on staff_dossiers, staff_companies from public, monopco_portal;
grant select on staff_dossiers, staff_companies to monopco_staff;
