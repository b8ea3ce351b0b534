extension PostgresSetting {
    /// The settings that PostgreSQL 13 to 18 read only when they start (`context = 'postmaster'`) and that a topology may have. An
    /// extension's own are not here: what waits for a restart is asked of PostgreSQL itself after a reload.
    static let needingRestart = Set(startNames.split { $0 == " " || $0 == "\n" }.map(String.init))

    /// What a standby must have at least as high as its primary, or it does not start.
    public static let atLeastAsOnPrimary: Set<String> = [
        "max_connections", "max_locks_per_transaction", "max_prepared_transactions", "max_wal_senders",
        "max_worker_processes",
    ]

    private static let startNames = """
        archive_mode autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age
        autovacuum_worker_slots bonjour bonjour_name commit_timestamp_buffers debug_io_direct
        dynamic_shared_memory_type event_source huge_page_size huge_pages io_max_combine_limit io_max_concurrency
        io_method jit_provider max_active_replication_origins max_connections max_files_per_process
        max_locks_per_transaction max_logical_replication_workers max_notify_queue_pages
        max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_wal_senders
        max_worker_processes min_dynamic_shared_memory multixact_member_buffers multixact_offset_buffers
        notify_buffers old_snapshot_threshold recovery_init_sync_method reserved_connections serializable_buffers
        shared_buffers shared_memory_type shared_preload_libraries subtransaction_buffers
        superuser_reserved_connections track_activity_query_size track_commit_timestamp transaction_buffers
        wal_buffers wal_decode_buffer_size wal_level wal_log_hints
        """
}
