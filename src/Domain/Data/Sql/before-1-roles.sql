-- Roles belong to the whole cluster: several databases may be set up at once, hence the caught errors. Passwords are given by the installer, never here.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['monopco_staff', 'monopco_portal'] loop
    if not exists (select 1 from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I login nosuperuser nocreatedb nocreaterole nobypassrls', wanted);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end
$$;

create schema if not exists keys;
grant usage on schema public, keys to monopco_staff, monopco_portal;
