internal import ClusterModel

extension Orchestrator {
    fileprivate var silent: Orchestrator {
        Orchestrator(backend: backend, breaksLock: breaksLock, engine: engine, web: web, drivers: drivers)
    }
}

extension Primitive {
    /// What a watcher does, and where it runs.
    static var watchPrimitives: [Primitive] { [repair, installWatcher, removeWatcher] }

    private static var repair: Primitive {
        Primitive(
            "cluster.repair",
            as: "cluster:repair",
            [.cluster, Parameter("quiet", .boolean, optional: true, "tell nothing of its steps")],
            result: "the plan that was carried out",
            summary:
                "Begins to bring back what is gone, stopped or cut off, waits for none of it, and leaves maintenance alone.",
            effect: .change
        ) { call in
            let orchestrator = call.flag("quiet") ? call.orchestrator.silent : call.orchestrator
            return try await orchestrator.repair(try call.text("cluster")).document
        }
    }

    private static var installWatcher: Primitive {
        Primitive(
            "cluster.install_watcher",
            as: "cluster:install_watcher",
            [.cluster, Parameter("arguments", .list, optional: true, "arguments for pgbc watch")],
            result: "the plan that was carried out",
            summary: "Starts a container that runs this program's watch, in the place of one that is there already.",
            effect: .change
        ) { call in
            let arguments = try call.texts("arguments")
            return try await call.orchestrator.installWatcher(on: try call.text("cluster"), arguments: arguments)
                .document
        }
    }

    private static var removeWatcher: Primitive {
        Primitive(
            "cluster.remove_watcher",
            as: "cluster:remove_watcher",
            [.cluster],
            result: "the plan that was carried out; without steps when there was no watcher",
            summary: "Removes the container that watches over the cluster.",
            effect: .change
        ) { call in
            try await call.orchestrator.removeWatcher(from: try call.text("cluster")).document
        }
    }
}
