extension RecipeShelf {
    /// pgbc's own recipes: the files of the folder `recipes`, by name.
    static let bundled: [String: [UInt8]] = [
        "add-replica": PackageResources.add_replica_lua,
        "apply": PackageResources.apply_lua,
        "destroy": PackageResources.destroy_lua,
        "dsn": PackageResources.dsn_lua,
        "exec": PackageResources.exec_lua,
        "export": PackageResources.export_lua,
        "init": PackageResources.init_lua,
        "list": PackageResources.list_lua,
        "logs": PackageResources.logs_lua,
        "plan": PackageResources.plan_lua,
        "remove-replica": PackageResources.remove_replica_lua,
        "scale": PackageResources.scale_lua,
        "status": PackageResources.status_lua,
        "validate": PackageResources.validate_lua,
    ]
}
