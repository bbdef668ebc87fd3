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
