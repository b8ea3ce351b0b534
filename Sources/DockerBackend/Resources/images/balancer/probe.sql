-- What a server is and how far it is: one row, one JSON object. PostgreSQL 13 or later, with the rights of pg_monitor.
with me as (select pg_is_in_recovery() as standby)
select json_build_object(
  'standby', standby,
  'version', split_part(current_setting('server_version'), ' ', 1),
  'system', (select system_identifier::text from pg_control_system()),
  'timeline', case when standby
    then coalesce((select received_tli from pg_stat_wal_receiver),
                  (select max(('x' || substr(name, 1, 8))::bit(32)::int) from pg_ls_waldir()
                   where name ~ '^[0-9A-F]{24}$'),
                  (select timeline_id from pg_control_checkpoint()))
    else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end,
  'lsn', case when standby then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
  'position', (case when standby then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0')::bigint,
  'streaming', coalesce((select status = 'streaming' from pg_stat_wal_receiver), false),
  'lag', case when not standby then null
    when pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() then 0
    else extract(epoch from now() - pg_last_xact_replay_timestamp()) end,
  'followers', coalesce((select json_agg(json_build_object(
      'name', application_name, 'state', state, 'sync', sync_state,
      'lag', (pg_current_wal_lsn() - replay_lsn)::bigint))
    from pg_stat_replication where not standby), '[]'),
  'slots', coalesce((select json_agg(json_build_object(
      'name', slot_name, 'active', active, 'status', wal_status,
      'retained', (pg_current_wal_lsn() - restart_lsn)::bigint))
    from pg_replication_slots where not standby), '[]'),
  'connections', (select count(*) from pg_stat_activity where backend_type = 'client backend'),
  'max_connections', current_setting('max_connections')::int,
  'pending', coalesce((select json_agg(name order by name) from pg_settings where pending_restart), '[]')
)::text from me
