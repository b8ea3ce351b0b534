extension BalancerParameterTable {
    static let pgpool = """
        reserved_connections restart int 0
        listen_backlog_multiplier restart int 1
        serialize_accept restart bool
        authentication_timeout restart int 0 s
        ssl restart bool
        ssl_key restart text
        ssl_cert restart text
        ssl_ca_cert restart text
        ssl_ca_cert_dir restart text
        ssl_crl_file restart text
        ssl_ciphers restart text
        ssl_prefer_server_ciphers restart bool
        ssl_ecdh_curve restart text
        ssl_dh_params_file restart text
        ssl_passphrase_command restart text
        num_init_children restart int 1
        max_pool restart int 1
        child_life_time restart int 0 s
        child_max_connections restart int 0
        connection_life_time restart int 0 s
        client_idle_limit reload int 0 s
        log_line_prefix reload text
        log_connections reload bool
        log_disconnections reload bool
        log_hostname reload bool
        log_statement reload bool
        log_per_node_statement reload bool
        log_client_messages reload bool
        log_standby_delay reload enum always if_over_threshold none
        log_error_verbosity reload enum terse default verbose
        client_min_messages reload enum debug5 debug4 debug3 debug2 debug1 log notice warning error
        log_min_messages reload enum debug5 debug4 debug3 debug2 debug1 info notice warning error log fatal panic
        connection_cache restart bool
        reset_query_list reload text
        replicate_select reload bool
        insert_lock reload bool
        lobj_lock_table reload text
        replication_stop_on_mismatch reload bool
        failover_if_affected_tuples_mismatch reload bool
        load_balance_mode restart bool
        ignore_leading_white_space reload bool
        read_only_function_list reload text
        write_function_list reload text
        primary_routing_query_pattern_list reload text
        database_redirect_preference_list reload text
        app_name_redirect_preference_list reload text
        allow_sql_comments reload bool
        disable_load_balance_on_write reload enum off transaction trans_transaction always dml_adaptive
        dml_adaptive_object_relationship_list reload text
        statement_level_load_balance reload bool
        delay_threshold reload int 0 B
        prefer_lower_delay_standby reload bool
        health_check_period reload int 0
        health_check_timeout reload int 0
        health_check_max_retries reload int 0
        health_check_retry_delay reload int 0
        connect_timeout reload int 0
        failover_on_backend_error reload bool
        failover_on_backend_shutdown reload bool
        detach_false_primary reload bool
        search_primary_node_timeout reload int 0 s
        auto_failback reload bool
        auto_failback_interval reload int 0 s
        relcache_expire restart int 0 s
        relcache_size restart int 0
        check_temp_table reload enum catalog trace none on off
        check_unlogged_table reload bool
        enable_shared_relcache restart bool
        relcache_query_target reload enum primary load_balance_node
        memory_cache_enabled restart bool
        memqcache_method restart enum shmem memcached
        memqcache_memcached_host restart text
        memqcache_memcached_port restart int 0
        memqcache_total_size restart int 0 B
        memqcache_max_num_cache restart int 0
        memqcache_expire restart int 0 s
        memqcache_auto_cache_invalidation reload bool
        memqcache_maxcache restart int 0 B
        memqcache_cache_block_size restart int 512 B
        memqcache_oiddir restart text
        cache_safe_memqcache_table_list reload text
        cache_unsafe_memqcache_table_list reload text
        """

    /// What pgpool-II has had since 4.4 and pgBalancer, forked from a later version, has too.
    static let later = """
        process_management_mode restart enum static dynamic
        process_management_strategy reload enum aggressive gentle lazy
        min_spare_children reload int 1
        max_spare_children reload int 1
        delay_threshold_by_time reload int 0 ms
        log_backend_messages reload enum none terse verbose
        """
}
