-- The audit is written once. Nobody alters it, its owner included; a superuser who takes the triggers away is found out by the chain and its anchors.
create or replace function audit_is_final() returns trigger language plpgsql
  as $$ begin raise exception 'The audit is append-only: % on % is refused.', tg_op, tg_table_name using errcode = 'insufficient_privilege'; end $$;

do $$
declare
  t text;
begin
  foreach t in array array['audit_entries', 'audit_seals'] loop
    execute format('drop trigger if exists audit_is_final on %s', t);
    execute format('create trigger audit_is_final before update or delete or truncate on %s for each statement execute function audit_is_final()', t);
    execute format('revoke all on %s from monopco_staff, monopco_portal', t);
    execute format('grant select, insert on %s to monopco_staff', t);
  end loop;
end
$$;
revoke insert, update, delete, truncate on audit_origins from monopco_staff;
grant execute on function audit_tx(), audit_horizon() to monopco_staff, monopco_portal;

-- Portal sessions write and read nothing back but the numbers of what they have just written (RETURNING needs that much).
alter table audit_entries enable row level security;
drop policy if exists staff on audit_entries;
create policy staff on audit_entries to monopco_staff using (true) with check (true);
drop policy if exists portal_add on audit_entries;
create policy portal_add on audit_entries for insert to monopco_portal with check (true);
drop policy if exists portal_own on audit_entries;
create policy portal_own on audit_entries for select to monopco_portal using (tx = (select audit_tx()));
grant insert, select (id, tx) on audit_entries to monopco_portal;

-- Restored into a cluster that counts lower: the next transaction is numbered above the last row.
update audit_origins set shift = shift + highest - audit_tx() + 1 from (select max(tx) as highest from audit_entries) m where highest >= audit_tx();
