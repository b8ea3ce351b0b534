import ClusterModel
import Testing

@Suite struct PostgresSettingTests {
    private func problems(_ name: String, _ value: Document = "x") -> [String] {
        ClusterModelTests.problems(["settings": .object([.init(name, value)]), "balancers": [["name": "lb1"]]])
    }

    @Test(arguments: [
        "work_mem", "Work_Mem", "io_method", "transaction_timeout", "max_slot_wal_keep_size",
        "auto_explain.log_min_duration",
        "vacuum_truncate", "something_of_the_next_version", "DateStyle", "ssl_groups",
    ])
    func `settings of any version and extension are accepted`(name: String) {
        #expect(problems(name).isEmpty)
    }

    @Test(arguments: [
        ("max_conections", "max_connections"), ("shared_bufer", "shared_buffers"), ("workmem", "work_mem"),
        ("wal_levle", "wal_level"),
    ])
    func `a slip is refused with the setting that was meant`(name: String, meant: String) {
        #expect(
            problems(name) == ["settings.\(name) = \"x\": PostgreSQL has no such setting; did you mean \"\(meant)\"?"]
        )
    }

    @Test(arguments: [
        "listen_addresses", "port", "data_directory", "hba_file", "ident_file", "config_file", "primary_conninfo",
        "primary_slot_name", "unix_socket_directories", "PORT", "recovery_target_time", "cluster_name", "log_directory",
        "include_dir", "hot_standby",
    ])
    func `what pgbc sets itself is refused`(name: String) {
        let lines = problems(name)
        #expect(lines.count == 1 && !lines.joined().contains("no such"), "\(lines)")
    }

    @Test(arguments: ["", "a b", "1x", "a.b.c", "x=y", "a'", "a\nb", ".x"])
    func `what cannot be a name is refused`(name: String) {
        #expect(problems(name).first?.contains("is not the name of a PostgreSQL setting") == true)
    }

    @Test func `a value cannot smuggle in another line`() {
        #expect(
            problems("work_mem", "1MB'\nport = 1")
                == [#"settings.work_mem = "1MB'\nport = 1": must be on one line and without control characters"#]
        )
    }

    @Test func `a refused password is not repeated`() {
        #expect(problems("primary_conninfo", "password=geheim").joined().contains("geheim") == false)
    }
}
