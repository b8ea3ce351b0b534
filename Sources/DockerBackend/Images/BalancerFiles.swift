/// The balancer agent's files, embedded one by one.
enum BalancerFiles {
    static let all = [
        UploadFile("agent.py", bytes: PackageResources.agent_py, mode: 0o644),
        UploadFile("children.py", bytes: PackageResources.children_py, mode: 0o644),
        UploadFile("choice.py", bytes: PackageResources.choice_py, mode: 0o644),
        UploadFile("config.py", bytes: PackageResources.config_py, mode: 0o644),
        UploadFile("control.py", bytes: PackageResources.control_py, mode: 0o644),
        UploadFile("decide.py", bytes: PackageResources.decide_py, mode: 0o644),
        UploadFile("failover.py", bytes: PackageResources.failover_py, mode: 0o644),
        UploadFile("failover.sh", bytes: PackageResources.failover_sh, mode: 0o755),
        UploadFile("fence.py", bytes: PackageResources.fence_py, mode: 0o644),
        UploadFile("fleet.py", bytes: PackageResources.fleet_py, mode: 0o644),
        UploadFile("guard.py", bytes: PackageResources.guard_py, mode: 0o644),
        UploadFile("journal.py", bytes: PackageResources.journal_py, mode: 0o644),
        UploadFile("knock.py", bytes: PackageResources.knock_py, mode: 0o644),
        UploadFile("link.py", bytes: PackageResources.link_py, mode: 0o644),
        UploadFile("nodes.py", bytes: PackageResources.nodes_py, mode: 0o644),
        UploadFile("observe.py", bytes: PackageResources.observe_py, mode: 0o644),
        UploadFile("pcp.py", bytes: PackageResources.pcp_py, mode: 0o644),
        UploadFile("pgpool.py", bytes: PackageResources.pgpool_py, mode: 0o644),
        UploadFile("reconcile.py", bytes: PackageResources.reconcile_py, mode: 0o644),
        UploadFile("record.py", bytes: PackageResources.record_py, mode: 0o644),
        UploadFile("rest.py", bytes: PackageResources.rest_py, mode: 0o644),
        UploadFile("settings.py", bytes: PackageResources.settings_py, mode: 0o644),
        UploadFile("views.py", bytes: PackageResources.views_py, mode: 0o644),
        UploadFile("probe.sql", bytes: PackageResources.probe_sql, mode: 0o644),
    ]
}
