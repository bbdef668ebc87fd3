-- The order in which audit rows are sealed: the number of the transaction that wrote them. A dump restored into another cluster, whose counter stands lower,
-- goes on above the highest number it brings (after-3-audit.sql moves the origin).
create table if not exists audit_origins (id boolean primary key default true check (id), shift bigint not null);
insert into audit_origins (shift) values (0) on conflict do nothing;

create or replace function audit_tx() returns bigint language plpgsql stable security definer set search_path = public, pg_temp
  as $$ begin return pg_current_xact_id()::text::bigint + (select shift from audit_origins); end $$;

-- Everything below is final: committed and visible, or never to be.
create or replace function audit_horizon() returns bigint language plpgsql stable security definer set search_path = public, pg_temp
  as $$ begin return pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (select shift from audit_origins); end $$;
